import { TripStalled } from '../../contract/domain-events/trips.ts';
import { assignmentStale } from '../../contract/events/trips.ts';
import { sql } from '../../platform/postgres/postgres.ts';
import type { Change } from '../changing/change.ts';
import type { LiveAssignment, OrderInHand } from '../order/locked-order.ts';
import { idsOfTrip } from './trip-moved.ts';
import { publicationOf, tellOfAssignment } from '../telling/order-events.ts';

/** Both sides learn that a trip stands still. From now on its transporter may end it. */
export function tripStalled({ read_at }: OrderInHand, trip: LiveAssignment): Change {
  const { id, transporterId, status, movedAtMs } = trip;
  const movedAt = new Date(movedAtMs ?? read_at.getTime()).toISOString();
  return {
    happening: {
      becomes: (truck) => truck.status,
      tells: (after) => [
        tellOfAssignment(
          after,
          { assignment: trip, status },
          assignmentStale,
          [after.customerId, transporterId],
          { movedAt, message: 'This trip has not moved for 12 hours.' },
        ),
      ],
      publishes: (after) =>
        publicationOf(TripStalled, after, {
          ...idsOfTrip(trip),
          tripStatus: status,
          movedAt,
        }),
    },
    additions: [
      sql`UPDATE weelo.assignments SET stalled_told_at = clock_timestamp() WHERE id = ${id}::uuid`,
    ],
  };
}
