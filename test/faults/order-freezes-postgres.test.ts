import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { freezeAt, lambdaMs, patience, placedIn } from '../support/faults/freezes.ts';
import { faultyOrderWorld, type FaultyOrderWorld } from '../support/worlds/faulty-order-world.ts';

let world: FaultyOrderWorld;
beforeAll(async () => {
  world = await faultyOrderWorld();
});
beforeEach(() => world.heal());

test('PostgreSQL hangs while it is asked: whoever tries meanwhile waits, and it is one order', async () => {
  let thaw = () => {};
  world.at('it looks what is in the way').before(async () => {
    ({ thaw } = await world.postgres.freeze());
    return 'passed';
  });
  const customer = await world.customer();
  const { id, token } = customer;
  const key = randomUUID();
  const placing = world.place(token, key);
  await sleep(1000);
  const meanwhile = [await world.place(token, key), await world.place(token, randomUUID())];
  for (const { answer, ms } of meanwhile) {
    expect(answer).toBe('CONCURRENT_REQUEST');
    expect(ms).toBeLessThan(patience.machine);
  }
  const first = await placing;
  expect(first.answer).toBe('SERVICE_UNAVAILABLE');
  expect(first.ms).toBeLessThan(lambdaMs);
  thaw();
  expect(await world.ordersOf(id)).toEqual([]);
  await world.expectWhole(customer, key, [first, ...meanwhile]);
});

test('PostgreSQL hangs before the commit, and commits when nobody waits any more: it is found', async () => {
  let thaw = () => {};
  world.at('it is committed').before(async () => {
    ({ thaw } = await world.postgres.freeze());
    return 'passed';
  });
  const { customer, key, first, there } = await placedIn(world);
  expect(first.answer).toBe('SERVICE_UNAVAILABLE');
  expect(first.ms).toBeLessThan(lambdaMs);
  expect(there).toEqual([]);
  thaw();
  await world.expectWhole(customer, key, [first]);
});

test('PostgreSQL hangs after the commit: 503, and it is found', async () => {
  freezeAt(world, 'it is committed', 'after', [world.ways.postgres.door]);
  const { customer, key, first, there } = await placedIn(world);
  expect(first.answer).toBe('SERVICE_UNAVAILABLE');
  expect(first.ms).toBeLessThan(lambdaMs);
  expect(there).toHaveLength(1);
  await world.heal();
  await world.expectWhole(customer, key, [first]);
});

test('PostgreSQL hangs when all is done but one note: it is placed', async () => {
  freezeAt(world, 'that is noted', 'before', [world.ways.postgres.door]);
  const { customer, key, first } = await placedIn(world);
  expect(first.answer).toBe(201);
  expect(first.ms).toBeLessThan(lambdaMs);
  await world.heal();
  await world.expectWhole(customer, key, [first]);
});

test('everything takes 1.9 s to answer: an answer comes before the time is over, and it is one order', async () => {
  const { dynamodb, sqs, postgres } = world.ways;
  const doors = [dynamodb.door, sqs.door, postgres.door, ...world.redis.doors];
  for (const door of doors) door.lengthen(1900);
  const { customer, key, first } = await placedIn(world);
  expect([201, 'SERVICE_UNAVAILABLE']).toContain(first.answer);
  expect(first.ms).toBeLessThan(lambdaMs);
  await world.heal();
  // Whoever was late still works on it, and has the lock: the app tries again when it is told to.
  const again = { timeout: 5000, interval: 1500 };
  const retry = async () => expect((await world.place(customer.token, key)).answer).toBe(201);
  await vi.waitFor(retry, again);
  await world.expectWhole(customer, key, [first]);
});
