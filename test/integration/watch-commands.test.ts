import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { unnotedPostgresFrom } from '../../functions/wiring/stores.ts';
import { readEnvironment } from '../../src/contract/functions.ts';
import { openSecrets } from '../../src/platform/aws/secrets.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { metrics } from '../../src/platform/logs/observability.ts';
import type { Postgres } from '../../src/platform/postgres/postgres.ts';
import { whenDone } from '../support/engines/when-done.ts';
import { lambdaContext } from '../support/invoke.ts';
import { orderWorld } from '../support/worlds/order-world.ts';

const world = await orderWorld();
const { handler } = await import('../../functions/operate.ts');
const operate = (command: string, input: object = {}) =>
  handler({ command, input }, lambdaContext(60_000));
const sqs = new SQSClient({});

afterEach(() => vi.restoreAllMocks());

test('show-health asks every part', async () => {
  expect(await operate('show-health')).toMatchObject({
    status: 'healthy',
    postgres: 'up',
    redis: 'up',
    dynamodb: 'up',
    sqs: 'up',
  });
});

interface Backlog {
  readonly orders: { readonly oldestSeconds: number };
}

test('show-backlog says what is overdue, and repair ends it', async () => {
  const { token } = await world.customer();
  const { body } = await world.place(token);
  const orderId = body?.order.id ?? expect.fail('Not placed');
  const none = { overdue: 0, searches: 0, holds: 0, answers: 0, oldestSeconds: 0 };
  expect(await operate('show-backlog')).toMatchObject({ orders: none });

  await world.age(orderId, 120);
  const backlog = (await operate('show-backlog')) as Backlog;
  expect(backlog).toMatchObject({ orders: { overdue: 1, searches: 1 } });
  expect(backlog.orders.oldestSeconds).toBeGreaterThanOrEqual(60);

  expect(await operate('repair')).toMatchObject({ expireOrders: { repaired: 1 } });
  expect(await operate('show-backlog')).toMatchObject({ orders: none });
  const { body: order } = await world.orders.getOrder({ token, params: { id: orderId } });
  expect(order).toMatchObject({ order: { status: 'expired' } });
});

test('repair does the rest if one part fails, and says what failed', async () => {
  await world.sql('ALTER TABLE weelo.outbox RENAME TO outbox_away');
  try {
    expect(await operate('repair')).toMatchObject({
      expireOrders: { repaired: 0 },
      relayEvents: { failed: expect.stringContaining('outbox') as string },
    });
  } finally {
    await world.sql('ALTER TABLE weelo.outbox_away RENAME TO outbox');
  }
});

test('reconcile reports how long the oldest unsent event has waited, and nothing if none has', async () => {
  const told = vi.spyOn(metrics, 'addMetric');
  const ages = () =>
    told.mock.calls.flatMap(([name, , value]) => (name === 'OutboxAge' ? value : []));
  await world.reconcile();
  expect(ages()).toEqual([0]);

  await world.sql(
    `INSERT INTO weelo.outbox (id, queue, message, created_at)
     VALUES (gen_random_uuid(), 'notify', '{"kind":"close-socket","connectionId":"x"}', clock_timestamp() - interval '4 minutes')`,
  );
  expect(await operate('show-backlog')).toMatchObject({ outbox: { waiting: 1, parked: 0 } });
  const { reportOutbox } = await import('../../src/platform/outbox/relay-events.ts');
  await reportOutbox({ postgres: postgresOfService() });
  expect(ages().at(-1)).toBeGreaterThanOrEqual(240_000);
  await world.reconcile();
  expect(ages().at(-1), 'it was sent').toBe(0);
});

function postgresOfService(): Postgres {
  const env = readEnvironment('reconcile', process.env);
  const postgres = unnotedPostgresFrom(env, openSecrets().read, systemClock);
  whenDone(() => postgres.close());
  return postgres;
}

interface Activity {
  readonly connections: readonly { readonly connections: number }[];
  readonly longest: readonly { readonly pid: number; readonly statement: string }[];
}

