import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { databasesOf } from '../databases.ts';
import { measuredApart } from '../measured-apart.ts';
import { unreadQueues } from '../unread-queues.ts';
import { startWeeloCloud } from '../weelo-cloud.ts';
import { storeOrders } from './stored-orders.ts';

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
      const script = join(import.meta.dirname, 'environment.ts');
      const [variables, full] = [to('bench_empty'), to('bench_full')];
      return await measuredApart(script, variables, { variables, full, auth });
    } finally {
      await queues.stop();
      await cloud.stop();
    }
  },
};
