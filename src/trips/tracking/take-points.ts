import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../contract/errors.ts';
import type { FixOfBatch } from '../../contract/http/tracking/fixes.ts';
import type { FixesTaken } from '../../contract/http/tracking/views.ts';
import { isUnderWay } from '../../orders/trips/trip-status.ts';
import type { KnownTrip, TripOf } from '../known-trip.ts';
import type { Span } from './track/accept-points.ts';
import { newTrack } from './track-state.ts';
import { addLate, advance, type SentPoints, type StepDeps } from './track-step.ts';

export type TakingDeps = StepDeps & { readonly tripOf: TripOf };

const mostTries = 30;

/**
 * Takes the positions that a driver sends: reads, adds, and writes only if nobody else has written meanwhile. Then it
 * tells the customer, notes arrivals and departures, and writes a segment if it is time. These three can fail without
 * the batch: the next one makes up for it.
 */
export async function takePoints(sent: SentPoints, deps: TakingDeps): Promise<FixesTaken> {
  const { tripId } = sent;
  const [trip, first] = await Promise.all([deps.tripOf(tripId), deps.tracks.read(tripId)]);
  if (trip?.driverId !== sent.driverId) throw new AppError('ASSIGNMENT_NOT_FOUND');
  const span = spanOf(trip, deps.clock.now());
  if (!span) return allStale(sent);
  const go = isUnderWay(trip) ? advance : addLate;
  let read = first;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const known = read ?? newTrack(await deps.findWritten(tripId));
    const step = go(known, sent, { now: deps.clock.now(), span, trip });
    const rev = deps.ids.next();
    const how = { was: read?.rev, rev, begins: step.writing };
    if (!step.isNews || (await deps.tracks.write(tripId, step.next, how))) {
      await step.afterwards(step.isNews ? rev : read?.rev, deps);
      return { tripId, ...step.outcome };
    }
    await sleep(tries);
    read = await deps.tracks.read(tripId);
  }
  throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000 });
}

/** So long after a trip is completed, the end of its track may still come: the phone was out of reach. */
const lateForMs = 12 * 3_600_000;

/**
 * From when to when the positions of a trip count: from its driver's acceptance to its end. Where the phone was before
 * is nobody's business, so its clock gets no allowance here. None count if the trip is not under way, nor completed of
 * late.
 */
function spanOf(trip: KnownTrip, now: Date): Span | null {
  const fromMs = trip.acceptedAtMs ?? Infinity;
  if (isUnderWay(trip)) return { fromMs, untilMs: Infinity };
  const { status, endedAtMs } = trip;
  const isLate =
    status === 'completed' && endedAtMs !== null && now.getTime() - endedAtMs <= lateForMs;
  return isLate ? { fromMs, untilMs: endedAtMs } : null;
}

/** A position that is sent by itself, without what its phone does not know. */
type OnePoint = Pick<FixOfBatch, 'latitude' | 'longitude'> &
  Partial<Pick<FixOfBatch, 'speed' | 'bearing' | 'accuracy'>> & {
    /** Default: now. */
    readonly timestamp?: number | undefined;
  };

interface SentPoint extends Omit<SentPoints, 'points' | 'tripId'> {
  /** Default: the trip that the driver is on. */
  readonly tripId?: string | undefined;
  readonly point: OnePoint;
}

type OnePointDeps = TakingDeps & {
  readonly tripOfDriver: (driverId: string) => Promise<string | undefined>;
};

export async function takePoint(
  { point, ...sent }: SentPoint,
  deps: OnePointDeps,
): Promise<FixesTaken> {
  const tripId = sent.tripId ?? (await deps.tripOfDriver(sent.driverId));
  if (tripId === undefined) throw new AppError('ASSIGNMENT_NOT_FOUND');
  const { speed = null, bearing = null, accuracy = null } = point;
  const { timestamp = deps.clock.now().getTime() } = point;
  const whole = { ...point, speed, bearing, accuracy, timestamp };
  return takePoints({ ...sent, tripId, points: [whole] }, deps);
}

/** So that the app does not send them again. */
function allStale({ tripId, points }: SentPoints): FixesTaken {
  const count = points.length;
  return {
    tripId,
    processed: count,
    accepted: 0,
    stale: count,
    duplicate: 0,
    invalid: 0,
    lastAcceptedTimestamp: null,
  };
}
