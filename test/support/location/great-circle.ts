/** As Location writes it: longitude first, then latitude, in degrees. */
export type Position = readonly [longitude: number, latitude: number];

/** Metres, the mean radius. */
const EARTH = 6_371_008.8;

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Metres over the ground (haversine). */
export function greatCircle(from: Position, to: Position): number {
  const [fromLatitude, toLatitude] = [radians(from[1]), radians(to[1])];
  const latitudes = Math.sin((toLatitude - fromLatitude) / 2) ** 2;
  const longitudes = Math.sin(radians(to[0] - from[0]) / 2) ** 2;
  const chord = latitudes + Math.cos(fromLatitude) * Math.cos(toLatitude) * longitudes;
  return 2 * EARTH * Math.asin(Math.sqrt(Math.min(1, chord)));
}
