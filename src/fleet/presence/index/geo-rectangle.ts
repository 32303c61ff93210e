import { greatCircleKm, type Position } from '../../../places/position.ts';

/** A piece of the globe between two parallels and two meridians, in degrees. */
export interface Rectangle {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

const kmPerDegree = greatCircleKm({ latitude: 0, longitude: 0 }, { latitude: 1, longitude: 0 });
const radians = (degrees: number) => (degrees * Math.PI) / 180;
const degrees = (angle: number) => (angle * 180) / Math.PI;
const between = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** The distance from a position to the nearest point of a rectangle: nobody in it is nearer. */
export function leastKm(from: Position, { south, west, north, east }: Rectangle): number {
  const { latitude, longitude } = from;
  const [toWest, toEast] = [turned(longitude - west), turned(longitude - east)];
  if (toWest >= 0 && toEast <= 0) {
    return kmPerDegree * Math.abs(latitude - between(latitude, south, north));
  }
  // The nearest point lies on the nearer meridian, but not at our latitude: great circles bend towards the pole.
  const [edge, away] = Math.abs(toWest) < Math.abs(toEast) ? [west, toWest] : [east, toEast];
  const foot = degrees(Math.atan2(Math.sin(radians(latitude)), cosines(latitude, away)));
  return greatCircleKm(from, { latitude: between(foot, south, north), longitude: edge });
}

/** The smallest rectangle around a circle. Does not work at the poles. */
export function rectangleAround({ latitude, longitude }: Position, radiusKm: number): Rectangle {
  const high = radiusKm / kmPerDegree;
  const wide = degrees(Math.asin(Math.min(1, Math.sin(radians(high)) / cosines(latitude, 0))));
  return {
    south: Math.max(-90, latitude - high),
    west: longitude - wide,
    north: Math.min(90, latitude + high),
    east: longitude + wide,
  };
}

const cosines = (latitude: number, longitude: number) =>
  Math.cos(radians(latitude)) * Math.cos(radians(longitude));

/** The same angle, written as -180 to 180. */
const turned = (angle: number) => (angle > 180 ? angle - 360 : angle < -180 ? angle + 360 : angle);
