import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import { isInaccurate } from '../../fleet/last-positions/fix.ts';
import type { KnownTrip } from '../known-trip.ts';
import { metresBetween, type TrackPoint } from '../tracking/track/plausible-track.ts';

/**
 * How long a truck was at a place, as its positions show it:
 *
 * - It has arrived when it has stayed for five minutes, or when its driver says so while it is there. So a truck that
 *   passes the drop on the other side of a divided road, and comes back two hours later, has not been waiting. Nobody is
 *   paid less for it: the first five minutes are free.
 * - It has left when it has been away for ten minutes. To turn, to find the gate, or to go from the gate to the bay is
 *   not to leave: then the clock goes on.
 * - Who comes back later than that has arrived anew, and the departure is taken back. What the driver has said of the
 *   arrival stays true (`noteVisit`).
 *
 * Both are told with the time at which they began, at most once in five minutes.
 */
interface Stay {
  readonly arrivedAtMs: number;
  /** Set while the truck is outside: since when, and the last time that it was seen there. */
  readonly outside: { readonly sinceMs: number; readonly untilMs: number } | null;
}

export const places = ['pickup', 'drop'] as const;

export type Place = (typeof places)[number];

/** Of each place, the last stay. Null: the truck was not there yet. */
export type Stays = Readonly<Record<Place, Stay | null>>;

export const noStays: Stays = { pickup: null, drop: null };

/** A stay that counts. Times are in milliseconds since 1970. */
export interface Visit {
  readonly arrivedAtMs: number;
  readonly leftAtMs: number | null;
}

/** The visits that were written down. */
export type NotedVisits = Readonly<Record<Place, Visit | null>>;

export const noVisits: NotedVisits = { pickup: null, drop: null };

const minuteMs = 60_000;
/** Not more than the minutes for which waiting is free. */
const longestPassMs = 5 * minuteMs;
const longestTurnMs = 10 * minuteMs;
/** In metres around the place. */
const radiusOf = { pickup: 200, drop: 500 } as const;
/** In metres. A truck at the very edge neither comes nor goes with each position. */
const edge = 50;

type TripOfStays = Pick<KnownTrip, Place | 'status' | 'acceptedAtMs' | 'startedAtMs'>;

/** Goes on with more points of the track, in the order of time. */
export function followStays(stays: Stays, points: readonly TrackPoint[], trip: TripOfStays): Stays {
  const accurate = points.filter((point) => !isInaccurate(point));
  const followed = (place: Place) => {
    const { fromMs, untilMs } = spanOf(place, trip);
    return accurate
      .filter(({ atMs }) => atMs >= fromMs && atMs <= untilMs)
      .reduce(
        (stay, point) => follow(stay, point, whereabouts(point, trip[place], place)),
        stays[place],
      );
  };
  return { pickup: followed('pickup'), drop: followed('drop') };
}

/** A truck waits at the pickup once its driver has accepted, and at the drop once it is on its way there. */
function spanOf(place: Place, { acceptedAtMs, startedAtMs }: TripOfStays) {
  return place === 'pickup'
    ? { fromMs: acceptedAtMs ?? Infinity, untilMs: startedAtMs ?? Infinity }
    : { fromMs: startedAtMs ?? Infinity, untilMs: Infinity };
}

function whereabouts(point: TrackPoint, at: KnownTrip['drop'], place: Place) {
  const metres = metresBetween(point, at);
  if (metres <= radiusOf[place]) return 'inside';
  return metres - (point.accuracy ?? 0) > radiusOf[place] + edge ? 'outside' : 'at the edge';
}

function follow(
  stay: Stay | null,
  { atMs }: TrackPoint,
  where: ReturnType<typeof whereabouts>,
): Stay | null {
  if (where === 'inside') {
    const goesOn = stay !== null && !isAway(stay, atMs);
    return { arrivedAtMs: goesOn ? stay.arrivedAtMs : atMs, outside: null };
  }
  if (stay === null) return null;
  const sinceMs = outSinceMs(stay);
  if (where === 'at the edge') return sinceMs === null ? { ...stay, outside: null } : stay;
  return { ...stay, outside: { sinceMs: stay.outside?.sinceMs ?? atMs, untilMs: atMs } };
}

/** One point may be wrong by some metres. Two are believed. */
function outSinceMs({ outside }: Stay): number | null {
  return outside && outside.untilMs > outside.sinceMs ? outside.sinceMs : null;
}

function isAway(stay: Stay, nowMs: number): boolean {
  const sinceMs = outSinceMs(stay);
  return sinceMs !== null && nowMs - sinceMs >= longestTurnMs;
}

/** The states in which the driver has said that the truck is there, or was. */
const saysThere: Readonly<Record<Place, readonly AssignmentStatus[]>> = {
  pickup: ['at_pickup', 'loading_complete', 'in_transit', 'arrived_at_drop'],
  drop: ['arrived_at_drop'],
};

/** What counts of the stays, as far as the track is known. */
export function visitsOf(stays: Stays, knownUntilMs: number, trip: TripOfStays): NotedVisits {
  const visit = (place: Place): Visit | null => {
    const stay = stays[place];
    if (!stay) return null;
    const isOver = place === 'pickup' && trip.startedAtMs !== null;
    const untilMs = isOver ? (trip.startedAtMs ?? 0) : knownUntilMs;
    const { arrivedAtMs } = stay;
    const sinceMs = outSinceMs(stay);
    const stayed = (sinceMs ?? untilMs) - arrivedAtMs >= longestPassMs;
    // While the truck is outside, what the driver says may be of a stay that no position has shown.
    const isSaid = (sinceMs === null || isOver) && saysThere[place].includes(trip.status);
    if (!stayed && !isSaid) return null;
    return { arrivedAtMs, leftAtMs: isOver || isAway(stay, untilMs) ? sinceMs : null };
  };
  return { pickup: visit('pickup'), drop: visit('drop') };
}
