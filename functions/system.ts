import { AppError } from '../src/contract/errors.ts';
import { readEnvironment } from '../src/contract/functions.ts';
import { servedBySystem } from '../src/contract/http/served-by/system.ts';
import { publicKeys } from '../src/identity/keys/public-keys.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { openTableProbe } from '../src/platform/aws/dynamo.ts';
import { checkHealth, healthReply, readinessReply } from '../src/platform/health.ts';
import { openQueueProbe } from '../src/platform/aws/queues.ts';
import { keptFor, openSecrets } from '../src/platform/aws/secrets.ts';
import { httpFunction } from './edge/http/http-function.ts';
import { edgeFrom } from './wiring/edge.ts';
import { postgresFrom, redisFrom } from './wiring/stores.ts';

const env = readEnvironment('system', process.env);
const secrets = openSecrets();
const postgres = postgresFrom(env, secrets.read, clock);
const redis = redisFrom(env);
const probes = {
  postgres: () => postgres.ping(),
  redis: () => redis.ping(),
  dynamodb: openTableProbe(env.STATE_TABLE),
  sqs: openQueueProbe(env.DISPATCH_QUEUE_URL),
};
/**
 * The answer is kept for a second, so more calls do not ask the stores more often. A limit per address would cost a
 * question with every call, and would lock out monitors that share an address.
 */
const health = keptFor(1, clock, () => checkHealth(probes, clock));
const readKeys = publicKeys(secrets.read, env.PUBLIC_KEYS_SECRET_ARN, clock);

export const handler = httpFunction(
  servedBySystem,
  {
    getHealth: async () => healthReply(await health()),
    getLiveness: async () => ({ status: 200, body: { status: 'alive' } }),
    getReadiness: async () => readinessReply(await health()),
    getPublicKeys: async () => ({ status: 200, body: await readKeys() }),
    answerPreflight: async () => ({ status: 200, body: {} }),
    answerUnknownPath: async () => {
      throw new AppError('NOT_FOUND');
    },
  },
  { isFromEdge: edgeFrom(env, secrets.read, clock) },
);
