import { greatCircleKm, type Position } from './position.ts';

interface RouteEstimate {
  /** Whole kilometres. */
  readonly distanceKm: number;
  /** Whole minutes. */
  readonly durationMinutes: number;
}

/** Roads bend: their length over that of the straight line. */
const DETOUR = 1.3;
/** Kilometres per hour of a loaded truck, stops and towns included. */
const TRUCK_SPEED = 40;

/** How far it is and how long it takes by road, when nobody who knows the roads can be asked. */
export function estimateRoute(from: Position, to: Position): RouteEstimate {
  const kilometres = greatCircleKm(from, to) * DETOUR;
  return {
    distanceKm: Math.round(kilometres),
    durationMinutes: Math.round((kilometres / TRUCK_SPEED) * 60),
  };
}
