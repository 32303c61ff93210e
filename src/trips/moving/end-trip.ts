import { AppError } from '../../contract/errors.ts';
import type { Decided } from '../../orders/changing/change-order.ts';
import { changeTrip, type TripInHand } from '../../orders/trips/change-trip.ts';
import { logTrip } from '../../orders/trips/trip-log.ts';
import { tripCalledOff } from '../../orders/trips/trip-called-off.ts';
import { tripMoved } from '../../orders/trips/trip-moved.ts';
import { isStalled } from './stalled-trips.ts';
import type { EndingDeps } from './trip-deps.ts';

interface Input {
  readonly tripId: string;
  /** Unset if an operator ends it. */
  readonly transporterId?: string;
  /** Whether it may be ended although it moves, for example because its driver is suspended. Default: no. */
  readonly evenIfMoving?: boolean;
  readonly reason: string;
  readonly outcome: 'completed' | 'cancelled';
}

/**
 * Ends a trip that has not moved for half a day, because its phone is dead or lost. Whoever ends it says whether the
 * goods were delivered. To end it again in the same way changes nothing.
 */
export async function endTrip(input: Input, deps: EndingDeps) {
  const { tripId, transporterId, outcome } = input;
  const known = await deps.trackOf(tripId);
  await changeTrip(
    { tripId, ...(transporterId !== undefined && { transporterId }) },
    (trip) => decide(trip, { ...input, drivenM: known.drivenM }, deps),
    deps,
  );
  return { tripId, status: outcome, message: 'The trip is over.' };
}

function decide(
  { status, live, order }: TripInHand,
  { drivenM, ...input }: Input & { readonly drivenM: number | undefined },
  { ids }: EndingDeps,
): Decided<undefined> {
  const { outcome, reason, transporterId, evenIfMoving = false } = input;
  if (status === outcome) return { answer: undefined };
  if (!live || status === 'pending') {
    throw new AppError('INVALID_STATUS_TRANSITION', { data: { from: status, to: outcome } });
  }
  if (!evenIfMoving && !isStalled(live, order.read_at)) throw new AppError('TRIP_IS_MOVING');
  const entry = logTrip({
    tripId: live.id,
    id: ids.next(),
    what: 'ended',
    status: outcome,
    userId: transporterId ?? null,
    latitude: null,
    longitude: null,
    distanceM: null,
    codeGiven: false,
    remark: reason,
  });
  const change =
    outcome === 'completed'
      ? tripMoved(order, live, {
          to: outcome,
          verified: false,
          drivenM,
          untilLastMove: true,
          additions: [entry],
        })
      : tripCalledOff(order, live, { reason, drivenM, additions: [entry] });
  return { change, answer: undefined };
}
