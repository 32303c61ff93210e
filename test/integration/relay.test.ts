import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { orderDepsFrom } from '../../functions/wiring/orders.ts';
import { redisFrom } from '../../functions/wiring/stores.ts';
import { readEnvironment } from '../../src/contract/functions.ts';
import type { OutboxEvent } from '../../src/platform/outbox/events.ts';
import { relayOwn, type RelayDeps } from '../../src/platform/outbox/relay-events.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { logger, metrics } from '../../src/platform/logs/observability.ts';
import { openSecrets } from '../../src/platform/aws/secrets.ts';
import { openDoor, type Door } from '../support/faults/door.ts';
import { lambdaContext } from '../support/invoke.ts';
import { cancellationFacts } from '../support/notify-queue.ts';
import { orderWorld } from '../support/worlds/order-world.ts';

let world: Awaited<ReturnType<typeof orderWorld>>;
let sqs: Door;
let orderId: string;
let deps: RelayDeps;
let operate: (command: string, input?: object) => Promise<unknown>;

beforeAll(async () => {
  sqs = await openDoor(Number(new URL(inject('sqs').endpoint).port));
  const behind = (url = '') => url.replace(/:\d+/, `:${sqs.port}`);
  world = await orderWorld((found) => ({
    AWS_ENDPOINT_URL_SQS: behind(inject('sqs').endpoint),
    NOTIFY_QUEUE_URL: behind(found['NOTIFY_QUEUE_URL']),
    DISPATCH_QUEUE_URL: behind(found['DISPATCH_QUEUE_URL']),
  }));
  const { token } = await world.customer();
  const { body } = await world.place(token);
  orderId = body?.order.id ?? '';
  const env = readEnvironment('reconcile', process.env);
  deps = orderDepsFrom(env, redisFrom(env), openSecrets().read, systemClock);
  const { handler } = await import('../../functions/operate.ts');
  operate = (command, input = {}) => handler({ command, input }, lambdaContext());
});

beforeEach(async () => {
  await world.sql('DELETE FROM weelo.outbox');
  while ((await world.take('NOTIFY_QUEUE_URL')).length > 0);
  while ((await world.take('DISPATCH_QUEUE_URL')).length > 0);
});

/** What no queue takes: a character that is none. */
const poison = 'no\uFFFFbody';
/** What is over a mebibyte. */
const endless = 'x'.repeat(1024 ** 2);

function eventSaying(reason: string) {
  const id = randomUUID();
  const at = new Date().toISOString();
  const data = { orderId, bookingId: orderId, broadcastId: orderId, status: 'cancelled' };
  const message = {
    kind: 'event',
    id,
    at,
    event: 'order_cancelled',
    to: [randomUUID()],
    data: { ...data, ...cancellationFacts, eventVersion: 2, reason, cancelledAt: at },
  };
  return { id, queue: 'notify' as const, message };
}

/** Events as somebody left them behind, the first one the longest ago; says their ids. */
async function leftBehind(...reasons: readonly string[]) {
  const events = reasons.map(eventSaying);
  await world.sql(
    `INSERT INTO weelo.outbox (id, order_id, event_version, queue, message, created_at)
     SELECT (e ->> 'id')::uuid, $1, 100 + n, e ->> 'queue', e -> 'message', now() - interval '1 minute' + n * interval '1 second'
     FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS t (e, n)`,
    [orderId, JSON.stringify(events)],
  );
  return events.map(({ id }) => id);
}

/** The ids on the queue, as often as they stand there. */
async function told() {
  const ids: unknown[] = [];
  for (;;) {
    const messages = await world.take('NOTIFY_QUEUE_URL');
    if (messages.length === 0) return ids.toSorted();
    ids.push(...messages.map(({ id }) => id));
  }
}

const parked = () =>
  world.sql<{ id: string; parked_for: string }>(
    'SELECT id, parked_for FROM weelo.outbox WHERE parked_at IS NOT NULL AND relayed_at IS NULL ORDER BY parked_at',
  );
const waiting = async () => {
  const rows = await world.sql<{ id: string }>(
    'SELECT id FROM weelo.outbox WHERE relayed_at IS NULL AND parked_at IS NULL',
  );
  return rows.map(({ id }) => id).toSorted();
};

