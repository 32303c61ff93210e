import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { faultyOrderWorld, type FaultyOrderWorld } from '../support/worlds/faulty-order-world.ts';

let world: FaultyOrderWorld;
beforeAll(async () => {
  world = await faultyOrderWorld();
});
beforeEach(() => world.heal());
afterEach(() => {
  vi.useRealTimers();
});

/** An order that its customer has looked at: it is cached as it is. */
async function seen() {
  const { token } = await world.customer();
  const { orderId = '' } = await world.place(token, randomUUID());
  const params = { id: orderId };
  const read = async () => (await world.orders.getOrderStatus({ token, params })).body?.status;
  const cancel = () => world.orders.cancelOrder({ token, params, body: {} });
  expect(await read()).toBe('broadcasting');
  return { orderId, read, cancel };
}

const isLocked = (said: string) => said.includes('FOR UPDATE');
const isCommitted = (said: string) => said.includes('COMMIT');

async function shutAllButPostgres() {
  const doors = [...world.redis.doors, world.ways.sqs.door];
  await Promise.all(doors.map((door) => door.shut()));
}

test('nothing works after the commit: the next reader sees the cancellation', async () => {
  const { read, cancel } = await seen();
  world.ways.postgres.trap.after(isCommitted, async () => {
    await shutAllButPostgres();
    return 'passed';
  });
  expect((await cancel()).body?.status).toBe('cancelled');
  await world.heal();
  expect(await read()).toBe('cancelled');
});

test('a reader that read before the commit cannot put back what it read', async () => {
  const { read, cancel } = await seen();
  let meanwhile: string | undefined;
  world.ways.postgres.trap.before(isCommitted, async () => {
    meanwhile = await read();
    return 'passed';
  });
  await cancel();
  expect(meanwhile).toBe('broadcasting');
  expect(await read()).toBe('cancelled');
});

test('a cancellation that is rolled back leaves the order as it was, and a later one is seen', async () => {
  const { orderId, read, cancel } = await seen();
  world.ways.postgres.trap.before(isCommitted, async () => {
    await world.postgres.throwOut();
    return 'lost';
  });
  expect((await cancel()).error?.status).toBeGreaterThanOrEqual(500);
  await world.heal();
  expect(await read()).toBe('broadcasting');
  expect(
    await world.sql('SELECT event_version FROM weelo.orders WHERE id = $1', [orderId]),
  ).toEqual([{ event_version: 1 }]);
  expect((await cancel()).body?.status).toBe('cancelled');
  expect(await read()).toBe('cancelled');
});

test('Redis is away while it is cancelled: dispatch announces it, once Redis is back', async () => {
  const { orderId, read, cancel } = await seen();
  world.ways.postgres.trap.before(isLocked, async () => {
    await Promise.all(world.redis.doors.map((door) => door.shut()));
    return 'passed';
  });
  expect((await cancel()).body?.status).toBe('cancelled');
  const queued = await world.queuedFor(orderId);
  // One before the commit, for who crashes after it; and one after it.
  const changes = queued.filter(({ kind }) => kind === 'order-changed');
  const told = { orderId, eventVersion: 2 };
  expect(changes).toMatchObject([told, told]);
  const [change] = changes;
  if (!change) return;
  expect(await world.deliver('dispatch', change)).toMatchObject({ failed: [0] });

  await world.heal();
  await vi.waitFor(
    async () => expect(await world.deliver('dispatch', change)).toMatchObject({ failed: [] }),
    { timeout: 8000, interval: 50 },
  );
  expect(await read()).toBe('cancelled');
});

test('a change of more than a minute ago is nobody’s business, with Redis or without it', async () => {
  const at = new Date(Date.now() - 61_000).toISOString();
  const change = { kind: 'order-changed', orderId: randomUUID(), eventVersion: 2, at };
  await Promise.all(world.redis.doors.map((door) => door.shut()));
  expect(await world.deliver('dispatch', change)).toMatchObject({ failed: [] });
});

test('a reader that was frozen for a minute keeps nothing of what it had read', async () => {
  const { token } = await world.customer();
  const { orderId = '' } = await world.place(token, randomUUID());
  const params = { id: orderId };
  const isRead = (said: string) => said.includes(orderId) && !said.includes('UPDATE');
  world.ways.postgres.trap.after(isRead, async () => {
    vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ['Date'] });
    return 'passed';
  });
  const { body } = await world.orders.getOrderStatus({ token, params });
  expect(body?.status).toBe('broadcasting');
  vi.useRealTimers();
  await world.sql('UPDATE weelo.orders SET distance_km = 99 WHERE id = $1', [orderId]);
  const { body: again } = await world.orders.getOrder({ token, params });
  expect(again?.order.distanceKm).toBe(99);
});
