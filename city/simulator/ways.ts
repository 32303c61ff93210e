import { DETOUR } from '../../src/places/estimate-route.ts';
import { greatCircleKm, type Position } from '../../src/places/position.ts';
import type { CityName } from '../world/parameters.ts';
import { driveSeconds } from '../world/roads.ts';
import type { LiveVehicle } from './live.ts';

/** How trucks move, and how news travels. Whoever compares the simulator with a running stage gives the stage's. */
export interface Ways {
  readonly driveSeconds: (from: Position, to: Position, startsAtSeconds: number) => number;
  /** From the wave until the offer is on the phone. */
  readonly offerSeconds: number;
  /** A truck is promised to an order; drives to the pickup; is free again where it is. */
  readonly promised: (vehicle: LiveVehicle) => void;
  readonly setOut: (vehicle: LiveVehicle, pickup: Position, seconds: number) => void;
  readonly letGo: (vehicle: LiveVehicle) => void;
}

/** A working day's: trucks take the road at its hour's speed, wait where their last trip ended, and news takes no time. */
export function waysOfADay(city: CityName): Ways {
  const stays = () => undefined;
  return {
    driveSeconds: (from, to, startsAt) =>
      driveSeconds(city, greatCircleKm(from, to) * DETOUR, startsAt),
    offerSeconds: 0,
    promised: stays,
    setOut: stays,
    letGo: stays,
  };
}
