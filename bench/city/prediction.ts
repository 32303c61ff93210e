import { simulate } from '../../city/simulator/simulate.ts';
import { ours } from '../../city/simulator/policies.ts';
import type { LiveOrder } from '../../city/simulator/live.ts';
import { placesOf } from '../../city/world/places.ts';
import { parameters } from '../../city/world/parameters.ts';
import { makeWorld } from '../../city/world/world.ts';
import { searchSeconds } from '../../src/orders/placing/search-waves.ts';
import { asInAStage, waysOfAStage, type StageTimes } from './stage-life.ts';
import { figuresOfRun, type OrderOutcome, type RunFigures } from './run-figures.ts';
import { countedOf, type CityWish } from './wish.ts';

/** A run lies between these with 95 %; the mean is of all runs. */
export interface Prediction {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

const confidence = 0.95;

/**
 * What the simulator says of so many runs of this city. Captains, trucks and orders are the same in each. How people
 * answer is drawn anew, as in the stage, where nobody can know beforehand which id an order gets.
 */
export async function predictedRuns(
  wish: CityWish,
  times: StageTimes,
  draws: number,
): Promise<readonly RunFigures[]> {
  const places = await placesOf(wish.city);
  const supply = wish.captains / parameters.fleets.transporters;
  return Array.from({ length: draws }, (_, draw) => {
    const setting = { city: wish.city, seed: wish.seed, supply, willingness: 0, answers: draw + 1 };
    const world = asInAStage(makeWorld(setting, places), wish, times);
    const { orders } = simulate(world, ours, undefined, waysOfAStage(times));
    return figuresOfRun(orders.slice(0, countedOf(wish)).map(outcomeOf));
  });
}

function outcomeOf(order: LiveOrder): OrderOutcome {
  return {
    trucks: order.needed,
    came: order.trucks.filter(({ status }) => status === 'completed').length,
    crewed: order.trucks.filter(({ mannedAt }) => mannedAt !== undefined).length,
    offers: order.asked.size,
    firstHeldAfter: order.firstHeldAfter ?? null,
    // It counts for an order that nobody held, which is never filled.
    searchedFor: Math.min(order.plan.patienceSeconds, searchSeconds),
  };
}

/** By the runs themselves, without assuming how they are distributed. */
export function predictionOf(numbers: readonly number[]): Prediction {
  const sorted = numbers.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  const beyond = (1 - confidence) / 2;
  return {
    mean: numbers.reduce((sum, each) => sum + each, 0) / numbers.length,
    low: at(beyond),
    high: at(1 - beyond),
  };
}

/** How far a run is from the middle of the interval, of the way to its end: up to 1 it is within. */
export function distanceFrom({ low, high }: Prediction, run: number): number {
  const half = (high - low) / 2;
  const away = Math.abs(run - (low + half));
  return away === 0 ? 0 : away / half;
}
