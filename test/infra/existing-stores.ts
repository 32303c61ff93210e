import type { Stage } from '../../lib/parts/stage.ts';
import { onExistingStores } from '../../docs/examples/existing-stores.ts';
import { stageWithAddress } from './synth.ts';

const { network, database } = onExistingStores;
if (network.kind !== 'existing' || database.kind !== 'existing') {
  throw new Error('The example of stores that exist has a new one');
}

const like = stageWithAddress('prod');

/** All three exist: the network, PostgreSQL and Redis. */
export const takeover: Stage = { ...onExistingStores, alarmsTo: 'operators@example.com' };

/** Each store that exists by itself, among new ones, and the other forms of each. */
export const existingStores: readonly Stage[] = [
  takeover,
  {
    ...like,
    name: 'oldnet',
    network: { ...network, endpoints: { kind: 'new', endpointZones: 1 } },
  },
  { ...like, name: 'oldrds', database },
  {
    ...like,
    name: 'oldcluster',
    database: { ...database, engine: 'cluster', instanceClass: 'db.r6g.large' },
  },
  { ...like, name: 'noproxy', database: { ...database, port: 6432 }, proxy: false },
  {
    ...like,
    name: 'oldredis',
    cache: {
      kind: 'existing',
      url: 'redis://10.0.0.7:6379',
      mode: 'single',
      securityGroupId: 'sg-0a1b2c3d4e5f60715',
    },
  },
];
