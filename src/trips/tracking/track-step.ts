import type { FixOfBatch } from '../../contract/http/tracking/fixes.ts';
import type { FixesTaken } from '../../contract/http/tracking/views.ts';
import { hearClock, seenAt } from './phone-clock.ts';
import { logger } from '../../platform/logs/observability.ts';
import type { KnownTrip } from '../known-trip.ts';
import { followStays } from '../stays/follow-stays.ts';
import { newVisits, noteVisits, type VisitDeps } from '../stays/note-visits.ts';
import { keepRest, keepSegment, triedAgainAfterMs, type HistoryDeps } from './keep-history.ts';
import { fixToTell, tellLocation, type TellingDeps } from './tell-location.ts';
import { acceptPoints, type Span, type Track } from './track/accept-points.ts';
import { settleSegment } from './track/settle-segment.ts';
import type { TripTrack } from './track-state.ts';

export type StepDeps = HistoryDeps & TellingDeps & Pick<VisitDeps, 'noteVisit'>;

/** What a driver sends of a trip. */
export interface SentPoints {
  readonly tripId: string;
  readonly driverId: string;
  readonly points: readonly FixOfBatch[];
  /** What the phone says of its network. Undefined: nothing. */
  readonly network?: 'good' | 'poor' | undefined;
}

interface Circumstances {
  readonly trip: KnownTrip;
  readonly span: Span;
  readonly now: Date;
}

interface Step {
  /** What becomes of the points. */
  readonly outcome: Omit<FixesTaken, 'tripId'>;
  readonly next: Omit<TripTrack, 'writing' | 'visits'>;
  /** Whether `next` is to be written. */
  readonly isNews: boolean;
  readonly writing: TripTrack['writing'];
  readonly afterwards: (rev: string | undefined, deps: StepDeps) => Promise<void>;
}

/** A trip under way goes on. */
export function advance(
  known: TripTrack,
  sent: SentPoints,
  { now, span, trip }: Circumstances,
): Step {
  const nowMs = now.getTime();
  const { track: longer, outcome } = acceptPoints(known.track, sent.points, now, span);
  const networkIsPoor = sent.network === undefined ? known.networkIsPoor : sent.network === 'poor';
  const settled = settle(known, longer, now);
  const { shown } = longer;
  const seen = shown && shown !== known.track.shown ? hear(known, shown.atMs, nowMs) : known;
  const tells = fixToTell(known.told, shown, nowMs);
  const { segment } = settled;
  const next = {
    ...settled,
    stays: segment ? staysIn(known, longer, segment.lastAtMs, trip) : known.stays,
    clock: seen.clock,
    seenAtMs: seen.seenAtMs,
    networkIsPoor,
    told: tells ? { fixAtMs: tells.atMs, atMs: nowMs } : known.told,
  };
  const writing = segment ?? dueAgain(known.writing, nowMs);
  const hasChanged = longer !== known.track || networkIsPoor !== known.networkIsPoor;
  // With what goes into a segment now.
  const visits = newVisits(known, longer.plausible, trip);
  return {
    outcome,
    next,
    isNews: hasChanged || tells !== null || writing !== null,
    writing: writing && { segment: writing, triedAtMs: nowMs },
    afterwards: async (rev, deps) => {
      await Promise.all([
        attempt('tell where a truck is', trip, async () => {
          if (tells) await tellLocation(trip, { ...next, fix: tells }, now, deps);
        }),
        attempt('note how long a truck is at a place', trip, () =>
          noteVisits(trip.tripId, visits, rev, deps),
        ),
        attempt('write a segment', trip, async () => {
          if (writing) await keepSegment(trip.tripId, writing, deps);
        }),
      ]);
    },
  };
}

/** The points that come while a segment is being written belong to the next one. */
function settle({ writing, settling }: TripTrack, track: Track, now: Date) {
  return writing ? { track, settling, segment: null } : settleSegment(track, settling, { now });
}

function dueAgain(writing: TripTrack['writing'], nowMs: number) {
  return writing && nowMs - writing.triedAtMs >= triedAgainAfterMs ? writing.segment : null;
}

function hear(known: TripTrack, fixAtMs: number, nowMs: number) {
  const clock = hearClock(known.clock, fixAtMs, nowMs);
  // Where the truck is seen later, it was later.
  return { clock, seenAtMs: Math.max(known.seenAtMs, seenAt(fixAtMs, clock, nowMs)) };
}

function staysIn({ stays }: TripTrack, { plausible }: Track, untilMs: number, trip: KnownTrip) {
  const written = plausible.filter(({ atMs }) => atMs <= untilMs);
  return followStays(stays, written, trip);
}

async function attempt(what: string, { tripId }: KnownTrip, work: () => Promise<void>) {
  try {
    await work();
  } catch (error) {
    logger.warn(`Could not ${what}`, { tripId, error: String(error) });
  }
}

/**
 * The end of a track that comes when its trip is completed already. It is kept at once, for nothing else may come. Nobody
 * sees it, and it changes neither the bill nor the distance in the driver's record, which were counted at the end. If it
 * cannot be kept, the phone sends it again.
 */
export function addLate(
  known: TripTrack,
  { points }: SentPoints,
  { now, span, trip }: Circumstances,
): Step {
  const { track: longer, outcome } = acceptPoints(known.track, points, now, span);
  return {
    outcome,
    next: { ...known, track: { ...longer, shown: known.track.shown } },
    isNews: longer !== known.track,
    writing: null,
    afterwards: (_, deps) => keepRest(trip.tripId, deps),
  };
}
