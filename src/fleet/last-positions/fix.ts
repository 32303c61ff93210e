import * as z from 'zod';
import type { Position } from '../../places/position.ts';

/** Where a truck was, and when, as its phone measured it. */
export interface Fix extends Position {
  /** In milliseconds since 1970, by the phone's clock. */
  readonly atMs: number;
  /** In metres per second. */
  readonly speed: number | null;
  /** In degrees, clockwise from north. */
  readonly bearing: number | null;
  /** In metres: how far off the position may be. */
  readonly accuracy: number | null;
}

const mostMetresOff = 50;

/** What is less accurate is kept and shown, and no distance, arrival or departure is taken from it. */
export function isInaccurate({ accuracy }: Pick<Fix, 'accuracy'>): boolean {
  return accuracy !== null && accuracy > mostMetresOff;
}

const Written = z.tuple([
  z.number(),
  z.number(),
  z.number(),
  z.number().nullable(),
  z.number().nullable(),
  z.number().nullable(),
]);

export function writeFix({ atMs, latitude, longitude, speed, bearing, accuracy }: Fix): string {
  return JSON.stringify([atMs, latitude, longitude, speed, bearing, accuracy]);
}

export function readFix(text: string): Fix {
  const [atMs, latitude, longitude, speed, bearing, accuracy] = Written.parse(JSON.parse(text));
  return { atMs, latitude, longitude, speed, bearing, accuracy };
}
