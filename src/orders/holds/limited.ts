/** So many milliseconds after two holds lapsed within that time, a transporter may hold one truck at a time. */
const hourMs = 3_600_000;

/**
 * Until when a transporter is limited, if it is. A hold outlives a search: whoever lets two lapse within an hour may have
 * ended two searches at no cost. `lapsedAt`: when the last two holds lapsed, the latest first.
 */
export function limitedUntil(lapsedAt: readonly Date[], now: Date): Date | undefined {
  const [last, before] = lapsedAt;
  if (!last || !before || last.getTime() - before.getTime() > hourMs) return undefined;
  const until = new Date(last.getTime() + hourMs);
  return until > now ? until : undefined;
}
