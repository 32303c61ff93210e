import { TRUCK_SPEED } from '../../places/estimate-route.ts';
import { eighthOfStretch, neighboursOf, type StretchSpeed } from './stretches.ts';

/** How long a metre takes, and how much of that was learned: 0 is nothing, 1 all. */
interface Pace {
  readonly secondsPerMetre: number;
  readonly learned: number;
}

/** Where, towards where (in eighths of a turn), and at which hour. */
export interface PaceQuestion {
  readonly cell: string;
  readonly eighth: number;
  readonly hour: number;
}

export type LearnedPace = (question: PaceQuestion) => Pace;

/** The pace that is assumed where nothing is known. It weighs as much as this many metres that were driven. */
const assumedMetres = 2000;
const assumedSecondsPerMetre = 3.6 / TRUCK_SPEED;
/** What was seen on another stretch says half as much for each hour and each eighth of a turn between the two. */
const weightOfStep = 0.5;
/** A neighbouring cell is 5 km away, on other roads. */
const stepsToNeighbour = 4;
/** What is further away in time is a different traffic. */
export const mostHoursApart = 2;

/**
 * The pace of any stretch, from the speeds that are known: those of the very stretch count most, then those of the
 * same cell at other hours or in other directions, and of the cells around.
 */
export function openLearnedPace(speeds: readonly StretchSpeed[]): LearnedPace {
  const inCell = Map.groupBy(
    speeds.map((speed) => ({ ...speed, eighth: eighthOfStretch(speed) })),
    ({ fromCell }) => fromCell,
  );
  const answers = new Map<string, Pace>();
  const answer = ({ cell, eighth, hour }: PaceQuestion): Pace => {
    let [seconds, metres] = [assumedMetres * assumedSecondsPerMetre, assumedMetres];
    const add = (from: string, steps: number) => {
      for (const seen of inCell.get(from) ?? []) {
        const hours = apart(seen.hour, hour, 24);
        if (hours > mostHoursApart) continue;
        const weight = weightOfStep ** (steps + hours + apart(seen.eighth, eighth, 8));
        seconds += seen.seconds * weight;
        metres += seen.metres * weight;
      }
    };
    add(cell, 0);
    if (inCell.size > 0) for (const near of neighboursOf(cell)) add(near, stepsToNeighbour);
    return { secondsPerMetre: seconds / metres, learned: 1 - assumedMetres / metres };
  };
  return (question) => {
    const key = `${question.cell} ${question.eighth} ${question.hour}`;
    const known = answers.get(key) ?? answer(question);
    answers.set(key, known);
    return known;
  };
}

/** How far apart two numbers are on a dial. */
function apart(a: number, b: number, dial: number): number {
  const distance = Math.abs(a - b);
  return Math.min(distance, dial - distance);
}
