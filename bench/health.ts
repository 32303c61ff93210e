import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';

import { Cluster } from 'ioredis';
import * as z from 'zod';
import { readEnvironment } from '../src/contract/functions.ts';
import { barePool } from './bare-pool.ts';
import { systemClock } from '../src/platform/clock.ts';
import { startWeeloCloud } from './weelo-cloud.ts';
import type { Benchmark } from './benchmark.ts';
import { invocationsOf } from './cold-start/invocations.ts';
import { sideBySide } from './side-by-side.ts';

const calls = 300;
/** The edge (parsing, logs, headers) and the health check itself, over its four questions. */
const atMost = 2;

export const health: Benchmark = {
  name: 'health',
  summary: 'GET /health in a warm function, against its four questions asked bare',
  against: 'bare clients',
  run: async (say) => {
    const cloud = await startWeeloCloud(say);
    const sides = await openSides(cloud.processOf('system').variables);
    try {
      say(`${calls} calls of each side`);
      const prepare = () => Promise.resolve();
      return [await sideBySide({ what: 'GET /health', prepare, ...sides, calls, atMost })];
    } finally {
      await sides.close();
      await cloud.stop();
    }
  },
};

const Answer = z.object({ statusCode: z.literal(200) });

/** The same four questions: by the handler, and by clients that do nothing else. */
export async function openSides(variables: Readonly<Record<string, string>>) {
  Object.assign(process.env, variables);
  const env = readEnvironment('system', process.env);
  // The function keeps an answer for a second: to it, so much lies between two calls.
  let now = Date.now();
  Object.assign(systemClock, { now: () => new Date(now) });
  const { handler } = await import('../functions/system.ts');
  const event = invocationsOf({ customer: '', transporter: '' }, {}).system.event;
  const context = { getRemainingTimeInMillis: () => 10_000 };

  const pool = await barePool(env, 2);
  const redis = new Cluster([env.REDIS_URL]);
  const dynamo = new DynamoDBClient({});
  const sqs = new SQSClient({});
  const item = { TableName: env.STATE_TABLE, Key: { pk: { S: 'probe' }, sk: { S: 'probe' } } };
  const queue = { QueueUrl: env.DISPATCH_QUEUE_URL, AttributeNames: ['QueueArn' as const] };

  return {
    ours: async () => {
      now += 1000;
      Answer.parse(await Reflect.apply(handler, undefined, [event, { ...context }]));
    },
    floor: async () => {
      await Promise.all([
        pool.query('SELECT 1'),
        redis.ping(),
        dynamo.send(new GetItemCommand(item)),
        sqs.send(new GetQueueAttributesCommand(queue)),
      ]);
    },
    close: async () => {
      redis.disconnect();
      dynamo.destroy();
      sqs.destroy();
      await pool.end();
    },
  };
}
