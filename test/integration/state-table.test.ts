import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { countInTable } from '../../src/platform/rate-limit.ts';
import { openStateTable, type StateTable } from '../../src/platform/aws/state-table.ts';
import { makeTable } from '../support/engines/function-environment.ts';

const clock = { at: Date.parse('2026-01-31T09:30:00.000Z'), now: () => new Date(clock.at) };
const inSeconds = (seconds: number) => new Date(clock.at + seconds * 1000);
const pass = (seconds: number) => {
  clock.at += seconds * 1000;
};

let name: string;
let table: StateTable;
beforeAll(async () => {
  name = await makeTable('pk', 'sk');
  table = openStateTable(name, clock);
});

let made = 0;
const freshKey = () => ({ pk: `test#${(made += 1)}`, sk: 'one' });
const atOnce = <T>(times: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, index) => work(index)));

test('what was put is there until it ends, and not after', async () => {
  const key = freshKey();
  await table.put(key, { role: 'customer', tries: 3, left: undefined }, inSeconds(60));
  expect(await table.get(key)).toEqual({ ...key, role: 'customer', tries: 3 });
  pass(59);
  expect(await table.get(key)).toBeDefined();
  pass(1);
  expect(await table.get(key)).toBeUndefined();
});

test('a put says what stood there before, unless that has ended', async () => {
  const key = freshKey();
  expect(await table.put(key, { round: 1 }, inSeconds(60))).toBeUndefined();
  expect(await table.put(key, { round: 2 }, inSeconds(60))).toMatchObject({ round: 1 });
  pass(60);
  expect(await table.put(key, { round: 3 }, inSeconds(60))).toBeUndefined();
  expect(await table.get(key)).toMatchObject({ round: 3 });
});

test('a list has all of one owner by name, without what has ended', async () => {
  const { pk } = freshKey();
  await table.put({ pk, sk: 'b' }, {}, inSeconds(60));
  await table.put({ pk, sk: 'a' }, {}, inSeconds(60));
  await table.put({ pk, sk: 'c' }, {}, inSeconds(10));
  await table.put(freshKey(), {}, inSeconds(60));
  pass(10);
  expect(await table.list(pk)).toEqual([
    { pk, sk: 'a' },
    { pk, sk: 'b' },
  ]);
});

test('of many who claim at once, one is told that it was first', async () => {
  for (let round = 0; round < 10; round += 1) {
    const key = freshKey();
    const claims = await atOnce(10, (by) => table.claim(key, { by }, inSeconds(60)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await table.get(key)).toMatchObject({ by: claims.findIndex(Boolean) });
  }
});

test('what has ended can be claimed anew, by one', async () => {
  const key = freshKey();
  await table.claim(key, {}, inSeconds(60));
  pass(59);
  expect(await table.claim(key, {}, inSeconds(60))).toBeUndefined();
  pass(1);
  const claims = await atOnce(10, () => table.claim(key, {}, inSeconds(60)));
  expect(claims.filter(Boolean)).toHaveLength(1);
});

test('of many who take at once, one gets it', async () => {
  for (let round = 0; round < 10; round += 1) {
    const key = freshKey();
    await table.put(key, { ticket: round }, inSeconds(60));
    const taken = await atOnce(10, () => table.take(key));
    expect(taken.filter(Boolean)).toEqual([{ ...key, ticket: round }]);
    expect(await table.get(key)).toBeUndefined();
  }
});

test('an item that has ended cannot be taken', async () => {
  const key = freshKey();
  await table.put(key, {}, inSeconds(60));
  pass(60);
  expect(await table.take(key)).toBeUndefined();
});

test('of many who count at once, each gets its own number', async () => {
  const key = freshKey();
  const numbers = await atOnce(20, () => table.count(key, inSeconds(60)));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
});

test('the first who counts decides when it ends, and then it begins anew', async () => {
  const key = freshKey();
  expect(await table.count(key, inSeconds(60))).toBe(1);
  pass(59);
  expect(await table.count(key, inSeconds(60))).toBe(2);
  pass(1);
  const numbers = await atOnce(10, () => table.count(key, inSeconds(60)));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
  pass(59);
  expect(await table.count(key, inSeconds(60))).toBe(11);
});

test('an item that no code of ours could have written is not seen', async () => {
  const key = freshKey();
  const Item = marshall({ ...key, note: 'without an end' });
  await new DynamoDBClient({}).send(new PutItemCommand({ TableName: name, Item }));
  expect(await table.get(key)).toBeUndefined();
});

test('calls are counted in windows of the clock, each by its own', async () => {
  clock.at = Date.parse('2026-01-31T10:00:40.000Z');
  const countCall = countInTable(table, clock);
  const rule = { limit: 3, windowSeconds: 60 };
  const call = () => countCall('rate:searchPlaces:user-1', rule);
  expect(await call()).toEqual({ allowed: true, limit: 3, remaining: 2, resetMs: 20_000 });
  expect(await call()).toEqual({ allowed: true, limit: 3, remaining: 1, resetMs: 20_000 });
  expect(await call()).toEqual({ allowed: true, limit: 3, remaining: 0, resetMs: 20_000 });
  pass(19);
  expect(await call()).toEqual({ allowed: false, limit: 3, remaining: 0, resetMs: 1000 });
  expect(await countCall('rate:searchPlaces:user-2', rule)).toMatchObject({ remaining: 2 });
  pass(1);
  expect(await call()).toEqual({ allowed: true, limit: 3, remaining: 2, resetMs: 60_000 });
});

test('of many calls at once, as many are let through as the limit says', async () => {
  const countCall = countInTable(table, clock);
  const verdicts = await atOnce(30, () => countCall('rate:race', { limit: 10, windowSeconds: 60 }));
  expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(10);
});

test('a call that two limits are on is counted under both, and told what refuses it', async () => {
  clock.at = Date.parse('2026-01-31T11:00:30.000Z');
  const overall = { key: freshKey().pk, limit: 3, windowSeconds: 60 };
  const call = (key: string) =>
    countInTable(table, clock)(`${overall.key}:${key}`, { limit: 2, windowSeconds: 10 }, overall);
  expect(await call('a')).toMatchObject({ allowed: true, limit: 2, remaining: 1 });
  expect(await call('a')).toMatchObject({ allowed: true, limit: 2, remaining: 0 });
  expect(await call('a')).toMatchObject({ allowed: false, limit: 2, resetMs: 10_000 });
  expect(await call('b')).toMatchObject({ allowed: false, limit: 3, resetMs: 30_000 });
  expect(await call('a')).toMatchObject({ allowed: false, limit: 3, resetMs: 30_000 });
});

test('and as many as both say are let through of many at once', async () => {
  const overall = { key: freshKey().pk, limit: 12, windowSeconds: 60 };
  const verdicts = await Promise.all(
    ['a', 'b'].map((key) =>
      atOnce(15, () =>
        countInTable(table, clock)(
          `${overall.key}:${key}`,
          { limit: 10, windowSeconds: 60 },
          overall,
        ),
      ),
    ),
  );
  const allowed = verdicts.map((each) => each.filter((verdict) => verdict.allowed).length);
  expect(Math.max(...allowed)).toBeLessThanOrEqual(10);
  expect((allowed[0] ?? 0) + (allowed[1] ?? 0)).toBeLessThanOrEqual(12);
});

test('of many items, those are answered that exist and have not ended', async () => {
  const keys = Array.from({ length: 250 }, freshKey);
  await Promise.all(
    keys.flatMap((key, i) =>
      i % 5 === 0 ? table.put(key, { i }, inSeconds(i % 2 ? 10 : 60)) : [],
    ),
  );
  pass(10);
  const found = await table.getMany(keys);
  const expected = keys.filter((_, i) => i % 10 === 0);
  expect(found.map(({ pk }) => pk).toSorted()).toEqual(expected.map(({ pk }) => pk).toSorted());
  expect(await table.getMany([])).toEqual([]);
});

test('facts that are merged and dropped at once do not disturb each other', async () => {
  const key = freshKey();
  await table.merge(key, { kept: 0, gone: 0 }, inSeconds(60));
  await Promise.all([
    ...Array.from({ length: 20 }, (_, i) => table.merge(key, { [`fact ${i}`]: i }, inSeconds(60))),
    table.drop(key, ['gone', 'never there']),
  ]);
  const expected = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`fact ${i}`, i]));
  expect(await table.get(key)).toEqual({ ...key, kept: 0, ...expected });
  expect(await table.merge(key, { kept: 1 }, inSeconds(60))).toEqual({
    ...key,
    kept: 1,
    ...expected,
  });
});

