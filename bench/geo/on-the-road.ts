import type { Position } from '../../src/places/position.ts';

export const beatMs = 5000;

/** Where a truck is after a while: every third one drives north, at 40 km/h, and crosses a cell in a minute. */
export function onTheRoad(from: Position, number: number, afterMs: number): Position {
  const north = number % 3 === 0 ? afterMs / 1e7 : 0;
  return { ...from, latitude: from.latitude + north };
}
