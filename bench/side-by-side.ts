import { median, type Measured } from './benchmark.ts';

interface Sides<T> {
  readonly what: string;
  /** What one call uses up, made before it and outside the time: for each call of each side anew. */
  readonly prepare: () => Promise<T>;
  /** What we built. */
  readonly ours: (prepared: T) => Promise<unknown>;
  /** The least that must be done for the same effect: warm clients, the same round trips. */
  readonly floor: (prepared: T) => Promise<unknown>;
  readonly calls: number;
  readonly atMost?: number;
}

/** Calls both sides in turn, so that whatever else the machine does falls on both alike. */
export async function sideBySide<T>(sides: Sides<T>): Promise<Measured> {
  const { what, prepare, ours, floor, calls, atMost } = sides;
  const warmUp = Math.ceil(calls / 10);
  for (let i = 0; i < warmUp; i++) {
    await ours(await prepare());
    await floor(await prepare());
  }
  const times = { ours: new Array<number>(), floor: new Array<number>(), cpu: 0 };
  for (let i = 0; i < calls; i++) {
    const [one, other] = [await prepare(), await prepare()];
    const before = process.threadCpuUsage();
    times.ours.push(await timed(() => ours(one)));
    const used = process.threadCpuUsage(before);
    times.cpu += (used.user + used.system) / 1000;
    times.floor.push(await timed(() => floor(other)));
  }
  const [took, limit] = [median(times.ours), median(times.floor)];
  const ratio = took / limit;
  return {
    what,
    took,
    limit,
    ratio,
    cpu: times.cpu / calls,
    ...(atMost !== undefined && { atMost }),
  };
}

async function timed(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await call();
  return performance.now() - start;
}
