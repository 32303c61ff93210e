import { OrderSearchExpired } from '../../contract/domain-events/orders.ts';
import { broadcastStateChanged, orderExpired } from '../../contract/events/orders.ts';
import { publicationOf, tellOf } from '../order/order-events.ts';
import { afterDeadline } from '../order/order.ts';
import type { Happening } from '../order/transition.ts';

/** P7: the deadline of a search passes. Held trucks live until their hold ends; the others were not found. */
export const deadlinePassed: Happening = {
  becomes: ({ status }) => afterDeadline(status),
  closesSearch: true,
  // There is no dispatch yet, so nobody was asked, and nobody has refused.
  reasonFor: (status) => (status === 'expired' ? 'NO_ONLINE_TRANSPORTERS' : null),
  tells: (after) => [
    tellOf(
      after,
      after.status === 'expired' ? orderExpired : broadcastStateChanged,
      [after.customerId],
      {
        expiredAt: after.at,
        totalTrucks: after.needed,
        trucksFilled: after.filled,
        expiredTruckRequestIds: after.trucks.map(({ id }) => id),
        reasonCode: after.reasonCode,
        onlineCandidates: 0,
        notifiedTransporters: 0,
      },
    ),
  ],
  publishes: (after) =>
    publicationOf(OrderSearchExpired, after, {
      expiredTruckRequestIds: after.trucks.map(({ id }) => id),
      reasonCode: after.reasonCode,
    }),
};
