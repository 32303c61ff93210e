import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { redeliveredAfterSeconds } from '../../src/contract/functions.ts';
import { cancellationFor } from '../support/notify-queue.ts';
import { faultyOrderWorld, type FaultyOrderWorld } from '../support/worlds/faulty-order-world.ts';

let world: FaultyOrderWorld;
beforeAll(async () => {
  world = await faultyOrderWorld();
});
beforeEach(() => world.heal());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Orders whose search should have ended, and the messages that end it. */
async function overdue(howMany: number) {
  const ids: string[] = [];
  while (ids.length < howMany) {
    const { token } = await world.customer();
    ids.push((await world.place(token, randomUUID())).orderId ?? '');
  }
  await world.sql(
    `UPDATE weelo.orders SET search_deadline = now() - interval '1 second' WHERE id = ANY ($1)`,
    [ids],
  );
  return ids;
}
const deadlineOf = (orderId: string) => ({ kind: 'search-deadline', orderId });
const waveOf = (orderId: string) => ({ kind: 'search-wave', orderId, wave: 1 });
const begunWave = async (orderId: string) => {
  const rows = await world.sql<{ wave: number; event_version: number }>(
    'SELECT wave, event_version FROM weelo.orders WHERE id = $1',
    [orderId],
  );
  return rows[0];
};
const statusOf = async (orderId: string) => {
  const rows = await world.sql<{ status: string }>(
    'SELECT status FROM weelo.orders WHERE id = $1',
    [orderId],
  );
  return rows[0]?.status;
};

test('PostgreSQL hangs for one message: it fails alone, and the others are done', async () => {
  const [slow = '', ...others] = await overdue(4);
  world.ways.postgres.trap.before(
    (said) => said.includes(slow),
    async () => 'lost',
  );
  const { failed, msLeft } = await world.deliver(
    'dispatch',
    ...[slow, ...others].map((each) => deadlineOf(each)),
  );
  expect(failed).toEqual([0]);
  expect(msLeft).toBeGreaterThan(0);
  expect(await Promise.all(others.map(statusOf))).toEqual(['expired', 'expired', 'expired']);
  expect(await statusOf(slow)).toBe('broadcasting');
});

test('PostgreSQL hangs: every message fails before the time of the function is over', async () => {
  const orders = await overdue(3);
  await world.deliver('dispatch', ...orders.slice(0, 1).map(deadlineOf));
  world.ways.postgres.door.freeze();
  const { failed, msLeft } = await world.deliver('dispatch', ...orders.slice(1).map(deadlineOf));
  expect(failed).toEqual([0, 1]);
  expect(msLeft).toBeGreaterThan(0);
});

test('DynamoDB hangs: a wave begins, and a search ends, all the same', async () => {
  const { token } = await world.customer();
  const { orderId = '' } = await world.place(token, randomUUID());
  const [ended = ''] = await overdue(1);
  world.ways.dynamodb.door.freeze();
  const { failed, msLeft } = await world.deliver('dispatch', waveOf(orderId), deadlineOf(ended));
  expect(failed).toEqual([]);
  expect(msLeft).toBeGreaterThan(0);
  expect(await begunWave(orderId)).toEqual({ wave: 1, event_version: 2 });
  expect(await statusOf(ended)).toBe('expired');
});

test('a wave is committed and dispatch does not hear of it: its message comes back, and it does not begin again', async () => {
  const { token } = await world.customer();
  const { orderId = '' } = await world.place(token, randomUUID());
  const wave = waveOf(orderId);
  world.ways.postgres.trap.after(
    (said) => said.includes('COMMIT'),
    async () => 'lost',
  );
  const receivedAt = Date.now();
  expect(await world.deliver('dispatch', wave)).toMatchObject({ failed: [0] });

  const backAt = receivedAt + redeliveredAfterSeconds('dispatch') * 1000;
  vi.useFakeTimers({ now: backAt, toFake: ['Date'] });
  expect(await world.deliver('dispatch', wave)).toMatchObject({ failed: [] });
  expect(await begunWave(orderId)).toEqual({ wave: 1, event_version: 2 });
});

test('SQS hangs: a search ends in time all the same, and is told later', async () => {
  const [orderId = ''] = await overdue(1);
  world.ways.sqs.door.freeze();
  const { failed, msLeft } = await world.deliver('dispatch', deadlineOf(orderId));
  expect(failed).toEqual([]);
  expect(msLeft).toBeGreaterThan(0);
  expect(await statusOf(orderId)).toBe('expired');
  const left = await world.sql(
    'SELECT event_version FROM weelo.outbox WHERE order_id = $1 AND relayed_at IS NULL',
    [orderId],
  );
  expect(left).toEqual([{ event_version: 2 }, { event_version: 2 }]);
});

test('DynamoDB hangs in notify: an event fails in time', async () => {
  const event = cancellationFor([randomUUID()]);
  world.ways.dynamodb.door.freeze();
  const { failed, msLeft } = await world.deliver('notify', event);
  expect(failed).toEqual([0]);
  expect(msLeft).toBeGreaterThan(0);
});