test('show-database names the transaction that others wait for, and end-connection ends it', async () => {
  const { token } = await world.customer();
  const { body } = await world.place(token);
  const orderId = body?.order.id ?? '';
  const { promise: goOn, resolve } = Promise.withResolvers<void>();
  const { promise: locked, resolve: isLocked } = Promise.withResolvers<void>();
  const holding = postgresOfService()
    .transaction(async (db) => {
      await db.$queryRaw`SELECT id FROM weelo.orders WHERE id = ${orderId}::uuid FOR UPDATE`;
      isLocked();
      await goOn;
    })
    .then(
      () => 'committed',
      () => 'ended',
    );
  await locked;

  const { connections, longest } = (await operate('show-database')) as Activity;
  expect(connections.length).toBeGreaterThan(0);
  const mine = longest.find(({ statement }) => statement.includes('FOR UPDATE'));
  expect(mine).toMatchObject({ state: 'idle in transaction', blockedBy: [] });
  expect(JSON.stringify(longest)).not.toContain(orderId);

  expect(await operate('end-connection', { pid: String(mine?.pid) })).toEqual({ ended: true });
  resolve();
  expect(await holding).toBe('ended');
  expect(await operate('end-connection', { pid: mine?.pid })).toEqual({ ended: false });
});

test("end-connection leaves other roles' connections alone", async () => {
  const [other] = await world.sql('SELECT pg_backend_pid() AS pid');
  expect(await operate('end-connection', { pid: other?.['pid'] })).toEqual({ ended: false });
});

describe('dead letters', () => {
  const given = async (...bodies: readonly string[]) => {
    for (const MessageBody of bodies) {
      await sqs.send(
        new SendMessageCommand({ QueueUrl: world.variables.NOTIFY_DEAD_LETTERS_URL, MessageBody }),
      );
    }
  };
  const secret = JSON.stringify({ kind: 'close-socket', connectionId: 'nobody-may-read-this' });
  interface Queues {
    readonly notify: {
      readonly deadLetters: number;
      readonly more: number;
      readonly some: readonly { readonly messageId: string; readonly kind: string }[];
    };
  }

  test('are shown by what they are, sent back to their queue, or given up one by one', async () => {
    while ((await world.take('NOTIFY_QUEUE_URL')).length > 0);
    await given(secret, 'no JSON');
    const shown = (await operate('show-queues')) as Queues;
    expect(shown).toMatchObject({ dispatch: { deadLetters: 0, some: [] } });
    expect(shown.notify.deadLetters).toBe(2);
    expect(shown.notify.some.map(({ kind }) => kind).toSorted()).toEqual([
      'close-socket',
      'none that we know',
    ]);
    expect(JSON.stringify(shown)).not.toContain('nobody-may-read-this');

    const broken = shown.notify.some.find(({ kind }) => kind === 'none that we know');
    const dropping = { queue: 'notify', messageIds: [broken?.messageId] };
    expect(await operate('drop-dead-letters', dropping)).toEqual({ dropped: 1 });

    // The other one was seen by the command, and is hidden for half a minute.
    await given(secret);
    expect(await operate('redrive-dead-letters', { queue: 'notify' })).toEqual({ sentBack: 1 });
    expect(await world.take('NOTIFY_QUEUE_URL')).toEqual([JSON.parse(secret)]);
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: world.variables.NOTIFY_DEAD_LETTERS_URL }),
    );
    expect(Messages).toBeUndefined();
  });

  test('are listed up to a hundred, each once, and the others are counted', async () => {
    await given(...Array.from({ length: 103 }, (_, n) => JSON.stringify({ kind: 'sms', n })));
    const first = ((await operate('show-queues')) as Queues).notify;
    const ids = new Set(first.some.map(({ messageId }) => messageId));
    expect(ids.size).toBeGreaterThanOrEqual(100);
    expect(first.more).toBe(first.deadLetters - ids.size);
    expect(first.more).toBeLessThanOrEqual(3);

    const dropping = { queue: 'notify', messageIds: [...ids].slice(0, 100) };
    expect(await operate('drop-dead-letters', dropping)).toEqual({ dropped: 100 });
  });

  test('of a queue that does not exist are refused', async () => {
    await expect(operate('redrive-dead-letters', { queue: 'orders' })).rejects.toThrow('queue');
  });
});
