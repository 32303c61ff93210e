import type { Position } from '../../src/places/position.ts';
import type { Measured } from '../benchmark.ts';
import { randomFrom } from './captains.ts';

interface AtPlaces<T> {
  readonly what: string;
  readonly places: readonly Position[];
  readonly calls: number;
  readonly ours: (from: Position) => Promise<T>;
  readonly theirs: (from: Position) => Promise<T>;
  /** How many were found, and what must be the same on both sides. */
  readonly tell: (answer: T) => { readonly found: number; readonly facts: string };
  readonly atMost?: number;
}

/** Both sides in turn, each time from another spot: a kilometre or some from a place. */
export async function measureAt<T>(
  { what, places, calls, ours, theirs, tell, atMost }: AtPlaces<T>,
  say: (progress: string) => void,
): Promise<readonly Measured[]> {
  const random = randomFrom(11);
  const beside = (degrees: number) => degrees + (random() - 0.5) * 0.08;
  const times = { ours: new Array<number>(), theirs: new Array<number>() };
  const warmUp = Math.ceil(calls / 10);
  let [found, same] = [0, 0];
  for (let call = -warmUp; call < calls; call += 1) {
    const place = places[(call + warmUp) % places.length] ?? { latitude: 0, longitude: 0 };
    const from = { latitude: beside(place.latitude), longitude: beside(place.longitude) };
    const start = performance.now();
    const answer = await ours(from);
    const between = performance.now();
    const other = await theirs(from);
    const end = performance.now();
    if (call < 0) continue;
    times.ours.push(between - start);
    times.theirs.push(end - between);
    const [told, otherTold] = [tell(answer), tell(other)];
    found += told.found;
    if (told.facts === otherTold.facts) same += 1;
  }
  // GEOSEARCH rounds to 60 cm: two who are so near to each other may change places.
  say(`${what}: ${(found / calls).toFixed(1)} found, ${same} of ${calls} answers are GEOSEARCH's`);
  return [0.5, 0.99].map((share) => {
    const [took, limit] = [quantile(times.ours, share), quantile(times.theirs, share)];
    const row = { what: `${what}, p${share * 100}`, took, limit, ratio: took / limit };
    return { ...row, ...(atMost !== undefined && { atMost }) };
  });
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}
