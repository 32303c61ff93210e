import type { KnownTrip } from '../known-trip.ts';
import type { TrackPoint } from '../tracking/track/plausible-track.ts';
import type { TrackStore } from '../tracking/track-store.ts';
import {
  followStays,
  places,
  visitsOf,
  type NotedVisits,
  type Place,
  type Stays,
  type Visit,
} from './follow-stays.ts';

export interface VisitDeps {
  readonly tracks: Pick<TrackStore, 'noteVisit'>;
  /** Writes a visit down. To write it again is allowed, and so is to change it. */
  readonly noteVisit: (
    tripId: string,
    visit: { readonly place: Place; readonly arrivedAt: Date; readonly leftAt: Date | null },
  ) => Promise<void>;
}

interface NewVisit {
  readonly place: Place;
  readonly visit: Visit;
}

/** The visits that are not noted yet, or that have changed since, by the points after what is in segments. */
export function newVisits(
  { stays, visits }: { readonly stays: Stays; readonly visits: NotedVisits },
  points: readonly TrackPoint[],
  trip: KnownTrip,
): readonly NewVisit[] {
  const last = points.at(-1);
  if (!last) return [];
  const seen = visitsOf(followStays(stays, points, trip), last.atMs, trip);
  return places.flatMap((place) => {
    const visit = seen[place];
    return visit && !isSame(visit, visits[place]) ? [{ place, visit }] : [];
  });
}

const isSame = (one: Visit, other: Visit | null) =>
  one.arrivedAtMs === other?.arrivedAtMs && one.leftAtMs === other.leftAtMs;

/** `rev` is that of the track which shows them. */
export async function noteVisits(
  tripId: string,
  seen: readonly NewVisit[],
  rev: string | undefined,
  deps: VisitDeps,
): Promise<void> {
  for (const { place, visit } of seen) {
    const { arrivedAtMs, leftAtMs } = visit;
    const leftAt = leftAtMs === null ? null : new Date(leftAtMs);
    await deps.noteVisit(tripId, { place, arrivedAt: new Date(arrivedAtMs), leftAt });
    if (rev !== undefined) await deps.tracks.noteVisit(tripId, rev, place, visit);
  }
}
