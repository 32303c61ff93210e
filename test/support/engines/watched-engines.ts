import { inject } from 'vitest';
import { redisBehindDoors } from './redis-behind-doors.ts';
import { watchAws, watchPostgres, watchRedis } from './wire.ts';
import { whenDone } from './when-done.ts';

const portOf = (url = '') => Number(new URL(url).port);

type Variables = Readonly<Record<string, string>>;

/** A watch on every way to the engines; its Redis is a cluster of its own, for nodes tell of whoever asks them. */
export async function watchEngines() {
  const cluster = await redisBehindDoors();
  let secretsPort = 0;
  const postgres = await watchPostgres(() => inject('postgres').port);
  const dynamodb = await watchAws(() => portOf(inject('dynamodb').endpoint));
  const sqs = await watchAws(() => portOf(inject('sqs').endpoint));
  const secrets = await watchAws(() => secretsPort);
  const redis = await watchRedis(cluster.url);
  whenDone(() => [redis, postgres, dynamodb, sqs, secrets].forEach((each) => each.close()));

  const asked = async () => ({
    redis: (await redis.take()).map(withKeys).toSorted(),
    postgres: postgres.take(),
    aws: [...dynamodb.take(), ...sqs.take(), ...secrets.take()],
  });
  return {
    /** What a function finds otherwise than the world around it does. */
    instead: (found: Variables): Variables => {
      secretsPort = portOf(process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER']);
      const queues = Object.entries(found).filter(([name]) => name.endsWith('_QUEUE_URL'));
      return {
        REDIS_URL: cluster.url,
        REDIS_MODE: 'cluster',
        DATABASE_PORT: String(postgres.port),
        AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${dynamodb.port}`,
        AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${sqs.port}`,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${secrets.port}`,
        ...Object.fromEntries(
          queues.map(([name, url]) => [name, url.replace(/:\d+/, `:${sqs.port}`)]),
        ),
      };
    },
    /** What a warm function asks while it does something, one entry for each round trip. */
    costOf: async <T>(work: () => Promise<T>) => {
      await asked();
      const outcome = await work();
      return { outcome, cost: await asked() };
    },
  };
}

/** The name of a command and the keys of its script. */
function withKeys([name = '', , count = '', ...rest]: readonly string[]): string {
  return [name.toLowerCase(), ...rest.slice(0, Number(count))].join(' ');
}
