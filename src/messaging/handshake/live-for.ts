import { tripAssigned } from '../../contract/events/assignments.ts';
import { newBroadcast } from '../../contract/events/offers.ts';
import type { SocketReply } from '../../contract/queues.ts';
import { orderState } from '../../contract/socket/actions.ts';
import type { Caller } from '../../contract/wire.ts';
import type { OrderDeps } from '../../orders/order/order-deps.ts';
import { liveTrips } from '../../orders/reading/live-trips.ts';
import { offerView } from '../../orders/offers/offer-view.ts';
import { liveOffers } from '../../orders/offers/read-offers.ts';
import { liveOrders } from '../../orders/reading/live-orders.ts';

/** P10: what is live, from PostgreSQL. A customer has orders, a transporter offers, and a driver trips. */
export async function liveFor(
  { role, userId }: Caller,
  deps: OrderDeps,
): Promise<SocketReply['messages']> {
  switch (role) {
    case 'customer':
      return (await liveOrders(userId, deps)).map((data) => ({ event: orderState.event, data }));
    case 'transporter': {
      const offers = await liveOffers(userId, deps);
      const now = deps.clock.now();
      return offers.map((each) => ({ event: newBroadcast.name, data: offerView(each, now) }));
    }
    case 'driver':
      return (await liveTrips(userId, deps)).map((data) => ({ event: tripAssigned.name, data }));
    default:
      return role satisfies never;
  }
}
