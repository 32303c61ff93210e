import { timeInIndia } from '../../platform/time-in-india.ts';
import ngeohash from 'ngeohash';
import type { Position } from '../../places/position.ts';

/** A cell of 4.9 by 4.9 km (a geohash of five characters), in one direction, at one hour of the day. */
export interface Stretch {
  readonly fromCell: string;
  /** The neighbour towards which the truck drives, whether or not it gets there. */
  readonly toCell: string;
  /** In India's time, 0 to 23. */
  readonly hour: number;
}

/** How fast trucks were on a stretch: the sums over all that is remembered. */
export interface StretchSpeed extends Stretch {
  readonly seconds: number;
  /** By road. */
  readonly metres: number;
  readonly samples: number;
}

export const cellAt = ({ latitude, longitude }: Position) =>
  ngeohash.encode(latitude, longitude, 5);

export const neighboursOf = (cell: string): readonly string[] => ngeohash.neighbors(cell);

/** A direction, in eighths of a turn, counterclockwise from the east. */
export function eighthOf(from: Position, to: Position): number {
  const east = (to.longitude - from.longitude) * Math.cos((from.latitude * Math.PI) / 180);
  const turns = Math.atan2(to.latitude - from.latitude, east) / (2 * Math.PI);
  return (Math.round(turns * 8) + 8) % 8;
}

export function neighbourTowards(cell: string, eighth: number): string {
  const angle = (eighth * Math.PI) / 4;
  return ngeohash.neighbor(cell, [Math.round(Math.sin(angle)), Math.round(Math.cos(angle))]);
}

/** The direction of a stretch. Cells are wider than high in degrees, or equal: only the signs count. */
export function eighthOfStretch({ fromCell, toCell }: Stretch): number {
  const [from, to] = [ngeohash.decode(fromCell), ngeohash.decode(toCell)];
  const side = (a: number, b: number) => (Math.abs(b - a) < tiny ? 0 : Math.sign(b - a));
  const north = side(from.latitude, to.latitude);
  const east = side(from.longitude, to.longitude);
  return ((Math.atan2(north, east) / Math.PI) * 4 + 8) % 8;
}

const tiny = 1e-6;

export const hourInIndia = (atMs: number) => timeInIndia(new Date(atMs)).getUTCHours();
