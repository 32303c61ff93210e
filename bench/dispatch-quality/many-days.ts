import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { liveThrough, type DayToLive, type LivedDay } from './days.ts';

/** In the sequence of the days, however many workers live through them. `said` is told after each. */
export type LiveMany = (
  days: readonly DayToLive[],
  said?: (done: number) => void,
) => Promise<readonly LivedDay[]>;

/** In this thread. */
export const oneByOne: LiveMany = async (days) => {
  const lived: LivedDay[] = [];
  for (const day of days) lived.push(await liveThrough(day));
  return lived;
};

export const inWorkers =
  (count = availableParallelism()): LiveMany =>
  async (days, said = () => undefined) => {
    const lived = new Map<number, LivedDay>();
    const waiting = days.entries();
    await Promise.all(
      Array.from({ length: Math.min(count, days.length) }, async () => {
        const worker = new Worker(new URL('day-worker.ts', import.meta.url));
        try {
          for (const [index, day] of waiting) {
            lived.set(index, await askOf(worker, day));
            said(lived.size);
          }
        } finally {
          await worker.terminate();
        }
      }),
    );
    return days.map((_, index) => {
      const day = lived.get(index);
      if (!day) throw new Error('A day was not lived through');
      return day;
    });
  };

function askOf(worker: Worker, day: DayToLive): Promise<LivedDay> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('A worker has ended before its day')));
    worker.postMessage(day, []);
  });
}
