import * as z from 'zod';
import type { Environment } from '../../src/contract/environment.ts';
import { showOverdue } from '../../src/orders/changing/show-overdue.ts';
import type { OrderDeps } from '../../src/orders/order/order-deps.ts';
import { awsPatience } from '../../src/platform/aws/aws.ts';
import { openTableProbe } from '../../src/platform/aws/dynamo.ts';
import { openQueueProbe, openSqs } from '../../src/platform/aws/queues.ts';
import {
  dropDeadLetters,
  mostToDrop,
  queueState,
  redriveDeadLetters,
} from '../../src/platform/dead-letters/dead-letters.ts';
import { checkHealth } from '../../src/platform/health.ts';
import { showOutbox } from '../../src/platform/outbox/parked-events.ts';
import { endConnection, showActivity } from '../../src/platform/postgres/activity.ts';
import type { RedisConnection } from '../../src/platform/redis/redis.ts';
import { command } from '../edge/command-function.ts';
import { urgentRepairs } from './repairs.ts';

type WatchEnvironment = Environment<
  | 'STATE_TABLE'
  | 'DISPATCH_QUEUE_URL'
  | 'NOTIFY_QUEUE_URL'
  | 'DISPATCH_DEAD_LETTERS_URL'
  | 'NOTIFY_DEAD_LETTERS_URL'
>;

const Nothing = z.strictObject({});
const Queue = z.strictObject({ queue: z.enum(['dispatch', 'notify']) });

/** What operators type first when an alarm rings, and what cures (docs/runbooks/alarms.md). */
export function watchCommands(env: WatchEnvironment, orders: OrderDeps, redis: RedisConnection) {
  const { postgres, clock } = orders;
  const probes = {
    postgres: () => postgres.ping(),
    redis: () => redis.ping(),
    dynamodb: openTableProbe(env.STATE_TABLE),
    sqs: openQueueProbe(env.DISPATCH_QUEUE_URL),
  };
  return {
    'show-health': command({
      summary: 'Asks every part whether it answers',
      input: Nothing,
      run: () => checkHealth(probes, clock),
    }),
    'show-database': command({
      summary:
        'Says who is connected to PostgreSQL, what runs longest there, and what it waits for',
      input: Nothing,
      run: () => postgres.run(showActivity),
    }),
    'end-connection': command({
      summary: 'Ends one of our connections to PostgreSQL. What it does is rolled back',
      input: z.strictObject({
        pid: z.coerce
          .number<string | number>()
          .int()
          .meta({ description: 'As show-database says' }),
      }),
      run: async ({ pid }) => ({ ended: await postgres.run((db) => endConnection(db, pid)) }),
    }),
    'show-backlog': command({
      summary: 'Says what waits to be told, and which deadlines have passed unmet',
      input: Nothing,
      run: async () => ({
        outbox: await showOutbox(orders),
        orders: await postgres.run(showOverdue),
      }),
    }),
    repair: command({
      summary: 'Ends what is overdue and sends what waits, as the schedule does every two minutes',
      input: Nothing,
      run: () => repairNow(orders),
    }),
    ...queueCommands(env),
  };
}

function queueCommands(env: WatchEnvironment) {
  const sqs = openSqs(awsPatience);
  const queues = {
    dispatch: { queue: env.DISPATCH_QUEUE_URL, deadLetters: env.DISPATCH_DEAD_LETTERS_URL },
    notify: { queue: env.NOTIFY_QUEUE_URL, deadLetters: env.NOTIFY_DEAD_LETTERS_URL },
  };
  return {
    'show-queues': command({
      summary: 'Says how many messages wait in each queue, and which were given up',
      input: Nothing,
      run: async () => ({
        dispatch: await queueState(queues.dispatch, sqs),
        notify: await queueState(queues.notify, sqs),
      }),
    }),
    'redrive-dead-letters': command({
      summary: 'Sends the dead letters of a queue back to it, a thousand at most',
      input: Queue,
      run: async ({ queue }) => ({ sentBack: await redriveDeadLetters(queues[queue], sqs) }),
    }),
    'drop-dead-letters': command({
      summary: 'Gives dead letters up for good',
      input: Queue.extend({ messageIds: z.array(z.string().min(1)).min(1).max(mostToDrop) }),
      run: async ({ queue, messageIds }) => ({
        dropped: await dropDeadLetters(queues[queue], messageIds, sqs),
      }),
    }),
  };
}

/** In milliseconds. All together they must end within the function's time. */
const timeOfOne = 12_000;

/** If one fails, the others are done all the same, and the answer says what failed. */
async function repairNow(orders: OrderDeps) {
  const outcomes: Record<string, unknown> = {};
  for (const [name, repair] of Object.entries(urgentRepairs(orders))) {
    const endsAt = performance.now() + timeOfOne;
    outcomes[name] = await repair(() => endsAt - performance.now()).then(
      (repaired) => ({ repaired }),
      (error: unknown) => ({ failed: String(error) }),
    );
  }
  return outcomes;
}
