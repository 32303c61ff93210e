import { openGazetteer, type GazetteerPlace } from '../../src/places/gazetteer/gazetteer.ts';
import { vehicleKinds } from '../../src/catalogue/vehicle-kind.ts';
import { greatCircleKm, type Position } from '../../src/places/position.ts';

export interface Captain {
  readonly id: string;
  readonly position: Position;
  readonly kinds: readonly string[];
}

export type Random = () => number;

/** The same numbers for the same seed: from 0 to 1, without 1. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const onRoads = 0.3;
/** Roads lead from each of the larger towns to the nearest of them. */
const crossings = 600;
const roadsFromEach = 3;
const longestRoadKm = 300;
const besideRoadKm = 1;
const kmPerDegree = 111.2;

/** Most in cities, by who lives there and thinner outwards; the others along the roads between them. */
export async function captainsOfIndia(count: number, random: Random): Promise<readonly Captain[]> {
  const places = (await openGazetteer()).filter(({ population }) => population > 0);
  const inCity = weighted(places, ({ population }) => population, random);
  const onRoad = weighted(roadsBetween(largest(places, crossings)), ({ km }) => km, random);
  const pickKind = weighted(vehicleKinds, (_, rank) => 1 / (1 + rank), random);
  return Array.from({ length: count }, () => ({
    id: idFrom(random),
    position: random() < onRoads ? along(onRoad(), random) : around(inCity(), random),
    // One vehicle mostly, some have a dozen; a few kinds are everywhere, others hardly anywhere.
    kinds: Array.from({ length: 1 + Math.floor(random() ** 6 * 12) }, () => pickKind().key),
  }));
}

export function largest(places: readonly GazetteerPlace[], count: number) {
  return places.toSorted((a, b) => b.population - a.population).slice(0, count);
}

interface Road {
  readonly from: Position;
  readonly to: Position;
  readonly km: number;
}

function roadsBetween(towns: readonly Position[]): readonly Road[] {
  return towns.flatMap((from) =>
    towns
      .map((to) => ({ from, to, km: greatCircleKm(from, to) }))
      .filter(({ km }) => km > 0 && km < longestRoadKm)
      .sort((a, b) => a.km - b.km)
      .slice(0, roadsFromEach),
  );
}

function along({ from, to }: Road, random: Random): Position {
  const share = random();
  const between = (a: number, b: number) => a + (b - a) * share;
  const spot = {
    latitude: between(from.latitude, to.latitude),
    longitude: between(from.longitude, to.longitude),
  };
  return scattered(spot, besideRoadKm, random);
}

function around(city: GazetteerPlace, random: Random): Position {
  return scattered(city, 0.12 * Math.sqrt(city.population), random);
}

/** In the shape of a bell. */
function scattered({ latitude, longitude }: Position, km: number, random: Random): Position {
  const far = (km * Math.sqrt(-2 * Math.log(1 - random()))) / kmPerDegree;
  const turn = 2 * Math.PI * random();
  return {
    latitude: latitude + far * Math.cos(turn),
    longitude: longitude + (far * Math.sin(turn)) / Math.cos((latitude * Math.PI) / 180),
  };
}

function weighted<T>(
  all: readonly T[],
  weightOf: (each: T, index: number) => number,
  random: Random,
): () => T {
  const sums: number[] = [];
  let sum = 0;
  for (const [index, each] of all.entries()) sums.push((sum += weightOf(each, index)));
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    const found = all[low];
    if (found === undefined) throw new Error('There is nothing to choose from');
    return found;
  };
}

/** In the form of a UUID; the index takes ids as they come. */
function idFrom(random: Random): string {
  const part = () => (2 ** 52 * (1 + random())).toString(16);
  const [one, other] = [part(), part()];
  return `${one.slice(0, 8)}-${one.slice(8, 12)}-7${other.slice(0, 3)}-8${other.slice(3, 6)}-${other.slice(2)}`;
}
