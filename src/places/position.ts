/** A place on the globe, in degrees. */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

const EARTH_RADIUS_KM = 6371.0088;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** The distance as the crow flies, in kilometres. */
export function greatCircleKm(from: Position, to: Position): number {
  const [south, north] = [radians(from.latitude), radians(to.latitude)];
  const halfway = (a: number, b: number) => Math.sin((b - a) / 2) ** 2;
  const east = halfway(radians(from.longitude), radians(to.longitude));
  const chord = halfway(south, north) + Math.cos(south) * Math.cos(north) * east;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** Rounds a position. Four digits are about eleven metres, one digit is about eleven kilometres. */
export const roundedTo =
  (digits: number) =>
  ({ latitude, longitude }: Position): Position => ({
    latitude: Number(latitude.toFixed(digits)),
    longitude: Number(longitude.toFixed(digits)),
  });

export const written = ({ latitude, longitude }: Position) => `${latitude},${longitude}`;
