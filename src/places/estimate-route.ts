import { greatCircleKm, type Position } from './position.ts';

interface RouteEstimate {
  /** Whole kilometres. */
  readonly distanceKm: number;
  /** Whole minutes. */
  readonly durationMinutes: number;
}

/** The length of the road, divided by that of the straight line. */
export const DETOUR = 1.3;
/** The speed of a loaded truck in kilometres per hour, including stops and towns. */
export const TRUCK_SPEED = 40;

/** Estimates the distance and the duration by road, for use when no routing service can be asked. */
export function estimateRoute(from: Position, to: Position): RouteEstimate {
  const kilometres = greatCircleKm(from, to);
  return {
    distanceKm: Math.round(kilometres * DETOUR),
    durationMinutes: minutesOnTheRoad(kilometres),
  };
}

/** How long a truck takes between two places, by their distance in a straight line. */
export function minutesOnTheRoad(straightKm: number): number {
  return Math.round(((straightKm * DETOUR) / TRUCK_SPEED) * 60);
}
