import { AppError } from '../../contract/errors.ts';
import { greatCircleKm, type Position } from '../../places/position.ts';

/** The last position that a phone has sent. */
export interface LastFix extends Position {
  readonly atMs: number;
  /** In metres. Null if the phone did not say. */
  readonly accuracy: number | null;
}

/** How near a truck must be to have arrived, in metres: a drop is often a large yard. */
const near = { pickup: 200, drop: 500 } as const;
const tooFar = { pickup: 'TOO_FAR_FROM_PICKUP', drop: 'TOO_FAR_FROM_DROP' } as const;

/** An older position says nothing about where the truck is now. */
const freshMs = 120_000;

/** Whether a position says where the truck is now. */
export function isFresh({ atMs }: LastFix, now: Date): boolean {
  return now.getTime() - atMs <= freshMs;
}

export interface Arrival {
  /** Whether a position shows that the truck is there. */
  readonly verified: boolean;
  readonly distanceM: number | null;
}

/**
 * Refuses an arrival if a fresh position shows that the truck is somewhere else. If none is known, the driver is
 * believed: the Captain app sends positions only on the road.
 */
export function checkArrival(
  place: keyof typeof near,
  at: Position,
  fix: LastFix | undefined,
  now: Date,
): Arrival {
  if (!fix || !isFresh(fix, now)) return { verified: false, distanceM: null };
  const distanceM = Math.round(greatCircleKm(fix, at) * 1000);
  if (distanceM - (fix.accuracy ?? 0) <= near[place]) return { verified: true, distanceM };
  throw new AppError(tooFar[place], {
    data: { distanceMeters: distanceM, allowedMeters: near[place] },
  });
}