test('a fact is dropped from an item that is gone without making one', async () => {
  const key = freshKey();
  await table.drop(key, ['fact']);
  const rows = await new DynamoDBClient({}).send(
    new ScanCommand({
      TableName: name,
      FilterExpression: 'pk = :pk',
      ExpressionAttributeValues: marshall({ ':pk': key.pk }),
    }),
  );
  expect(rows.Items).toEqual([]);
});

describe('a change with a condition', () => {
  const isOpen = { condition: 'attribute_not_exists(closed)' };

  test('is made in one step if it holds, and not otherwise', async () => {
    const key = freshKey();
    await table.put(key, { letters: ['a', 'b', 'c'] }, inSeconds(60));
    const changed = await table.change(key, {
      set: ['seen = :two'],
      // The last one first.
      remove: ['letters[1]', 'letters[0]'],
      ...isOpen,
      values: { ':two': 2 },
    });
    expect(changed).toEqual({ ...key, letters: ['c'], seen: 2 });
    const closing = { set: ['closed = :yes'], ...isOpen, values: { ':yes': true } };
    expect(await table.change(key, closing)).toMatchObject({ closed: true });
    expect(await table.change(key, closing)).toBeUndefined();
  });

  test('is made by one of many at once', async () => {
    const key = freshKey();
    await table.put(key, {}, inSeconds(60));
    const all = await atOnce(20, (i) =>
      table.change(key, { set: ['closed = :i'], ...isOpen, values: { ':i': i } }),
    );
    expect(all.filter((each) => each !== undefined)).toHaveLength(1);
  });

  test('never makes an item, nor wakes one that has ended, and may move its end', async () => {
    const key = freshKey();
    const change = { set: ['seen = :yes'], ...isOpen, values: { ':yes': true } };
    expect(await table.change(key, change)).toBeUndefined();
    await table.put(key, {}, inSeconds(60));
    await table.change(key, { ...change, endsAt: inSeconds(120) });
    pass(119);
    expect(await table.get(key)).toEqual({ ...key, seen: true });
    pass(1);
    expect(await table.change(key, change)).toBeUndefined();
    expect(await table.takeIf(key, isOpen)).toBeUndefined();
  });

  test('may be that it is taken', async () => {
    const key = freshKey();
    await table.put(key, { holder: 'a' }, inSeconds(60));
    const heldBy = (name: string) => ({ condition: 'holder = :name', values: { ':name': name } });
    expect(await table.takeIf(key, heldBy('b'))).toBeUndefined();
    expect(await table.takeIf(key, heldBy('a'))).toEqual({ ...key, holder: 'a' });
    expect(await table.get(key)).toBeUndefined();
  });
});
