import { Cluster } from 'ioredis';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { vehicleKinds } from '../../src/catalogue/vehicle-kind.ts';
import { routesOf } from '../../src/contract/http/routes.ts';
import { authWorld, freshPhone } from '../support/worlds/auth-world.ts';
import { clientOf, type Client } from '../support/client.ts';
import { freshNumber } from '../support/worlds/fleet-world.ts';
import { into } from '../support/invoke.ts';
import { watchEngines } from '../support/engines/watched-engines.ts';

let world: Awaited<ReturnType<typeof authWorld>>;
let fleet: Client<ReturnType<typeof routesOf<'fleet'>>[number]>;
let costOf: Awaited<ReturnType<typeof watchEngines>>['costOf'];
let roundTrips: ReturnType<typeof countRoundTrips>;

beforeAll(async () => {
  const engines = await watchEngines();
  world = await authWorld(engines.instead);
  costOf = engines.costOf;
  const { handler } = await import('../../functions/fleet.ts');
  fleet = clientOf(routesOf('fleet'), into(handler));
  roundTrips = countRoundTrips();
  // What only a function's first call costs: connections, credentials, keys.
  await (await owner({ vehicles: 1, kinds: 1 })).beat();
});

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() }));
afterEach(() => void vi.useRealTimers());

const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

/** What is asked of Redis while an answer is on its way is sent along, and no round trip of its own. */
function countRoundTrips() {
  let [count, underWay] = [0, 0];
  const ask = Reflect.get(Cluster.prototype, 'eval') as (
    ...question: unknown[]
  ) => Promise<unknown>;
  vi.spyOn(Cluster.prototype, 'eval').mockImplementation(async function (
    this: Cluster,
    ...question: unknown[]
  ) {
    if (underWay === 0) count += 1;
    underWay += 1;
    try {
      return await Reflect.apply(ask, this, question);
    } finally {
      underWay -= 1;
    }
  });
  return {
    take: () => {
      const counted = count;
      count = 0;
      return counted;
    },
  };
}

const oneTruck = { vehicles: 1, kinds: 1 };
const manyTrucks = { vehicles: 200, kinds: 30 };

function truckOf(rank: number) {
  const { key, type, name } = vehicleKinds[rank] ?? {};
  return { number: freshNumber(), key, type: type?.id, name };
}

/** A transporter who has logged in and is on the road, with a fleet. */
async function owner({ vehicles, kinds }: typeof oneTruck) {
  const { user, tokens } = await world.logIn(freshPhone(), 'transporter');
  await world.sql(
    `INSERT INTO weelo.vehicles
       (id, transporter_id, number, vehicle_key, vehicle_type, vehicle_subtype, capacity)
     SELECT gen_random_uuid(), $1, v.number, v.key, v.type, v.name, '9 Ton'
     FROM jsonb_to_recordset($2::jsonb) AS v (number text, key text, type text, name text)`,
    [user.id, JSON.stringify(Array.from({ length: vehicles }, (_, i) => truckOf(i % kinds)))],
  );
  const ask = (kmNorth: number) => {
    const body = { latitude: 22 + kmNorth / 111, longitude: 79 };
    return costOf(() => fleet.beat({ token: tokens.accessToken, body }));
  };
  const noted = `eval geo:captain:{${user.id}} geo:kinds:{${user.id}} transporter:presence:{${user.id}}`;
  /** A heartbeat, and what it cost. */
  const beat = async (kmNorth = 0) => {
    roundTrips.take();
    const { outcome, cost } = await ask(kmNorth);
    expect(outcome.body?.registered).toBe(true);
    return { ...cost, redisRoundTrips: roundTrips.take() };
  };
  /** A heartbeat that may be refused. */
  const tryToBeat = async (kmNorth = 0) => {
    const { outcome, cost } = await ask(kmNorth);
    return { ...cost, refused: outcome.error?.code };
  };
  return { noted, beat, tryToBeat };
}

