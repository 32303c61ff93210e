import { assignmentStatusChanged, tripCancelled } from '../../contract/events/assignments.ts';
import type { Sql } from '../../platform/postgres/postgres.ts';
import { endAssignments } from '../assignments/assignment-statements.ts';
import type { Change } from '../changing/change.ts';
import { freeChanged } from '../offers/offer-messages.ts';
import type { LiveAssignment, OrderInHand } from '../order/locked-order.ts';
import { tellOfAssignment } from '../telling/order-events.ts';
import { tellLost } from '../telling/tell-lost.ts';
import { keepTrack } from './keep-track.ts';
import { publishEnd } from './trip-moved.ts';

interface Called {
  readonly reason: string;
  readonly drivenM: number | undefined;
  /** What else is written with it. */
  readonly additions: readonly Sql[];
}

/** A trip ends without a delivery, long after its search: its truck is lost to the order, and nobody else is asked. */
export function tripCalledOff(
  order: OrderInHand,
  trip: LiveAssignment,
  { reason, drivenM, additions }: Called,
): Change {
  const now = { assignment: trip, status: 'cancelled' } as const;
  const message = 'The trip was ended without a delivery.';
  return {
    happening: {
      becomes: (truck) => (truck.id === trip.truckRequestId ? 'expired' : truck.status),
      tells: (after) => [
        tellOfAssignment(after, now, assignmentStatusChanged, [after.customerId], { message }),
        tellOfAssignment(after, now, tripCancelled, [trip.driverId, trip.transporterId], {
          message,
          reason,
          cancelledAt: after.at,
          compensationAmount: 0,
          settlementState: 'none',
        }),
        ...tellLost(after),
      ],
      asksDispatch: () => [freeChanged(trip.transporterId), keepTrack(trip.id)],
      publishes: (after) => publishEnd(order, trip, after, { outcome: 'cancelled', drivenM }),
    },
    additions: [...endAssignments([trip], 'cancelled', reason), ...additions],
  };
}
