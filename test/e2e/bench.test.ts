import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Cluster } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { startWeeloCloud } from '../../bench/weelo-cloud.ts';
import { openSides } from '../../bench/health.ts';

/** Stands before a port and counts what clients send: one packet is one question. */
async function counting(url: string) {
  const counter = { questions: 0, port: 0 };
  const { hostname, port } = new URL(url);
  const server = createServer((client) => {
    const target = connect(Number(port), hostname);
    client.on('data', () => (counter.questions += 1));
    client.pipe(target).pipe(client);
    client.on('error', () => target.destroy());
    target.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  counter.port = typeof address === 'object' && address ? address.port : 0;
  return counter;
}

test('floor and handler of the bench "health" ask the same questions', async () => {
  const cloud = await startWeeloCloud(() => undefined);
  onTestFinished(() => cloud.stop());
  const { variables } = cloud.processOf('system');
  const {
    DATABASE_HOST = '',
    DATABASE_PORT = '',
    AWS_ENDPOINT_URL = '',
    DISPATCH_QUEUE_URL = '',
    REDIS_URL = '',
  } = variables;
  const postgres = await counting(`tcp://${DATABASE_HOST}:${DATABASE_PORT}`);
  const aws = await counting(AWS_ENDPOINT_URL);
  const sides = await openSides({
    ...variables,
    DATABASE_PORT: String(postgres.port),
    AWS_ENDPOINT_URL: `http://127.0.0.1:${aws.port}`,
    DISPATCH_QUEUE_URL: DISPATCH_QUEUE_URL.replace(/:\d+/, `:${aws.port}`),
  });
  const redis = new Cluster([REDIS_URL]);
  onTestFinished(async () => {
    redis.disconnect();
    await sides.close();
  });

  const pings = async () => {
    const stats = await Promise.all(redis.nodes('master').map((node) => node.info('commandstats')));
    const counts = stats.map((text) => Number(/cmdstat_ping:calls=(\d+)/.exec(text)?.[1] ?? 0));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const asked = async (side: () => Promise<void>) => {
    await side();
    const before = { postgres: postgres.questions, aws: aws.questions, redis: await pings() };
    for (let i = 0; i < 10; i++) await side();
    return {
      postgres: postgres.questions - before.postgres,
      aws: aws.questions - before.aws,
      redis: (await pings()) - before.redis,
    };
  };

  const [ours, floor] = [await asked(sides.ours), await asked(sides.floor)];
  expect(ours).toEqual(floor);
  expect(ours).toMatchObject({ postgres: 10, aws: 20, redis: 10 });
});
