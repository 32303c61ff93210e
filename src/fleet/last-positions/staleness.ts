import type { LastPosition } from './trip-positions.ts';

const freshForMs = 60_000;

/** How far a position can still be trusted. */
export function stalenessOf(
  { seenAtMs, networkIsPoor }: Pick<LastPosition, 'seenAtMs' | 'networkIsPoor'>,
  now: Date,
) {
  const isStale = ageOf({ seenAtMs }, now) > freshForMs;
  return {
    isStale,
    staleSince: isStale ? new Date(seenAtMs).toISOString() : null,
    staleReason: isStale && networkIsPoor ? ('poor_network' as const) : null,
  };
}

/** In milliseconds. The clocks of two functions may differ a little. */
export function ageOf({ seenAtMs }: Pick<LastPosition, 'seenAtMs'>, now: Date): number {
  return Math.max(0, now.getTime() - seenAtMs);
}
