import { orderDepsFrom } from '../../functions/wiring/orders.ts';
import { redisFrom } from '../../functions/wiring/stores.ts';
import { readEnvironment } from '../../src/contract/functions.ts';
import { expireOrders } from '../../src/orders/ending/expire-orders.ts';
import type { OrderDeps } from '../../src/orders/order/order-deps.ts';
import { inBatches } from '../../src/platform/batches.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { openSecrets } from '../../src/platform/aws/secrets.ts';
import { overdue } from './overdue-orders.ts';

/** How often the reconciler runs. */
const everyMs = 120_000;
/** What this repair has of a run for certain: the first of five, of 60 s less 10 s to come to an end in. */
const shareMs = 10_000;

/**
 * Milliseconds that the reconciler's own repair took, run after run until nothing was left: here without the pauses
 * between its runs, but for `scheduled`.
 */
export async function reconciled(say: (progress: string) => void) {
  const env = readEnvironment('reconcile', process.env);
  const redis = redisFrom(env);
  const deps = orderDepsFrom(env, redis, openSecrets().read, clock);
  const told = stopwatch();
  const noted = stopwatch();
  const superseded = stopwatch();
  const { postgres, queues, cache } = deps;
  const { notify } = queues;
  const timed: OrderDeps = {
    ...deps,
    queues: {
      ...queues,
      notify: { ...notify, sendEach: (events) => told.time(() => notify.sendEach(events)) },
    },
    cache: { ...cache, supersede: (all) => superseded.time(() => cache.supersede(all)) },
    postgres: {
      ...postgres,
      run: (work) => noted.time(() => postgres.run(work)),
    },
  };
  const batch = (most: number) => expireOrders({ most }, timed);

  let ended = 0;
  let pauses = 0;
  const start = performance.now();
  for (;;) {
    const runStart = performance.now();
    const some = await inBatches(100, () => runStart + shareMs - performance.now(), batch);
    if (some === 0) throw new Error(`The reconciler ended ${ended} orders, and no more`);
    ended += some;
    say(`${some} in a run`);
    if (ended >= overdue) break;
    pauses += everyMs - (performance.now() - runStart);
  }
  const all = performance.now() - start;
  redis.close();
  await postgres.close();
  // What is told and noted comes after each commit; what is superseded, at the same time.
  const written = all - told.ms() - noted.ms();
  return {
    all,
    scheduled: all + pauses,
    written,
    told: told.ms(),
    noted: noted.ms(),
    superseded: superseded.ms(),
  };
}

function stopwatch() {
  let total = 0;
  const time = async <T>(work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    try {
      return await work();
    } finally {
      total += performance.now() - start;
    }
  };
  return {
    time,
    ms: () => total,
  };
}
