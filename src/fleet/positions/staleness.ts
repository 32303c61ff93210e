import type { LastPosition } from './trip-positions.ts';

const freshForMs = 60_000;

/** How far a position can still be trusted. */
export function stalenessOf({ fix, networkIsPoor }: LastPosition, now: Date) {
  const isStale = ageOf(fix, now) > freshForMs;
  return {
    isStale,
    staleSince: isStale ? new Date(fix.atMs).toISOString() : null,
    staleReason: isStale && networkIsPoor ? ('poor_network' as const) : null,
  };
}

/** In milliseconds. The phone's clock may be a little ahead of ours. */
export function ageOf({ atMs }: { readonly atMs: number }, now: Date): number {
  return Math.max(0, now.getTime() - atMs);
}
