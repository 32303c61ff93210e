import { fork } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import type { Benchmark } from '../benchmark.ts';
import { databasesOf } from '../databases.ts';
import { unreadQueues } from '../unread-queues.ts';
import { startWeeloCloud } from '../weelo-cloud.ts';
import { storeOrders } from './stored-orders.ts';

interface Task {
  readonly variables: Variables;
  /** Those with which a million orders are stored. */
  readonly full: Variables;
  readonly auth: Variables;
}

type Variables = Readonly<Record<string, string>>;

const Rows = z.array(
  z.object({
    what: z.string(),
    took: z.number(),
    limit: z.number(),
    ratio: z.number(),
    atMost: z.number().exactOptional(),
    cpu: z.number().exactOptional(),
  }),
);

export const placeOrder: Benchmark = {
  name: 'place-order',
  summary: 'POST orders in a warm function, of customers who have not ordered before',
  against: 'bare clients, or as said',
  run: async (say) => {
    const cloud = await startWeeloCloud(say);
    const queues = await unreadQueues();
    try {
      const databases = await databasesOf(cloud);
      await databases.make('bench_empty');
      await databases.copy('bench_full', 'bench_empty');
      say('storing 1,000,000 orders');
      await databases.within('bench_full', storeOrders);
      say('placing orders');
      const to = (DATABASE_NAME: string) => ({
        ...cloud.processOf('orders').variables,
        ...queues.variables,
        DATABASE_NAME,
      });
      const { variables: auth } = cloud.processOf('auth');
      return await measured({ variables: to('bench_empty'), full: to('bench_full'), auth });
    } finally {
      await queues.stop();
      await cloud.stop();
    }
  },
};

/** In a process of its own: the engines in this one take their time, and it must not be the function's. */
async function measured(task: Task) {
  const environment = fork(join(import.meta.dirname, 'environment.ts'), {
    env: { ...process.env, ...task.variables },
  });
  const rows = new Promise<unknown>((resolve, reject) => {
    environment.once('message', resolve);
    environment.once('exit', () => reject(new Error('The process that is measured ended')));
  });
  environment.send(task);
  return Rows.parse(await rows);
}
