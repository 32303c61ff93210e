import { median, type Measured } from './benchmark.ts';

interface Sides {
  readonly what: string;
  /** What we built. */
  readonly ours: () => Promise<unknown>;
  /** The least that must be done for the same effect: warm clients, the same round trips. */
  readonly floor: () => Promise<unknown>;
  readonly calls: number;
  readonly atMost?: number;
}

/** Calls both sides in turn, so that whatever else the machine does falls on both alike. */
export async function sideBySide({ what, ours, floor, calls, atMost }: Sides): Promise<Measured> {
  const warmUp = Math.ceil(calls / 10);
  for (let i = 0; i < warmUp; i++) {
    await ours();
    await floor();
  }
  const times = { ours: new Array<number>(), floor: new Array<number>(), cpu: 0 };
  for (let i = 0; i < calls; i++) {
    const before = process.threadCpuUsage();
    times.ours.push(await timed(ours));
    const used = process.threadCpuUsage(before);
    times.cpu += (used.user + used.system) / 1000;
    times.floor.push(await timed(floor));
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
