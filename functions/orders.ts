import { readEnvironment } from '../src/contract/functions.ts';
import { searchTrucks } from '../src/orders/search-trucks.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { countInRedis } from '../src/platform/rate-limit.ts';
import { openSecrets } from '../src/platform/secrets.ts';
import { httpFunction } from './edge/http/http-function.ts';
import { identityFrom } from './edge/identify.ts';
import { redisFrom } from './edge/stores.ts';

const env = readEnvironment('orders', process.env);
const { identify } = identityFrom(env, openSecrets().read, clock);

export const handler = httpFunction(
  'orders',
  {
    searchTrucks: async ({ query }) => ({ status: 200, body: searchTrucks(query, clock.now()) }),
  },
  { authenticate: identify, countCall: countInRedis(redisFrom(env)) },
);
