import { isInaccurate } from '../../fleet/positions/fix.ts';
import type { KnownTrip } from './known-trip.ts';
import { metresBetween, type TrackPoint } from './plausible-track.ts';

/** The truck came to a place of its trip, or left it. */
export interface Visit {
  readonly place: 'pickup' | 'drop';
  readonly what: 'arrived' | 'departed';
}

export const visits = [
  { place: 'pickup', what: 'arrived' },
  { place: 'pickup', what: 'departed' },
  { place: 'drop', what: 'arrived' },
  { place: 'drop', what: 'departed' },
] as const satisfies readonly Visit[];

/** When which visit was, in milliseconds since 1970. Null: not yet. */
export type NotedVisits = Readonly<Record<`${Visit['place']} ${Visit['what']}`, number | null>>;

export const noVisits: NotedVisits = {
  'pickup arrived': null,
  'pickup departed': null,
  'drop arrived': null,
  'drop departed': null,
};

/** In metres around the place. */
const radiusOf = { pickup: 200, drop: 500 } as const;

/**
 * The visits that a track shows and that were not noted before. They come in their order: a truck that passes the drop
 * on its way to the pickup has not arrived.
 */
export function visitsSeen(
  points: readonly TrackPoint[],
  trip: Pick<KnownTrip, 'pickup' | 'drop' | 'status'>,
  noted: NotedVisits,
): readonly (Visit & { readonly at: Date })[] {
  const accurate = points.filter((point) => !isInaccurate(point));
  const seen: (Visit & { readonly at: Date })[] = [];
  const stay = (place: Visit['place'], afterMs: number) => {
    const metresTo = (point: TrackPoint) => metresBetween(point, trip[place]);
    const isIn = (point: TrackPoint) => metresTo(point) <= radiusOf[place];
    const isOut = (point: TrackPoint) => metresTo(point) - (point.accuracy ?? 0) > radiusOf[place];
    let arrivedAtMs = noted[`${place} arrived`];
    if (arrivedAtMs === null) {
      arrivedAtMs = accurate.find((point) => point.atMs > afterMs && isIn(point))?.atMs ?? null;
      if (arrivedAtMs === null) return null;
      seen.push({ place, what: 'arrived', at: new Date(arrivedAtMs) });
    }
    if (noted[`${place} departed`] !== null) return noted[`${place} departed`];
    const since = accurate.filter(({ atMs }) => atMs > (arrivedAtMs ?? 0));
    // One point may be wrong by some metres. Two are believed.
    const left = since.find((point, i) => {
      const next = since[i + 1];
      return next !== undefined && isOut(point) && isOut(next);
    });
    if (!left) return null;
    seen.push({ place, what: 'departed', at: new Date(left.atMs) });
    return left.atMs;
  };
  const leftPickupAtMs = stay('pickup', 0);
  if (trip.status === 'in_transit' || trip.status === 'arrived_at_drop') {
    stay('drop', leftPickupAtMs ?? 0);
  }
  return seen;
}
