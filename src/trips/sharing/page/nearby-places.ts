import { openGazetteer, type GazetteerPlace } from '../../../places/gazetteer/gazetteer.ts';
import type { Position } from '../../../places/position.ts';

/** A name on the map. */
export interface NamedPlace extends Position {
  readonly name: string;
}

/** In degrees, about 15 km: so much is shown around a short trip. */
const around = 0.15;
/** So many names are sent at most. The page shows those that have room at its zoom. */
const most = 80;
/** Along each side of the map, names stand at least so far apart, as a part of that side. */
const apart = 1 / 24;

/** The towns, and the parts of cities, between two places and around them: the largest first. */
export async function nearbyPlaces(from: Position, to: Position): Promise<readonly NamedPlace[]> {
  const box = boxAround(from, to);
  const inside = (await openGazetteer()).filter((place) => isInside(place, box));
  const spread: GazetteerPlace[] = [];
  for (const place of inside.toSorted((one, other) => other.population - one.population)) {
    if (spread.length === most) break;
    if (spread.every((other) => isApart(place, other, box))) spread.push(place);
  }
  return spread.map(({ name, latitude, longitude }) => ({ name, latitude, longitude }));
}

interface Box {
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
}

function boxAround(from: Position, to: Position): Box {
  const [south, north] = ends(from.latitude, to.latitude);
  const [west, east] = ends(from.longitude, to.longitude);
  const margin = Math.max(around, (north - south) / 3, (east - west) / 3);
  return {
    south: south - margin,
    north: north + margin,
    west: west - margin,
    east: east + margin,
  };
}

const ends = (one: number, other: number) => [Math.min(one, other), Math.max(one, other)] as const;

function isInside({ latitude, longitude }: Position, { south, north, west, east }: Box): boolean {
  return latitude > south && latitude < north && longitude > west && longitude < east;
}

function isApart(one: NamedPlace, other: NamedPlace, { south, north, west, east }: Box): boolean {
  return (
    one.name !== other.name &&
    (Math.abs(one.latitude - other.latitude) > (north - south) * apart ||
      Math.abs(one.longitude - other.longitude) > (east - west) * apart)
  );
}
