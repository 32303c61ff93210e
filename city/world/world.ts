import type { Position } from '../../src/places/position.ts';
import { planFleets, type Captain, type Vehicle } from './fleets.ts';
import { planOrders, type PlannedOrder } from './orders.ts';
import type { CityName } from './parameters.ts';
import { Draws } from './draws.ts';
import { peopledPlaces } from './peopled-places.ts';

/** What is tried: everything else follows from it. */
export interface Setting {
  readonly city: CityName;
  readonly seed: number;
  /** Trucks, as a multiple of the usual. */
  readonly supply: number;
  /** What is added to the probability of every acceptance. */
  readonly willingness: number;
  /** Another number here has chance decide anew how people answer, in the same world. */
  readonly answers: number;
}

/** One day of a city: who is there, and what customers will want. Nothing in it depends on whom dispatch asks. */
export interface World extends Setting {
  /** Every captain, by its index. */
  readonly captains: readonly Captain[];
  /** Every vehicle, by its index. */
  readonly vehicles: readonly Vehicle[];
  /** In the sequence in which they are placed. */
  readonly orders: readonly PlannedOrder[];
  /** What chance decides when somebody answers. */
  readonly behaviour: Draws;
}

export function makeWorld(setting: Setting, places: readonly Position[]): World {
  const draws = new Draws(setting.seed);
  const localities = peopledPlaces(places, draws.branch(1));
  const { captains, vehicles } = planFleets(setting.supply, localities, draws.branch(2));
  const orders = planOrders(localities, draws.branch(3));
  return {
    ...setting,
    captains,
    vehicles,
    orders,
    behaviour: draws.branch(4).branch(setting.answers),
  };
}
