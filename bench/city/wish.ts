import type { CityName } from '../../city/world/parameters.ts';

/** A city, a seed and a length: the simulator and the running stage live through the same. */
export interface CityWish {
  readonly city: CityName;
  readonly seed: number;
  readonly captains: number;
  /** Seconds between two orders. */
  readonly every: number;
  /** Counted are the orders of so many minutes, until each truck of them has come or is lost; others go on behind them. */
  readonly minutes: number;
}

/** How many orders count. */
export const countedOf = ({ minutes, every }: CityWish): number =>
  Math.floor((minutes * 60) / every);
