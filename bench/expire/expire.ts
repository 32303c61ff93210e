import type { Benchmark } from '../benchmark.ts';
import { databasesOf } from '../databases.ts';
import { unreadQueues } from '../unread-queues.ts';
import { startWeeloCloud } from '../weelo-cloud.ts';
import { inOneStatement, overdue, plantOverdue } from './overdue-orders.ts';

/** A quarter of the speed of one statement that decides nothing. */
const atMost = 4;
export const expire: Benchmark = {
  name: 'expire',
  summary:
    '100,000 overdue orders through the reconciler, 10 s of every 2 minutes, against one statement with the same writes',
  against: 'one statement',
  run: async (say) => {
    const cloud = await startWeeloCloud(say);
    const queues = await unreadQueues();
    try {
      const databases = await databasesOf(cloud);
      say(`planting ${overdue} overdue orders`);
      await databases.make('bench_ours');
      await databases.within('bench_ours', plantOverdue);
      await databases.copy('bench_before', 'bench_ours');
      await databases.copy('bench_after', 'bench_ours');

      say('one statement');
      const before = await databases.within('bench_before', inOneStatement);
      say('the reconciler');
      const { variables } = cloud.processOf('reconcile');
      Object.assign(process.env, variables, queues.variables, { DATABASE_NAME: 'bench_ours' });
      // Now, for some of what it loads reads its settings at once.
      const { reconciled } = await import('./reconciled.ts');
      const ours = await reconciled(say);
      say('one statement, once more');
      const after = await databases.within('bench_after', inOneStatement);

      const limit = Math.min(before, after);
      const row = (what: string, took: number) => ({ what, took, limit, ratio: took / limit });
      return [
        { ...row('decided and written, 100 at a time', ours.written), atMost },
        row('told to SQS', ours.told),
        row('noted as told', ours.noted),
        row('superseded in Redis, meanwhile', ours.superseded),
        row('all of it, run after run without a pause', ours.all),
        row('all of it, by the schedule alone', ours.scheduled),
      ];
    } finally {
      await queues.stop();
      await cloud.stop();
    }
  },
};
