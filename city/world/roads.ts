import { DETOUR } from '../../src/places/estimate-route.ts';
import { greatCircleKm, type Position } from '../../src/places/position.ts';
import { cities, parameters, type CityName } from './parameters.ts';

const hourSeconds = 3600;

export const hourOf = (atSeconds: number) => Math.floor(atSeconds / hourSeconds) % 24;

/** Kilometres of road between two places. */
export const roadKm = (from: Position, to: Position) => greatCircleKm(from, to) * DETOUR;

/** How long a truck drives, at the speed of the hour in which it starts. */
export function driveSeconds(city: CityName, km: number, startsAtSeconds: number): number {
  const kmh = parameters.roads.kmhByHour[hourOf(startsAtSeconds)] ?? 20;
  return (km / (kmh * cities[city].pace)) * hourSeconds;
}
