import { median, type Measured } from '../benchmark.ts';

interface Sides<T> {
  readonly what: string;
  readonly prepare: () => Promise<T>;
  readonly ours: (prepared: T) => Promise<unknown>;
  readonly floor: (prepared: T) => Promise<unknown>;
  readonly atMost: number;
}

/** Calls under way at any time. Neither side's pool has so many connections: both wait for them alike. */
const inFlight = 8;
const callsInRound = 80;
const rounds = 15;

/** Throughput: how long a call takes of the time of all. In turn, round by round. */
export async function atOnce<T>({ what, prepare, ours, floor, atMost }: Sides<T>) {
  const times = { ours: new Array<number>(), floor: new Array<number>() };
  for (let round = 0; round <= rounds; round++) {
    const [one, other] = [await roundOf(prepare, ours), await roundOf(prepare, floor)];
    // In the first one they only warm up.
    if (round === 0) continue;
    times.ours.push(one);
    times.floor.push(other);
  }
  const [took, limit] = [median(times.ours), median(times.floor)];
  return { what, took, limit, ratio: took / limit, atMost } satisfies Measured;
}

async function roundOf<T>(
  prepare: () => Promise<T>,
  call: (prepared: T) => Promise<unknown>,
): Promise<number> {
  const prepared: T[] = [];
  while (prepared.length < callsInRound) prepared.push(await prepare());
  const rest = prepared.values();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (const each of rest) await call(each);
    }),
  );
  return (performance.now() - start) / callsInRound;
}
