import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { databasesOf } from '../databases.ts';
import { measuredApart } from '../measured-apart.ts';
import { unreadQueues } from '../unread-queues.ts';
import { startWeeloCloud } from '../weelo-cloud.ts';
import { contenders, contestOrders } from './contest.ts';
import { offersOfAWave, plantOffered } from './offered-orders.ts';

const calls = 300;
/** Each side holds as often, and a tenth as often before that. */
const orders = 2 * (calls + Math.ceil(calls / 10));

export const hold: Benchmark = {
  name: 'hold',
  summary: `POST truck-hold/hold in a warm function, and ${contenders} transporters on one truck`,
  against: 'bare clients, or as said',
  run: async (say) => {
    const cloud = await startWeeloCloud(say);
    const queues = await unreadQueues();
    try {
      const databases = await databasesOf(cloud);
      await databases.make('bench_hold');
      say('offering orders');
      await databases.within('bench_hold', async (client) => {
        await plantOffered(client, { label: 'few', orders, offersEach: offersOfAWave });
        await plantOffered(client, {
          label: 'crowd',
          orders: contestOrders,
          offersEach: contenders,
        });
      });
      say('holding');
      const variables = {
        ...cloud.processOf('orders').variables,
        ...queues.variables,
        DATABASE_NAME: 'bench_hold',
      };
      const { variables: auth } = cloud.processOf('auth');
      const script = join(import.meta.dirname, 'environment.ts');
      return await measuredApart(script, variables, { variables, auth, calls });
    } finally {
      await queues.stop();
      await cloud.stop();
    }
  },
};
