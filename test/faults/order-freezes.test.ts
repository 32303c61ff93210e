import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { freezeAt, patience, placedIn } from '../support/faults/freezes.ts';
import { faultyOrderWorld, type FaultyOrderWorld } from '../support/worlds/faulty-order-world.ts';

let world: FaultyOrderWorld;
beforeAll(async () => {
  world = await faultyOrderWorld();
});
beforeEach(() => world.heal());

test.each([
  ['before', 'its intent is noted'],
  ['after', 'it looks what is in the way'],
  ['after', 'it is committed'],
] as const)('Redis freezes %s %s: it is placed', async (side, moment) => {
  freezeAt(world, moment, side, world.redis.doors);
  const { customer, key, first } = await placedIn(world);
  expect(first.answer).toBe(201);
  expect(first.ms).toBeLessThan(patience.redis + patience.machine);
  await world.heal();
  await world.expectWhole(customer, key, [first]);
});

test('Redis answers after 2 s: it is placed', async () => {
  for (const door of world.redis.doors) door.lengthen(2000);
  const { customer, key, first } = await placedIn(world);
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
  freezeAt(world, moment, 'before', [world.ways.dynamodb.door]);
  const { customer, key, first, there } = await placedIn(world);
  expect(first.answer).toBe('SERVICE_UNAVAILABLE');
  expect(first.ms).toBeLessThan(patience.aws + patience.machine);
  expect(there).toHaveLength(orders);
  await world.heal();
  await world.expectWhole(customer, key, [first]);
});

test('SQS freezes before the commit: 503, and nothing is written', async () => {
  freezeAt(world, 'its timers are queued', 'before', [world.ways.sqs.door]);
  const { customer, key, first, there } = await placedIn(world);
  expect(first.answer).toBe('SERVICE_UNAVAILABLE');
  expect(first.ms).toBeLessThan(patience.aws + patience.machine);
  expect(there).toEqual([]);
  await world.heal();
  await world.expectWhole(customer, key, [first]);
});

test('SQS freezes after the commit: 201, and the reconciler tells it', async () => {
  freezeAt(world, 'its wave is told', 'before', [world.ways.sqs.door]);
  const { customer, key, first, there } = await placedIn(world);
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
  const { customer, key, first, there } = await placedIn(world);
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
