import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { faultyOrderWorld, moments, type Moment } from '../support/worlds/faulty-order-world.ts';
import type { Door } from '../support/faults/door.ts';

let world: Awaited<ReturnType<typeof faultyOrderWorld>>;
beforeAll(async () => {
  world = await faultyOrderWorld();
});
beforeEach(() => world.heal());

/** Milliseconds: what one engine is waited for, with its second try, and something for a busy machine. */
const patience = { redis: 1500, aws: 4000, postgres: 6000, machine: 1500 } as const;
/** When Lambda would end it without a word. */
const lambdaMs = 10_000;

/** Freezes what is behind a door from a moment on, until the end of the test. */
function freezeAt(moment: Moment, side: 'before' | 'after', doors: readonly Door[]) {
  const own = world.ways[moments[moment][0]].door;
  world.at(moment)[side](async () => {
    for (const door of doors) door.freeze();
    return doors.includes(own) ? 'lost' : 'passed';
  });
}

async function placed(key = randomUUID()) {
  const customer = await world.customer();
  const first = await world.place(customer.token, key);
  return { customer, key, first, there: await world.ordersOf(customer.id) };
}

test.each([
  ['before', 'its intent is noted'],
  ['after', 'it looks what is in the way'],
  ['after', 'it is committed'],
] as const)('Redis freezes %s %s: it is placed', async (side, moment) => {
  freezeAt(moment, side, world.redis.doors);
  const { customer, key, first } = await placed();
  expect(first.answer).toBe(201);
  expect(first.ms).toBeLessThan(patience.redis + patience.machine);
  await world.heal();
  await world.expectWhole(customer, key, [first]);
});

test('Redis answers after 2 s: it is placed', async () => {
  for (const door of world.redis.doors) door.lengthen(2000);
  const { customer, key, first } = await placed();
  expect(first.answer).toBe(201);
  expect(first.ms).toBeLessThan(patience.redis + patience.machine);
  const second = await world.place(customer.token, key);
  expect(second).toMatchObject({ answer: 201, orderId: first.orderId });
  await world.heal();
  await world.expectWhole(customer, key, [first, second]);
});

test.each([
  ['its intent is noted', 0],
  ['its answer is kept', 1],
] as const)('DynamoDB freezes before %s: 503, and %i orders', async (moment, orders) => {
  freezeAt(moment, 'before', [world.ways.dynamodb.door]);
  const { customer, key, first, there } = await placed();
  expect(first.answer).toBe('SERVICE_UNAVAILABLE');
  expect(first.ms).toBeLessThan(patience.aws + patience.machine);
  expect(there).toHaveLength(orders);
  await world.heal();
  await world.expectWhole(customer, key, [first]);
});

test('SQS freezes before the commit: 503, and nothing is written', async () => {
  freezeAt('its timers are queued', 'before', [world.ways.sqs.door]);
  const { customer, key, first, there } = await placed();
  expect(first.answer).toBe('SERVICE_UNAVAILABLE');
  expect(first.ms).toBeLessThan(patience.aws + patience.machine);
  expect(there).toEqual([]);
  await world.heal();
  await world.expectWhole(customer, key, [first]);
});

test('SQS freezes after the commit: 201, and the reconciler tells it', async () => {
  freezeAt('its wave is told', 'before', [world.ways.sqs.door]);
  const { customer, key, first, there } = await placed();
  expect(first.answer).toBe(201);
  expect(first.ms).toBeLessThan(patience.aws + patience.machine);
  expect(there).toEqual([first.orderId]);
  await world.heal();
  await world.expectWhole(customer, key, [first]);
});

test.each([
  // It was noted, and the second try of the AWS client finds that: whoever asks again waits until that is over.
  ['its intent is noted', 'CONCURRENT_REQUEST', 0],
  ['its timers are queued', 201, 1],
  ['its wave is told', 201, 1],
  ['its answer is kept', 201, 1],
] as const)('one answer is lost after %s: %s, and %i orders', async (moment, answer, orders) => {
  world.at(moment).after(async () => 'lost');
  const { customer, key, first, there } = await placed();
  expect(first.answer).toBe(answer);
  expect(first.ms).toBeLessThan(patience.aws + patience.machine);
  expect(there).toHaveLength(orders);
  await world.expectWhole(customer, key, [first]);
});

test('whoever is told to try again before the commit has placed nothing, then or later', async () => {
  const isTold = Promise.withResolvers<'passed'>();
  world.at('its timers are queued').after(() => isTold.promise);
  const customer = await world.customer();
  const key = randomUUID();
  const first = await world.place(customer.token, key, 1000);
  expect(first.answer).toBe('SERVICE_UNAVAILABLE');

  // What was going on goes on, and ends with giving the lock back.
  isTold.resolve('passed');
  await world.unlocked(customer.id);
  expect(await world.ordersOf(customer.id)).toEqual([]);
  await world.expectWhole(customer, key, [first]);
});

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
  const { customer, key, first, there } = await placed();
  expect(first.answer).toBe('SERVICE_UNAVAILABLE');
  expect(first.ms).toBeLessThan(lambdaMs);
  expect(there).toEqual([]);
  thaw();
  await world.expectWhole(customer, key, [first]);
});

test('PostgreSQL hangs after the commit: 503, and it is found', async () => {
  freezeAt('it is committed', 'after', [world.ways.postgres.door]);
  const { customer, key, first, there } = await placed();
  expect(first.answer).toBe('SERVICE_UNAVAILABLE');
  expect(first.ms).toBeLessThan(lambdaMs);
  expect(there).toHaveLength(1);
  await world.heal();
  await world.expectWhole(customer, key, [first]);
});

test('PostgreSQL hangs when all is done but one note: it is placed', async () => {
  freezeAt('that is noted', 'before', [world.ways.postgres.door]);
  const { customer, key, first } = await placed();
  expect(first.answer).toBe(201);
  expect(first.ms).toBeLessThan(lambdaMs);
  await world.heal();
  await world.expectWhole(customer, key, [first]);
});

test('everything takes 1.9 s to answer: an answer comes before the time is over, and it is one order', async () => {
  const { dynamodb, sqs, postgres } = world.ways;
  const doors = [dynamodb.door, sqs.door, postgres.door, ...world.redis.doors];
  for (const door of doors) door.lengthen(1900);
  const { customer, key, first } = await placed();
  expect([201, 'SERVICE_UNAVAILABLE']).toContain(first.answer);
  expect(first.ms).toBeLessThan(lambdaMs);
  await world.heal();
  // Whoever was late still works on it, and has the lock: the app tries again when it is told to.
  const again = { timeout: 5000, interval: 1500 };
  const retry = async () => expect((await world.place(customer.token, key)).answer).toBe(201);
  await vi.waitFor(retry, again);
  await world.expectWhole(customer, key, [first]);
});
