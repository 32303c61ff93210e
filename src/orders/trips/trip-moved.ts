import { TripEnded, TripMoved } from '../../contract/domain-events/trips.ts';
import { assignmentStatusChanged } from '../../contract/events/assignments.ts';
import type { Sql } from '../../platform/postgres/postgres.ts';
import type { Change } from '../changing/change.ts';
import { freeChanged } from '../offers/offer-messages.ts';
import type { LiveAssignment, OrderInHand } from '../order/locked-order.ts';
import type { Changed } from '../order/changed.ts';
import { publicationOf, tellOfAssignment } from '../telling/order-events.ts';
import { billOf } from '../stays/bill.ts';
import { countTrip } from './driver-record-statements.ts';
import { saidOf } from '../stays/stay.ts';
import { keepTrack } from './keep-track.ts';
import { moveTripRow } from './trip-statements.ts';
import type { TripStatus } from './trip-status.ts';

interface Move {
  readonly to: TripStatus;
  /** Whether a position shows that the truck is at the place. */
  readonly verified: boolean;
  /** In metres. Only known at the end, and only if the phone has sent positions. */
  readonly drivenM: number | undefined;
  readonly onTime?: boolean;
  /** Set if somebody else ends the trip, long after it last went on. */
  readonly untilLastMove?: boolean;
  /** What else is written with it. */
  readonly additions: readonly Sql[];
}

const said: Record<TripStatus, string> = {
  en_route_pickup: 'The truck is on its way to the pickup.',
  at_pickup: 'The truck has arrived at the pickup.',
  loading_complete: 'The truck is loaded.',
  in_transit: 'The truck is on its way to the drop.',
  arrived_at_drop: 'The truck has arrived at the drop.',
  completed: 'The goods are delivered.',
};

/** A trip goes on: its truck, its vehicle, its driver and its order go on with it. */
export function tripMoved(order: OrderInHand, trip: LiveAssignment, move: Move): Change {
  const { to } = move;
  const ends = to === 'completed';
  return {
    happening: {
      becomes: (truck) => (truck.id === trip.truckRequestId ? truckStatus(to) : truck.status),
      tells: (after) => [
        tellOfAssignment(
          after,
          { assignment: trip, status: to },
          assignmentStatusChanged,
          [after.customerId, trip.transporterId],
          { message: said[to] },
        ),
      ],
      // Its vehicle and its driver are free again.
      asksDispatch: () => (ends ? [freeChanged(trip.transporterId), keepTrack(trip.id)] : []),
      publishes: (after) => publish(order, trip, move, after),
    },
    additions: [
      ...moveTripRow(trip, to, {
        ...saidOf(to),
        verified: move.verified,
        untilLastMove: move.untilLastMove ?? false,
      }),
      ...(ends ? countEnd(order, trip, move) : []),
      ...move.additions,
    ],
  };
}

/** On its way to the pickup, a truck can still be called off like any other one. */
function truckStatus(to: TripStatus) {
  if (to === 'completed') return 'completed';
  return to === 'en_route_pickup' ? 'assigned' : 'in_progress';
}

function publish(order: OrderInHand, trip: LiveAssignment, { to, drivenM }: Move, after: Changed) {
  if (to === 'completed') return publishEnd(order, trip, after, { outcome: to, drivenM });
  return publicationOf(TripMoved, after, { ...idsOfTrip(trip), tripStatus: to });
}

interface End {
  readonly outcome: 'completed' | 'cancelled';
  readonly drivenM: number | undefined;
}

/** For the event bus: a trip is over. */
export function publishEnd(
  order: OrderInHand,
  trip: LiveAssignment,
  after: Changed,
  { outcome, drivenM }: End,
) {
  return publicationOf(TripEnded, after, {
    ...idsOfTrip(trip),
    outcome,
    distanceMeters: drivenM === undefined ? null : Math.round(drivenM),
    amount: outcome === 'completed' ? totalOf(order, trip) : null,
  });
}

export function idsOfTrip({ id, transporterId, driverId, vehicleId }: LiveAssignment) {
  return { tripId: id, transporterId, driverId, vehicleId };
}

/** What the customer pays for a truck, if its trip ends now. */
function totalOf(order: OrderInHand, { truckRequestId, stays }: LiveAssignment): number {
  const truck = order.trucks.find(({ id }) => id === truckRequestId);
  const { vehicleType = '', pricePerTruck = 0 } = truck ?? {};
  return billOf({ vehicleType, pricePerTruck, stays }, order.read_at).total;
}

function countEnd(order: OrderInHand, trip: LiveAssignment, { drivenM, onTime = false }: Move) {
  return countTrip({
    driverId: trip.driverId,
    transporterId: trip.transporterId,
    earnings: totalOf(order, trip),
    distanceM: drivenM ?? order.distance_km * 1000,
    onTime,
  });
}
