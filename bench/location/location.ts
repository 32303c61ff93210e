import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { databasesOf } from '../databases.ts';
import { measuredApart } from '../measured-apart.ts';
import { unreadQueues } from '../unread-queues.ts';
import { startWeeloCloud, type WeeloCloud } from '../weelo-cloud.ts';
import { plantTrips } from './planted-trips.ts';
import { fixesToSockets } from './to-the-socket.ts';

const trips = 2000;

export const location: Benchmark = {
  name: 'location',
  summary: `Positions of ${trips} trips in a warm function, with twice as many readers, against what it asks, asked bare; and from a fix to its customer's socket`,
  against: 'bare clients, or as said',
  run: async (say) => {
    const cloud = await startWeeloCloud(say);
    try {
      const rates = await ratesBesideFloor(cloud, say);
      return [...rates, ...(await fixesToSockets(cloud, say))];
    } finally {
      await cloud.stop();
    }
  },
};

async function ratesBesideFloor(cloud: WeeloCloud, say: (progress: string) => void) {
  const queues = await unreadQueues();
  try {
    const databases = await databasesOf(cloud);
    await databases.make('bench_location');
    say(`planting ${trips} trips`);
    const planted = await databases.within('bench_location', (client) => plantTrips(client, trips));
    say('sending positions');
    const variables = {
      ...cloud.processOf('trips').variables,
      ...queues.variables,
      DATABASE_NAME: 'bench_location',
    };
    const { variables: auth } = cloud.processOf('auth');
    const script = join(import.meta.dirname, 'environment.ts');
    return await measuredApart(script, variables, { variables, auth, trips: planted });
  } finally {
    await queues.stop();
  }
}
