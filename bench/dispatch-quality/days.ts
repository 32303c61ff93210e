import { hindsight } from '../../city/optimum/hindsight.ts';
import { figuresOf, type Figures } from '../../city/simulator/figures.ts';
import { policies } from '../../city/simulator/policies.ts';
import { simulate } from '../../city/simulator/simulate.ts';
import { tries } from '../../city/simulator/tries.ts';
import { placesOf } from '../../city/world/places.ts';
import { makeWorld, type Setting } from '../../city/world/world.ts';

/** One day of one city, to be lived through once under each of these policies. */
export interface DayToLive {
  readonly setting: Setting;
  readonly policies: readonly string[];
  readonly withOptimum: boolean;
}

export interface LivedDay {
  /** In the sequence of the policies. */
  readonly figures: readonly Figures[];
  /** The share of the trucks wanted that could have been filled at most. */
  readonly optimum: number | undefined;
}

const known = new Map([...policies, ...tries].map((policy) => [policy.name, policy]));

export async function liveThrough(day: DayToLive): Promise<LivedDay> {
  const places = await placesOf(day.setting.city);
  const world = makeWorld(day.setting, places);
  const wanted = world.orders.reduce((sum, { trucks }) => sum + trucks.length, 0);
  return {
    figures: day.policies.map((name) => {
      const policy = known.get(name);
      if (!policy) throw new Error(`There is no policy ${name}`);
      return figuresOf(simulate(world, policy), policy);
    }),
    optimum: day.withOptimum ? hindsight(world) / wanted : undefined,
  };
}
