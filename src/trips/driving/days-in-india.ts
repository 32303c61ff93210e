import { timeInIndia } from '../../platform/time-in-india.ts';

const dayMs = 24 * 3_600_000;

/** The days with which the periods begin that end today, as `2026-01-31`. */
export interface FirstDays {
  readonly today: string;
  /** Weeks begin on Monday. */
  readonly week: string;
  readonly month: string;
  /** The first of them. */
  readonly earliest: string;
}

/** A day begins at midnight in India, wherever the server stands. */
export function firstDays(now: Date): FirstDays {
  const inIndia = timeInIndia(now);
  const sinceMonday = (inIndia.getUTCDay() + 6) % 7;
  const today = dayOf(inIndia);
  const week = dayOf(new Date(inIndia.getTime() - sinceMonday * dayMs));
  const month = `${today.slice(0, 8)}01`;
  return { today, week, month, earliest: week < month ? week : month };
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}
