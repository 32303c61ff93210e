/** What a phone's clock seems to be worth, by when its positions came. */
export interface PhoneClock {
  /** How far it is behind ours, in milliseconds; negative if it is ahead. Null: nothing is known, so it is believed. */
  readonly behindMs: number | null;
  /** When positions came before, and how old the newest of them was then, by both clocks. */
  readonly heard: { readonly atMs: number; readonly lagMs: number } | null;
}

export const unheardClock: PhoneClock = { behindMs: null, heard: null };

/** Two batches that are as late as each other tell of a clock, if so much time lies between them. */
const apartMs = 30_000;
/** Batches are not sent at once when there is something to send: a difference in their lags. */
const steadyWithinMs = 30_000;
/** So late is a batch from a phone with a right clock. */
const usualLagMs = 30_000;
/** A clock that is further off is not corrected: a phone that sends late, again and again, would look the same. */
const mostBehindMs = 600_000;

/**
 * Learns from a batch. No position comes before it is measured: so a clock is behind by no more than the batch is late,
 * and ahead by as much as a batch comes early. If batches go on being late by about the same, that is the clock, and not
 * the network: what waits for a network comes all at once, less and less late.
 *
 * This does not cover a clock that is set back during the trip, one that is more than ten minutes behind, and the first
 * half minute of a trip: there, positions are called older than they are. And a phone that sends everything late by the
 * same minutes is taken for one whose clock is behind.
 */
export function hearClock(clock: PhoneClock, newestAtMs: number, receivedAtMs: number): PhoneClock {
  const lagMs = receivedAtMs - newestAtMs;
  const { heard } = clock;
  const isApart = heard !== null && receivedAtMs - heard.atMs >= apartMs;
  const isSteady = isApart && Math.abs(lagMs - heard.lagMs) <= steadyWithinMs;
  const known = clock.behindMs ?? (isSteady ? Math.min(lagMs, heard.lagMs) : null);
  return {
    behindMs: known === null ? (lagMs < 0 ? lagMs : null) : Math.min(known, lagMs),
    heard: heard === null || isApart ? { atMs: receivedAtMs, lagMs } : heard,
  };
}

/** When a truck was at a position, by our clock: never later than the position came. In milliseconds since 1970. */
export function seenAt(fixAtMs: number, { behindMs }: PhoneClock, receivedAtMs: number): number {
  const behind = behindMs ?? 0;
  const isBelieved = behind > 0 && (behind <= usualLagMs || behind > mostBehindMs);
  return Math.min(receivedAtMs, fixAtMs + (isBelieved ? 0 : behind));
}
