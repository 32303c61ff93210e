import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../contract/errors.ts';
import { tell } from '../../contract/events/event.ts';
import { locationUpdated } from '../../contract/events/trips.ts';
import type { FixOfBatch } from '../../contract/http/tracking/fixes.ts';
import type { FixesTaken } from '../../contract/http/tracking/views.ts';
import type { Fix } from '../../fleet/positions/fix.ts';
import { ageOf, stalenessOf } from '../../fleet/positions/staleness.ts';
import { idsOf } from '../../orders/telling/order-events.ts';
import type { Queue } from '../../platform/aws/queues.ts';
import { logger } from '../../platform/logs/observability.ts';
import { eventFor } from '../../platform/outbox/events.ts';
import { acceptPoints, type Written } from './accept-points.ts';
import { keepSegment, triedAgainAfterMs, type HistoryDeps } from './keep-history.ts';
import { isUnderWay } from '../../orders/trips/trip-status.ts';
import type { KnownTrip, TripOf } from './known-trip.ts';
import { nothingSettled, settleSegment } from './settle-segment.ts';
import type { TripTrack } from './track-store.ts';
import { noVisits, visitsSeen, type Visit } from './visits.ts';

export interface TakingDeps extends HistoryDeps {
  readonly tripOf: TripOf;
  readonly noteVisit: (tripId: string, visit: Visit & { readonly at: Date }) => Promise<void>;
  readonly queues: { readonly notify: Pick<Queue, 'send'> };
}

export interface SentPoints {
  readonly tripId: string;
  readonly driverId: string;
  readonly points: readonly FixOfBatch[];
  /** What the phone says of its network. Undefined: nothing. */
  readonly network?: 'good' | 'poor' | undefined;
}

/** The customer is told where a truck is no more often. */
const toldEveryMs = 2000;
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
  if (!isUnderWay(trip)) return allStale(sent);
  let read = first;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const known = read ?? newTrack(await deps.findWritten(tripId));
    const step = advance(known, sent, deps.clock.now());
    const how = { was: read?.rev, rev: deps.ids.next(), begins: step.writing };
    if (!step.isNews || (await deps.tracks.write(tripId, step.next, how))) {
      await afterwards(trip, step, deps);
      return { tripId, ...step.outcome };
    }
    await sleep(tries);
    read = await deps.tracks.read(tripId);
  }
  throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000 });
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

interface OnePointDeps extends TakingDeps {
  readonly tripOfDriver: (driverId: string) => Promise<string | undefined>;
}

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

/** What is known of a trip that has no track in Redis: what is in segments, if it had one. */
function newTrack(written: Written | null): TripTrack {
  const metres = written?.metres ?? 0;
  return {
    track: { written, points: [], plausible: [], shown: null, metres },
    settling: nothingSettled,
    networkIsPoor: false,
    told: null,
    writing: null,
    visits: noVisits,
  };
}

type Step = ReturnType<typeof advance>;

function advance(known: TripTrack, sent: SentPoints, now: Date) {
  const nowMs = now.getTime();
  const { track: longer, outcome } = acceptPoints(known.track, sent.points, now);
  const networkIsPoor = sent.network === undefined ? known.networkIsPoor : sent.network === 'poor';
  const { writing: before } = known;
  // The points that come while a segment is being written belong to the next one.
  const settled = before
    ? { track: longer, settling: known.settling, segment: null }
    : settleSegment(longer, known.settling, { now });
  const again = before && nowMs - before.triedAtMs >= triedAgainAfterMs ? before.segment : null;
  const segment = settled.segment ?? again;
  const tells = fixToTell(known.told, longer.shown, nowMs);
  const told = tells ? { fixAtMs: tells.atMs, atMs: nowMs } : known.told;
  const hasChanged = longer !== known.track || networkIsPoor !== known.networkIsPoor;
  return {
    next: { track: settled.track, settling: settled.settling, networkIsPoor, told },
    isNews: hasChanged || tells !== null || segment !== null,
    outcome,
    tells,
    writing: segment && { segment, triedAtMs: nowMs },
    // With what goes into a segment now: the visits in it would be missed otherwise.
    plausible: longer.plausible,
    visits: known.visits,
    now,
  };
}

function fixToTell(told: TripTrack['told'], shown: Fix | null, nowMs: number): Fix | null {
  const isNewer = shown !== null && shown.atMs > (told?.fixAtMs ?? 0);
  return isNewer && nowMs - (told?.atMs ?? 0) >= toldEveryMs ? shown : null;
}

async function afterwards(trip: KnownTrip, step: Step, deps: TakingDeps): Promise<void> {
  const { tells, writing } = step;
  const seen = visitsSeen(step.plausible, trip, step.visits);
  const attempt = async (what: string, work: Promise<void> | null) => {
    try {
      await work;
    } catch (error) {
      logger.warn(`Could not ${what}`, { tripId: trip.tripId, error: String(error) });
    }
  };
  await Promise.all([
    attempt('tell where a truck is', tells && tellLocation(trip, tells, step, deps)),
    attempt('note that a truck arrived or left', noteVisits(trip, seen, deps)),
    attempt('write a segment', writing && keepSegment(trip.tripId, writing.segment, deps)),
  ]);
}

async function noteVisits(
  { tripId }: KnownTrip,
  seen: readonly (Visit & { readonly at: Date })[],
  deps: TakingDeps,
): Promise<void> {
  for (const visit of seen) {
    await deps.noteVisit(tripId, visit);
    await deps.tracks.noteVisit(tripId, visit, visit.at);
  }
}

/** In milliseconds. Then the next position is on its way, or the truck is not heard of any more. */
const ofUseForMs = 60_000;

/** Not by the outbox: if this is lost, the next position replaces it. */
async function tellLocation(trip: KnownTrip, fix: Fix, { next, now }: Step, deps: TakingDeps) {
  const { orderId, tripId, driverId, customerId } = trip;
  const { isStale } = stalenessOf({ ...next, fix, metres: 0 }, now);
  const telling = tell(locationUpdated, [customerId], {
    ...idsOf(orderId),
    tripId,
    driverId,
    latitude: fix.latitude,
    longitude: fix.longitude,
    speed: fix.speed ?? 0,
    bearing: fix.bearing ?? 0,
    timestamp: new Date(fix.atMs).toISOString(),
    isStale,
    locationAgeMs: ageOf(fix, now),
    until: new Date(now.getTime() + ofUseForMs).toISOString(),
  });
  await deps.queues.notify.send(eventFor(telling, now.toISOString(), deps.ids).message);
}
