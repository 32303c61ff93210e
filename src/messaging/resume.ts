import { orderState, resumed } from '../contract/socket/actions.ts';
import { tripAssigned } from '../contract/events/assignments.ts';
import { newBroadcast } from '../contract/events/offers.ts';
import type { Caller } from '../contract/wire.ts';
import type { SocketReply } from '../contract/queues.ts';
import { pack } from './packed.ts';
import type { OrderDeps } from '../orders/order/order-deps.ts';
import { liveTrips } from '../orders/reading/live-trips.ts';
import { offerView } from '../orders/offers/offer-view.ts';
import { liveOffers } from '../orders/offers/read-offers.ts';
import { liveOrders } from '../orders/reading/live-orders.ts';

interface Asked {
  readonly caller: Caller;
  readonly connectionId: string;
  readonly ref: string | undefined;
}

/**
 * P10: tells a client that has connected everything that is live, from PostgreSQL, and then that this was all. This
 * function is in the VPC and can answer with one message only. If there are more, notify posts them.
 */
export async function resume(
  { caller, connectionId, ref }: Asked,
  deps: OrderDeps,
): Promise<{ readonly count: number } | undefined> {
  const messages = await liveFor(caller, deps);
  const count = messages.length;
  if (count === 0) return { count };
  const reply: SocketReply = {
    kind: 'reply',
    id: deps.ids.next(),
    connectionId,
    packed: pack(messages),
    messages: [{ event: resumed.event, ref, data: { count } }],
  };
  await deps.queues.notify.send(reply);
  return undefined;
}

type Messages = SocketReply['messages'];

/** A customer has orders, a transporter offers, and a driver trips. */
async function liveFor({ role, userId }: Caller, deps: OrderDeps): Promise<Messages> {
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