const session = 'DynamoDB.GetItem';
const kinds = expect.stringMatching(/^SELECT DISTINCT vehicle_key AS key FROM weelo.vehicles /);
const cell = expect.stringMatching(/^eval geo:\{\w{3}\}:\w{3}( geo:gone:\{\w{3}\})?$/);
/** One of everybody, and one of each kind. */
const mapsOf = (size: typeof oneTruck) =>
  expect.stringMatching(`^eval geo:map:{\\w\\w}:all( geo:map:{\\w\\w}:[\\w-]{2}){${size.kinds}}$`);

describe.each([
  ['one vehicle', oneTruck],
  ['200 vehicles of 30 kinds', manyTrucks],
])('a heartbeat of who has %s', (_, size) => {
  const maps = mapsOf(size);

  test('reads the kinds of its fleet when they are not known, and is written', async () => {
    const { noted, beat } = await owner(size);
    expect(await beat()).toEqual({
      redis: [noted, noted, maps, cell],
      redisRoundTrips: 3,
      postgres: [kinds],
      aws: [session],
    });
  });

  test('is one round trip to Redis, and none to anybody else', async () => {
    const { noted, beat } = await owner(size);
    await beat();
    // A change is written twice: what was cut off is made good.
    pass(5);
    const written = { redis: [noted, maps, cell], redisRoundTrips: 2, postgres: [], aws: [] };
    expect(await beat()).toEqual(written);
    for (const seconds of [5, 5]) {
      pass(seconds);
      const steady = { redis: [noted], redisRoundTrips: 1, postgres: [], aws: [] };
      expect(await beat()).toEqual(steady);
    }
  });

  test('looks a session up again after 20 seconds', async () => {
    const { noted, beat } = await owner(size);
    await beat();
    pass(5);
    await beat();
    pass(14);
    expect((await beat()).aws).toEqual([]);
    pass(2);
    const { redis, redisRoundTrips, aws } = await beat();
    expect({ redis, redisRoundTrips, aws }).toEqual({
      redis: [noted],
      redisRoundTrips: 1,
      aws: [session],
    });
  });

  test('is a second round trip when it has left its cell, and is taken out of it with the same', async () => {
    const { noted, beat } = await owner(size);
    await beat();
    pass(5);
    await beat();
    pass(5);
    await beat(0.01);
    pass(5);
    const moved = await beat(2);
    expect(moved).toEqual({
      redis: [noted, maps, cell, cell],
      redisRoundTrips: 2,
      postgres: [],
      aws: [],
    });
    expect(new Set(moved.redis).size).toBe(4);
  });

  test('is a second round trip every 30 seconds', async () => {
    const { noted, beat } = await owner(size);
    await beat();
    pass(5);
    await beat();
    pass(31);
    expect(await beat()).toEqual({
      redis: [noted, maps, cell],
      redisRoundTrips: 2,
      postgres: [],
      aws: [session],
    });
  });

  test('is one refused question when it comes too early', async () => {
    const { noted, beat, tryToBeat } = await owner(size);
    await beat();
    pass(1.9);
    expect(await tryToBeat(2)).toEqual({
      redis: [noted],
      postgres: [],
      aws: [],
      refused: 'RATE_LIMIT_EXCEEDED',
    });
    pass(0.1);
    await beat();
  });

  test('costs no more than this in a minute, however often and from wherever it is sent', async () => {
    const { noted, beat, tryToBeat } = await owner(size);
    await beat(2);
    pass(60);
    const [asked, answers]: [string[], (string | undefined)[]] = [[], []];
    for (let half = 0; half < 120; half += 1) {
      const { redis, refused } = await tryToBeat(half % 8 < 4 ? 0 : 2);
      asked.push(...redis);
      answers.push(refused);
      pass(0.5);
    }
    expect(answers.filter((refused) => refused === undefined)).toHaveLength(30);
    const notes = asked.filter((each) => each === noted);
    const marks = asked.filter((each) => each.startsWith('eval geo:map:'));
    expect(notes).toHaveLength(120);
    expect(marks.length).toBeLessThanOrEqual(12);
    // Each write is its maps, its cell, and the cell that was left.
    expect(asked.length - notes.length).toBeLessThanOrEqual(12 * 3);
  });
});
