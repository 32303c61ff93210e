import type { Telling } from '../../contract/events/event.ts';
import { bookingUpdated, orderExpired } from '../../contract/events/orders.ts';
import { tellOf } from './order-events.ts';
import type { Changed } from '../order/changed.ts';
import { endedSearch, idsOfExpired } from '../ending/deadline-passed.ts';

/** Tells the customer of trucks that were lost after the search had ended. While it is open, nothing is lost yet. */
export function tellLost(after: Changed): readonly Telling[] {
  const lost = idsOfExpired(after);
  if (lost.length === 0) return [];
  if (after.status === 'expired') {
    return [tellOf(after, orderExpired, [after.customerId], endedSearch(after))];
  }
  return [
    tellOf(after, bookingUpdated, [after.customerId], {
      trucksNeeded: after.needed,
      trucksFilled: after.filled,
      expiredTruckRequestIds: lost,
      message:
        lost.length === 1
          ? 'A truck of your order will not come.'
          : `${lost.length} trucks of your order will not come.`,
    }),
  ];
}
