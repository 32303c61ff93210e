import type { Telling } from '../../contract/events/event.ts';
import { trucksRemaining } from '../../contract/events/orders.ts';
import type { OrderInHand } from '../order/locked-order.ts';
import { tellOf } from './order-events.ts';
import type { Changed } from '../order/changed.ts';
import { spelledForCaptains } from '../offers/offer-view.ts';

/** Tells the customer how many trucks of the order are still missing, after one of this kind was taken or lost. */
export function tellCustomerRemaining(
  order: OrderInHand,
  after: Changed,
  vehicleKey: string,
): Telling {
  const truck = order.trucks.find((each) => each.vehicleKey === vehicleKey);
  return tellOf(after, trucksRemaining, [after.customerId], {
    orderStatus: after.status,
    vehicleType: truck?.vehicleType ?? '',
    vehicleSubtype: truck?.vehicleSubtype ?? '',
    totalTrucks: after.needed,
    trucksNeeded: after.needed,
    trucksFilled: after.filled,
    trucksRemaining: after.searching,
  });
}

/** Tells captains how many trucks of a kind are still open: their cards have a line for each kind. */
export function tellCaptainsRemaining(
  order: OrderInHand,
  after: Changed,
  vehicleKey: string,
  to: readonly string[],
): Telling {
  const changed = new Map(after.trucks.map(({ id, status }) => [id, status]));
  const ofKind = order.trucks.filter((truck) => truck.vehicleKey === vehicleKey);
  const count = (...those: readonly string[]) =>
    ofKind.filter(({ id, status }) => those.includes(changed.get(id) ?? status)).length;
  return tellOf(after, trucksRemaining, to, {
    ...spelledForCaptains(vehicleKey, ofKind[0]),
    orderStatus: after.status,
    totalTrucks: ofKind.length,
    trucksNeeded: ofKind.length,
    trucksFilled: count('assigned', 'in_progress', 'completed'),
    trucksRemaining: count('searching'),
  });
}
