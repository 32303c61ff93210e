import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { measuredApart } from '../measured-apart.ts';
import { unreadQueues } from '../unread-queues.ts';
import { startWeeloCloud } from '../weelo-cloud.ts';

export const status: Benchmark = {
  name: 'status',
  summary:
    'What apps ask most and what strangers may ask, in a warm function, against the same asked bare',
  against: 'bare clients',
  run: async (say) => {
    const cloud = await startWeeloCloud(say);
    const queues = await unreadQueues();
    try {
      say('asking');
      const [orders, auth] = (['orders', 'auth'] as const).map((name) => ({
        ...cloud.processOf(name).variables,
        ...queues.variables,
        // On one machine everybody has one address, and calls are not counted by it.
        WEELO_STAGE: 'dev',
      }));
      const script = join(import.meta.dirname, 'measured-process.ts');
      return await measuredApart(script, { ...auth, ...orders }, { orders, auth });
    } finally {
      await queues.stop();
      await cloud.stop();
    }
  },
};
