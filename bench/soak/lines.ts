import { lineLost } from '../../city/live/api/line.ts';
import type { Heard } from './heard.ts';

interface Span {
  readonly from: number;
  until: number;
}

/** When each client had a line: from what it caught up with, until the line was lost. */
export function linesOf(heard: readonly Heard[]): ReadonlyMap<string, readonly Span[]> {
  const lines = new Map<string, Span[]>();
  for (const { user, event, at } of heard) {
    const spans = lines.get(user) ?? [];
    lines.set(user, spans);
    const last = spans.at(-1);
    if (event === 'resumed') spans.push({ from: at, until: Infinity });
    else if (event === lineLost && last?.until === Infinity) last.until = at;
  }
  return lines;
}

/** Whether a client had a line all the while. */
export const hadLine = (spans: readonly Span[] | undefined, from: number, until: number): boolean =>
  spans?.some((span) => span.from <= from && until <= span.until) ?? false;

/** Whether it had one for so long at a stretch, in this time. */
export const hadLineWithin = (
  spans: readonly Span[] | undefined,
  { from, until, ms }: { readonly from: number; readonly until: number; readonly ms: number },
): boolean =>
  spans?.some((span) => Math.min(until, span.until) - Math.max(from, span.from) >= ms) ?? false;
