import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  faultyOrderWorld,
  moments,
  type FaultyOrderWorld,
  type Moment,
} from '../support/worlds/faulty-order-world.ts';

let world: FaultyOrderWorld;
beforeAll(async () => {
  world = await faultyOrderWorld();
});
beforeEach(() => world.heal());

/** Milliseconds in which whoever meets an engine that is not there is told so: far from any time-out. */
const soon = 3000;

const order = Object.keys(moments) as readonly Moment[];
const isBefore = (moment: Moment, other: Moment) => order.indexOf(moment) < order.indexOf(other);

type Side = 'before' | 'after';
/** What must be answered, and whether the order must be there then. */
interface Expected {
  readonly answers: readonly (string | number)[];
  readonly placed: boolean | 'perhaps';
}

const placed: Expected = { answers: [201], placed: true };
const notPlaced: Expected = { answers: ['SERVICE_UNAVAILABLE'], placed: false };
const unsaid: Expected = { answers: ['SERVICE_UNAVAILABLE'], placed: true };

interface Fault {
  readonly engine: 'redis' | 'dynamodb' | 'sqs' | 'postgres';
  readonly begin: () => Promise<unknown>;
  readonly expected: (moment: Moment, side: Side) => Expected;
}

const faults: Record<string, Fault> = {
  'Redis stops': {
    engine: 'redis',
    begin: () => Promise.all(world.redis.doors.map((door) => door.shut())),
    expected: () => placed,
  },
  'DynamoDB stops': {
    engine: 'dynamodb',
    begin: () => world.ways.dynamodb.door.shut(),
    // Nobody can say that it was answered before: so it is asked again, and found in PostgreSQL.
    expected: (moment) => (moment === 'its intent is noted' ? notPlaced : unsaid),
  },
  'SQS stops': {
    engine: 'sqs',
    begin: () => world.ways.sqs.door.shut(),
    expected: (moment) => (isBefore(moment, 'it is committed') ? notPlaced : placed),
  },
  'PostgreSQL stops': {
    engine: 'postgres',
    begin: async () => {
      await world.postgres.throwOut();
      await world.ways.postgres.door.shut();
    },
    expected: (moment, side) => {
      if (moment === 'it is committed') return side === 'before' ? notPlaced : unsaid;
      return isBefore(moment, 'it is committed') ? notPlaced : placed;
    },
  },
};

const cases = Object.keys(faults).flatMap((fault) =>
  order.flatMap((moment) =>
    (['before', 'after'] as const).map((side) => [fault, side, moment] as const),
  ),
);

describe('an engine stops while an order is placed', () => {
  test.each(cases)('%s %s %s', async (name, side, moment) => {
    const fault = faults[name];
    if (!fault) throw new Error(`${name} is no fault`);
    const customer = await world.customer();
    const { id, token } = customer;
    const key = randomUUID();
    let begun = 0;
    world.at(moment)[side](async () => {
      begun += 1;
      await fault.begin();
      return fault.engine === moments[moment][0] ? 'lost' : 'passed';
    });

    const first = await world.place(token, key);
    expect(begun).toBe(1);
    const expected = fault.expected(moment, side);
    expect(expected.answers).toContain(first.answer);
    expect(first.ms).toBeLessThan(soon);
    expect(await world.ordersOf(id)).toHaveLength(expected.placed ? 1 : 0);

    // As the app does: the same again, while nothing is repaired, and after.
    const second = await world.place(token, key);
    expect([201, 'SERVICE_UNAVAILABLE', 'CONCURRENT_REQUEST']).toContain(second.answer);
    expect(second.ms).toBeLessThan(soon);
    await world.heal();
    await world.expectWhole(customer, key, [first, second]);
  });
});

const crashes: readonly (readonly [Side, Moment, Expected])[] = [
  // It may be back before it is asked again.
  ['before', 'its intent is noted', { answers: [201, 'SERVICE_UNAVAILABLE'], placed: 'perhaps' }],
  ['after', 'its timers are queued', { answers: [201, 'SERVICE_UNAVAILABLE'], placed: 'perhaps' }],
  ['before', 'it is committed', notPlaced],
  ['after', 'it is committed', unsaid],
  ['before', 'its wave is told', placed],
  ['before', 'that is noted', placed],
];

describe('PostgreSQL crashes while an order is placed, and recovers', () => {
  test.each(crashes)('%s %s', async (side, moment, expected) => {
    const customer = await world.customer();
    const { id, token } = customer;
    const key = randomUUID();
    world.at(moment)[side](async () => {
      await world.postgres.crash();
      return moments[moment][0] === 'postgres' ? 'lost' : 'passed';
    });

    const first = await world.place(token, key);
    expect(expected.answers).toContain(first.answer);
    expect(first.ms).toBeLessThan(soon);
    await world.heal();
    const there = await world.ordersOf(id);
    if (expected.placed !== 'perhaps') expect(there).toHaveLength(expected.placed ? 1 : 0);
    else expect(there).toHaveLength(first.answer === 201 ? 1 : 0);
    await world.expectWhole(customer, key, [first]);
  });
});
