import { minutesOnTheRoad } from '../../places/estimate-route.ts';
import type { Journey } from './estimate-arrival.ts';
import { mostHoursApart } from './learned-pace.ts';
import { hourInIndia, neighboursOf } from './stretches.ts';
import { piecesOf, straightKm, waysBeside, type Way } from './way-ahead.ts';

/** Which speeds say something about some journeys. */
export interface SpeedsNeeded {
  readonly cells: readonly string[];
  readonly hours: readonly number[];
}

/** About 200 km. Further on, nobody knows at which hour the truck will be there. It also bounds what is read. */
const mostCells = 40;
/** Nobody takes longer than this, compared with the estimate for an unknown road. */
const longestDrive = 2;

const hourMs = 3_600_000;

export function speedsNeeded(journeys: readonly Journey[]): SpeedsNeeded {
  const cells = journeys.flatMap(({ way, soFar }) => [
    ...waysBeside(way).flatMap(cellsOn),
    ...soFar.map(({ fromCell }) => fromCell),
  ]);
  const around = [...new Set(cells)].flatMap((cell) => [cell, ...neighboursOf(cell)]);
  return {
    cells: [...new Set(around)].sort(),
    hours: [...new Set(journeys.flatMap(hoursOf))].sort((a, b) => a - b),
  };
}

const cellsOn = (way: Way) =>
  [...new Set(piecesOf(way).map(({ cell }) => cell))].slice(0, mostCells);

function hoursOf({ way, fixAtMs, soFar }: Journey): readonly number[] {
  const hoursAhead = Math.ceil((minutesOnTheRoad(straightKm(way)) / 60) * longestDrive);
  const apart = Array.from({ length: 2 * mostHoursApart + 1 }, (_, i) => i - mostHoursApart);
  const ahead = Array.from({ length: Math.min(24, hoursAhead + 1) }, (_, i) =>
    hourInIndia(fixAtMs + i * hourMs),
  );
  const hours = [...new Set([...ahead, ...soFar.map(({ hour }) => hour)])];
  return hours.flatMap((hour) => apart.map((difference) => (hour + difference + 24) % 24));
}
