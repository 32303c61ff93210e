import { HoldEnded } from '../../contract/domain-events/orders.ts';
import { holdExpired } from '../../contract/events/offers.ts';
import { tell, type Telling } from '../../contract/events/event.ts';
import type { TruckStatus } from '../../contract/http/orders/views.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import type { Change } from '../changing/change.ts';
import { tellLost } from '../telling/tell-lost.ts';
import { freeChanged } from '../offers/offer-messages.ts';
import { spelledForCaptains } from '../offers/offer-view.ts';
import { tellOffersAgain } from '../telling/tell-offers.ts';
import type { LiveHold, OrderInHand } from '../order/locked-order.ts';
import { idsOf, publicationOf } from '../telling/order-events.ts';
import type { Changed } from '../order/changed.ts';
import { afterGivingBack } from '../order/order.ts';
import { freeOfOffers } from './free-of-offers.ts';
import { endHolds } from './hold-statements.ts';

/**
 * A hold is released, or its time is over. While the search is open, its trucks are searched for again, and the order
 * is offered again to those who have not declined. After that they expire, and the customer is told.
 */
export async function holdEnded(
  order: OrderInHand,
  hold: LiveHold,
  how: 'released' | 'lapsed',
  db: Database,
): Promise<Change> {
  const { id: holdId, transporterId, vehicleKey } = hold;
  const becomes = ({ holdId: by, status }: { holdId: string | null; status: TruckStatus }) => {
    if (by !== holdId || status !== 'held') return status;
    return afterGivingBack(order.search_closed_at === null);
  };
  const next = {
    ...order,
    trucks: order.trucks.map((truck) => ({ ...truck, status: becomes(truck) })),
    holds: order.holds.filter(({ id }) => id !== holdId),
  };
  const free = await freeOfOffers(order, hold, db);
  const again = tellOffersAgain(next, order.offers, free);
  return {
    happening: {
      becomes,
      tells: (after) => [
        ...(how === 'lapsed' ? [tellHolder(order, hold, after)] : []),
        ...again.tells(after),
        ...tellLost(after),
      ],
      asksDispatch: () => [freeChanged(transporterId, vehicleKey)],
      publishes: (after) =>
        publicationOf(HoldEnded, after, {
          transporterId,
          holdId,
          how,
          truckRequestIds: after.trucks.map(({ id }) => id),
        }),
    },
    additions: [endHolds([hold], how), ...again.additions],
  };
}

function tellHolder(order: OrderInHand, hold: LiveHold, after: Changed): Telling {
  const truck = order.trucks.find(({ vehicleKey }) => vehicleKey === hold.vehicleKey);
  return tell(holdExpired, [hold.transporterId], {
    ...idsOf(order.id),
    eventVersion: after.eventVersion,
    holdId: hold.id,
    transporterId: hold.transporterId,
    phase: hold.afterNo ? 'CONFIRMED' : 'FLEX',
    status: 'expired',
    reason: 'timeout',
    ...spelledForCaptains(hold.vehicleKey, truck),
    quantity: hold.quantity,
    expiredAt: after.at,
    message: 'Your hold has ended: no vehicles and drivers were chosen in time.',
  });
}
