/** When each wave of a search begins, in seconds after the order was placed, and how far out it looks. */
export const waves = [
  { wave: 1, atSeconds: 0, radiusKm: 15 },
  { wave: 2, atSeconds: 15, radiusKm: 30 },
  { wave: 3, atSeconds: 30, radiusKm: 60 },
  { wave: 4, atSeconds: 45, radiusKm: 100 },
] as const;

/** In seconds: when a search ends, whatever was found. */
export const searchSeconds = 60;
/**
 * Before the commit, the first wave is queued with this delay. If the function crashes, the search starts this late.
 */
export const firstWaveDelaySeconds = 2;
