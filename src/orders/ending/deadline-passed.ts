import { OrderSearchExpired } from '../../contract/domain-events/orders.ts';
import { broadcastDismissed } from '../../contract/events/offers.ts';
import { broadcastStateChanged, orderExpired } from '../../contract/events/orders.ts';
import { publicationOf, tellOf } from '../telling/order-events.ts';
import { afterDeadline } from '../order/order.ts';
import type { Changed } from '../order/changed.ts';
import type { Happening } from '../order/transition.ts';

/**
 * P7: the deadline of a search passes. Held trucks live until their hold ends; the others were not found. P9: those who
 * hold nothing learn that the order is not on offer any more.
 */
export const deadlinePassed: Happening = {
  becomes: ({ status }) => afterDeadline(status),
  closesSearch: true,
  tells: (after) => [
    tellOf(
      after,
      after.status === 'expired' ? orderExpired : broadcastStateChanged,
      [after.customerId],
      endedSearch(after),
    ),
    tellOf(after, orderExpired, after.waiting, endedSearch(after)),
    // Their trucks drive; only the rest of the order is gone.
    tellOf(after, broadcastDismissed, after.driving, {
      id: after.orderId,
      reason: 'timeout',
      message: 'The search for more trucks has ended.',
      customerName: null,
      dispatchRevision: after.eventVersion,
      orderLifecycleVersion: after.eventVersion,
      serverTimeMs: Date.parse(after.at),
    }),
  ],
  publishes: (after) =>
    publicationOf(OrderSearchExpired, after, {
      expiredTruckRequestIds: idsOfExpired(after),
      reasonCode: after.reasonCode,
    }),
};

/** The facts of a search that has ended, for all who are told. */
export function endedSearch(after: Changed) {
  return {
    expiredAt: after.at,
    totalTrucks: after.needed,
    trucksFilled: after.filled,
    expiredTruckRequestIds: idsOfExpired(after),
    reasonCode: after.reasonCode,
    onlineCandidates: after.onlineCandidates,
    notifiedTransporters: after.notifiedTransporters,
    reason: 'timeout',
    message: 'This order has expired.',
  };
}

/** The trucks that were not found, or were lost. */
export function idsOfExpired({ trucks }: Changed): string[] {
  return trucks.filter(({ status }) => status === 'expired').map(({ id }) => id);
}
