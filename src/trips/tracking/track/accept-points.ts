import type { FixOfBatch } from '../../../contract/http/tracking/fixes.ts';
import type { FixesTaken } from '../../../contract/http/tracking/views.ts';
import type { Fix } from '../../../fleet/last-positions/fix.ts';
import { measureTrack } from './measure-track.ts';
import { couldDrive, plausibleTrack, type TrackPoint } from './plausible-track.ts';
import { roundedDegrees } from './segments.ts';

/** The part of a track that is in segments. */
export interface Written {
  /** Older points are stale. */
  readonly last: TrackPoint;
  readonly metres: number;
  /** From where the rest of the track is measured. */
  readonly measuredFrom: TrackPoint | null;
}

/** What is known of a trip's track. */
export interface Track {
  readonly written: Written | null;
  /**
   * All points after that, in the order of time. Also those that no truck can have been at: later points may show that
   * they were right.
   */
  readonly points: readonly TrackPoint[];
  /** Those of the points that a truck can have been at. */
  readonly plausible: readonly TrackPoint[];
  /** What watchers see. */
  readonly shown: Fix | null;
  /** How far the truck has driven. */
  readonly metres: number;
}

/** What became of the points that were sent. */
type Outcome = Omit<FixesTaken, 'tripId'>;

/** The time from which positions count, both ends included. By the phone's clock, as far as that is right. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

const always: Span = { fromMs: 0, untilMs: Infinity };

const oldestMs = 24 * 3_600_000;
const mostAheadMs = 60_000;
/** A safety net, for points that never make a track. No phone keeps more than a thousand. */
const mostPoints = 4000;

/**
 * Sorts new points into a track. Nothing depends on the order in which points come, or on how often: what is late, but
 * not older than what is written, goes to its place.
 */
export function acceptPoints(
  track: Track,
  sent: readonly FixOfBatch[],
  now: Date,
  { fromMs, untilMs }: Span = always,
) {
  const oldest = Math.max(fromMs, now.getTime() - oldestMs);
  const known = new Set(track.points.map(({ atMs }) => atMs));
  const writtenUntilMs = track.written?.last.atMs ?? 0;
  const fresh = new Map<number, Fix>();
  let [stale, duplicate] = [0, 0];
  for (const each of sent) {
    const fix = asFix(each, now);
    if (!fix) continue;
    const { atMs } = fix;
    if (atMs <= writtenUntilMs || atMs < oldest || atMs > untilMs) stale += 1;
    else if (known.has(atMs) || fresh.has(atMs)) duplicate += 1;
    else fresh.set(atMs, fix);
  }
  const next = fresh.size === 0 ? track : withPoints(track, fresh);
  const accepted = next.plausible.filter(({ atMs }) => fresh.has(atMs));
  const latest = accepted.at(-1);
  const outcome: Outcome = {
    processed: sent.length,
    accepted: accepted.length,
    stale,
    duplicate,
    invalid: sent.length - accepted.length - stale - duplicate,
    lastAcceptedTimestamp: latest ? new Date(latest.atMs).toISOString() : null,
  };
  return { track: next, outcome };
}

function withPoints(track: Track, fresh: ReadonlyMap<number, Fix>): Track {
  const { written, shown } = track;
  const points = [...track.points, ...[...fresh.values()].map(pointOf)]
    .toSorted((a, b) => a.atMs - b.atMs)
    .slice(-mostPoints);
  const plausible = plausibleTrack(points, written?.last ?? null);
  const last = plausible.at(-1);
  const latest = last && (fresh.get(last.atMs) ?? { ...last, speed: null, bearing: null });
  return {
    written,
    points,
    plausible,
    shown: latest && mayFollow(shown, latest) ? latest : shown,
    metres: metresOf(written, plausible),
  };
}

export function metresOf(written: Written | null, plausible: readonly TrackPoint[]): number {
  return (written?.metres ?? 0) + measureTrack(plausible, written?.measuredFrom ?? null).metres;
}

/** What is shown is corrected by a jump only if nothing else came for so long. */
const jumpsAfterMs = 180_000;

/** Watchers see no impossible jump: if a spike was shown, it is followed by what can be reached from there. */
function mayFollow(shown: Fix | null, fix: Fix): boolean {
  if (!shown) return true;
  const laterMs = fix.atMs - shown.atMs;
  return laterMs > 0 && (couldDrive(shown, fix) || laterMs >= jumpsAfterMs);
}

const pointOf = ({ atMs, latitude, longitude, accuracy }: Fix): TrackPoint => ({
  atMs,
  latitude: roundedDegrees(latitude),
  longitude: roundedDegrees(longitude),
  accuracy: accuracy === null ? null : Math.max(1, Math.ceil(accuracy)),
});

/** In metres. A position that is further off says no more: a mobile network places a phone within its cell. */
const mostMetresOff = 100_000;
/** In metres per second: 360 km/h. What is more was not measured. */
const mostSpeed = 100;

/** A phone that knows no position says that it is at 0, 0. */
function asFix(sent: FixOfBatch, now: Date): Fix | undefined {
  const { latitude, longitude, timestamp, speed, bearing, accuracy } = sent;
  if (latitude === null || longitude === null || timestamp === null) return undefined;
  const isOnGlobe = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  const isKnown = roundedDegrees(latitude) !== 0 || roundedDegrees(longitude) !== 0;
  const isInstant = Number.isSafeInteger(timestamp) && timestamp <= now.getTime() + mostAheadMs;
  if (!isOnGlobe || !isKnown || !isInstant) return undefined;
  return {
    atMs: timestamp,
    latitude,
    longitude,
    // Phones say -1 for what they do not know.
    speed: speed !== null && speed >= 0 && speed <= mostSpeed ? speed : null,
    bearing: bearing !== null && bearing >= 0 && bearing <= 360 ? bearing % 360 : null,
    accuracy: accuracy !== null && accuracy > 0 ? Math.min(accuracy, mostMetresOff) : null,
  };
}