describe('P8: an event that its queue refuses', () => {
  test('is parked, and all that lie behind it are told by the same run, once each', async () => {
    const [bad, ...good] = await leftBehind(poison, ...Array.from({ length: 35 }, () => 'late'));
    const log = vi.spyOn(logger, 'error');
    const counted = vi.spyOn(metrics, 'addMetric');
    await world.reconcile();
    expect(await told()).toEqual(good.toSorted());
    expect(await parked()).toEqual([{ id: bad, parked_for: 'InvalidMessageContents' }]);
    const facts = { eventId: bad, orderId, parkedFor: 'InvalidMessageContents' };
    expect(log.mock.calls).toEqual([['Event parked', facts]]);
    expect(counted).toHaveBeenCalledWith('EventsParked', 'Count', 1);
    vi.restoreAllMocks();

    await world.reconcile();
    expect(await told()).toEqual([]);
    expect(await waiting()).toEqual([]);
  });

  test('for its length is parked, too, and so are many', async () => {
    const ids = await leftBehind(endless, 'late', poison, endless, 'late', poison);
    await world.reconcile();
    expect(await told()).toEqual([ids[1], ids[4]].toSorted());
    const reasons = new Map((await parked()).map((each) => [each.id, each.parked_for]));
    expect(reasons).toEqual(
      new Map([
        [ids[0], 'InvalidParameterValue'],
        [ids[2], 'InvalidMessageContents'],
        [ids[3], 'InvalidParameterValue'],
        [ids[5], 'InvalidMessageContents'],
      ]),
    );
  });

  test('does not hold up its neighbours when they are relayed right after their commit', async () => {
    const [good, bad] = await leftBehind('late', poison);
    const rows = await world.sql<OutboxEvent>('SELECT id, queue, message FROM weelo.outbox');
    await relayOwn(rows, deps);
    expect(await told()).toEqual([good]);
    expect(await parked()).toMatchObject([{ id: bad }]);
    expect(await waiting()).toEqual([]);
  });

  test('is no matter of many that are too long together', async () => {
    const ids = await leftBehind(...Array.from({ length: 4 }, () => 'x'.repeat(400_000)));
    await world.reconcile();
    expect(await told()).toEqual(ids.toSorted());
    expect(await parked()).toEqual([]);
  });

  test('is shown to an operator, who lets it go again, or gives it up', async () => {
    const [bad] = await leftBehind(poison);
    await world.reconcile();
    const shown = { id: bad, orderId, parkedFor: 'InvalidMessageContents' };
    expect(await operate('list-parked-events')).toMatchObject({ events: [shown] });

    expect(await operate('release-parked-events', { eventIds: [bad] })).toEqual({ released: 1 });
    expect(await waiting()).toEqual([bad]);
    await world.sql(`UPDATE weelo.outbox SET message = message #- '{data,reason}'`);
    await world.reconcile();
    expect(await told()).toEqual([bad]);
    expect(await operate('list-parked-events')).toEqual({ events: [] });
    expect(await operate('release-parked-events', { eventIds: [bad] })).toEqual({ released: 0 });

    const [hopeless] = await leftBehindAgain(poison);
    await world.reconcile();
    expect(await operate('drop-parked-events', { eventIds: [hopeless] })).toEqual({ dropped: 1 });
    const counted = vi.spyOn(metrics, 'addMetric');
    await world.reconcile();
    expect(counted).toHaveBeenCalledWith('EventsParked', 'Count', 0);
    vi.restoreAllMocks();
    expect(await told()).toEqual([]);
  });
});

async function leftBehindAgain(...reasons: readonly string[]) {
  await world.sql('DELETE FROM weelo.outbox');
  return leftBehind(...reasons);
}

test('P8: a queue that is away parks nothing, and has all of it once it is back', async () => {
  const ids = await leftBehind('late', 'late', 'late');
  await sqs.shut();
  await expect(world.reconcile()).rejects.toThrow('Some repairs failed');
  expect(await parked()).toEqual([]);
  expect(await waiting()).toEqual(ids.toSorted());
  await sqs.open();
  await world.reconcile();
  expect(await told()).toEqual(ids.toSorted());
});
