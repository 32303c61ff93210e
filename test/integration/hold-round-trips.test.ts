import { beforeAll, expect, test } from 'vitest';
import { Cluster } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { openGeoIndex } from '../../src/fleet/presence/index/geo-index.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { watchEngines } from '../support/engines/watched-engines.ts';
import { whenDone } from '../support/engines/when-done.ts';
import {
  aces,
  marketWorld,
  somewhere,
  tataAce,
  type MarketWorld,
  type Transporter,
} from '../support/worlds/market-world.ts';

let world: MarketWorld;
let costOf: Awaited<ReturnType<typeof watchEngines>>['costOf'];
/** In the Redis that is watched, which the functions use. The world's own is another one. */
let geo: ReturnType<typeof openGeoIndex>;

beforeAll(async () => {
  const engines = await watchEngines();
  world = await marketWorld(engines.instead);
  costOf = engines.costOf;
  const redis = new Cluster([process.env['REDIS_URL'] ?? '']);
  whenDone(() => redis.disconnect());
  geo = openGeoIndex({
    redis: {
      evaluate: (script, keys, args) => redis.eval(script, keys.length, ...keys, ...args),
      getRange: (key, first, last) => redis.getrange(key, first, last),
    },
    clock,
  });
  // What only a function's first call costs: connections, credentials, keys.
  const { owner, hold } = await offered({ transporters: 1, trucks: 1 });
  await hold(1);
  // Both connections of the pool, one of which a transaction takes.
  await Promise.all([readFeed(owner), readFeed(owner)]);
});

const line = { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace' };
const readFeed = ({ token }: Transporter) => world.orders.listRequests({ token, query: {} });

/** An order for so many trucks, and around its pickup so many transporters with three trucks each. */
async function searching({
  transporters = 10,
  trucks = 3,
}: { transporters?: number; trucks?: number } = {}) {
  const places = somewhere();
  const owners: Transporter[] = [];
  while (owners.length < transporters) {
    const kinds = [tataAce, tataAce, tataAce];
    const owner = await world.transporter({ from: places.pickup, kinds });
    const north = places.pickup.latitude + owners.length / 1000;
    const position = { latitude: north, longitude: places.pickup.longitude };
    await geo.noteHeartbeat({ id: owner.id, position, readKinds: async () => kinds });
    owners.push(owner);
  }
  const [owner = expect.fail('Nobody is near')] = owners;
  return { orderId: await placeAt(places, trucks), owners, owner, places };
}

async function placeAt(places: ReturnType<typeof somewhere>, trucks: number) {
  const { token } = await world.customer();
  const order = { ...world.documented, ...places, vehicleRequirements: [aces(trucks)] };
  const { body, error } = await world.place(token, { order });
  return body?.order.id ?? expect.fail(`Not placed: ${error?.code}`);
}

/** The same, and its first wave has begun. The session of the nearest transporter is known. */
async function offered(wanted: Parameters<typeof searching>[0] = {}) {
  const { orderId, owners, owner, places } = await searching(wanted);
  await world.wave(orderId);
  await readFeed(owner);
  const hold = (quantity: number, idempotencyKey: string = randomUUID()) =>
    world.orders.holdTrucks({
      token: owner.token,
      idempotencyKey,
      body: { orderId, ...line, quantity },
    });
  return { orderId, owners, owner, places, hold };
}

/** Against the limit of the route, and that of all routes: one question. */
const countOf = (route: string, { id }: Transporter) =>
  `eval rate:{${id}}:${route} rate:{${id}}:all`;
const noted = expect.stringMatching(/^UPDATE weelo.outbox SET relayed_at = /);
const transaction = (...statements: unknown[]) => ['BEGIN', ...statements, 'COMMIT'];
/** The order, and then the transporter. */
const lockedBoth = expect.stringMatching(
  /^WITH locked AS MATERIALIZED \( SELECT .* FOR UPDATE OF o \) .* FOR NO KEY UPDATE OF owner$/,
);
const inHand = expect.stringMatching(/^SELECT o\.\*, .* clock_timestamp\(\) AS read_at, /);
const standing = expect.stringMatching(/ AS offer, .* AS free, .* FROM weelo.users AS owner /);
const freeTrucks = expect.stringMatching(/^SELECT v.transporter_id .* AS free FROM /);
const written = expect.stringMatching(/^WITH change AS MATERIALIZED /);
/** The intent is noted, and then its answer. */
const once = ['DynamoDB.PutItem', 'DynamoDB.UpdateItem'];
const batch = 'AmazonSQS.SendMessageBatch';

test('a hold: two scripts, one transaction of four statements, two writes and two batches of messages', async () => {
  const { orderId, owner, hold } = await offered();
  const { outcome, cost } = await costOf(() => hold(2));
  expect(outcome.status).toBe(200);
  expect(cost).toEqual({
    redis: [`eval order:${orderId}`, countOf('holdTrucks', owner)],
    postgres: [...transaction(lockedBoth, inHand, standing, written), noted],
    // Its timer before the commit, and its events after it.
    aws: [...once, batch, batch],
  });
});

test('of the last free truck it is one batch more, for dispatch', async () => {
  const { hold } = await offered();
  const { outcome, cost } = await costOf(() => hold(3));
  expect(outcome.status).toBe(200);
  expect(cost.postgres).toHaveLength(7);
  expect(cost.aws).toEqual([...once, batch, batch, batch]);
});

test('asked for again with its key, it is one refused write', async () => {
  const { hold } = await offered();
  const key = randomUUID();
  await hold(1, key);
  const { outcome, cost } = await costOf(() => hold(1, key));
  expect(outcome.headers['idempotent-replayed']).toBe('true');
  expect(cost).toEqual({
    redis: [],
    postgres: [],
    aws: ['DynamoDB.PutItem', 'DynamoDB.GetItem'],
  });
});

test('whoever is too late writes nothing and tells nobody', async () => {
  const { owners, hold, orderId } = await offered();
  const [, second = expect.fail('There is no second')] = owners;
  await readFeed(second);
  await hold(3);
  const { outcome, cost } = await costOf(() =>
    world.orders.holdTrucks({ token: second.token, body: { orderId, ...line, quantity: 1 } }),
  );
  expect(outcome.error?.code).toBe('NOT_ENOUGH_AVAILABLE');
  expect(cost).toEqual({
    redis: [countOf('holdTrucks', second)],
    postgres: transaction(lockedBoth, inHand, standing),
    aws: [],
  });
});

test('a confirmation of two is the same, with their drivers and their vehicles', async () => {
  const { orderId, owner, hold } = await offered();
  const { body } = await hold(2);
  const assignments = [0, 1].map((i) => ({
    vehicleId: owner.vehicles[i] ?? '',
    driverId: owner.drivers[i]?.id ?? '',
  }));
  const { outcome, cost } = await costOf(() =>
    world.orders.confirmHold({
      token: owner.token,
      idempotencyKey: randomUUID(),
      body: { holdId: body?.holdId ?? '', assignments },
    }),
  );
  expect(outcome.body?.assignmentIds).toHaveLength(2);
  const vehicles = expect.stringMatching(/ FROM weelo.vehicles .* FOR NO KEY UPDATE$/);
  const drivers = expect.stringMatching(/^SELECT d\.id, .* FROM weelo.users AS d /);
  expect(cost).toEqual({
    redis: [`eval order:${orderId}`, countOf('confirmHold', owner)],
    postgres: [...transaction(lockedBoth, inHand, drivers, vehicles, written), noted],
    // Its timer before the commit, and after it its events, for notify and for dispatch.
    aws: [...once, batch, batch, batch],
  });
});

test('a release counts free trucks once, for all who are told again', async () => {
  const { orderId, owner, hold } = await offered();
  const { body } = await hold(2);
  const { outcome, cost } = await costOf(() =>
    world.orders.releaseHold({ token: owner.token, body: { holdId: body?.holdId ?? '' } }),
  );
  expect(outcome.status).toBe(200);
  expect(cost).toEqual({
    redis: [`eval order:${orderId}`, countOf('releaseHold', owner)],
    postgres: [...transaction(lockedBoth, inHand, freeTrucks, written), noted],
    // Ten offers and a domain event are two batches for notify; one message is for dispatch.
    aws: [batch, batch, batch],
  });
});

test('a wave that offers to ten: at most four questions to the index, eleven statements and two batches', async () => {
  const { orderId, owner } = await searching();
  const { cost } = await costOf(() => world.wave(orderId));
  const { body } = await readFeed(owner);
  expect(body?.count).toBe(1);
  const { redis, ...others } = cost;
  // How many they are depends on how many areas of the index meet around the pickup.
  const ofIndex = redis.filter((each) => /^(eval geo:|getrange )/.test(each));
  expect(ofIndex.length).toBeLessThanOrEqual(4);
  expect(redis.filter((each) => !ofIndex.includes(each))).toEqual([`eval order:${orderId}`]);
  const askedMeanwhile = expect.stringMatching(/^SELECT owner.id FROM weelo.users AS owner /);
  expect(others).toEqual({
    postgres: [
      expect.stringMatching(/^SELECT .* AS "hasUnsent" FROM weelo.orders AS o /),
      expect.stringMatching(/^SELECT owner.id, fleet.free /),
      ...transaction(
        expect.stringMatching(/^SELECT o.id .* FOR UPDATE OF o$/),
        inHand,
        askedMeanwhile,
        written,
      ),
      noted,
      expect.stringMatching(/^UPDATE weelo.offers AS f SET sent_at = /),
      // Whether their trucks are still free, now that the offers are there.
      expect.stringMatching(/^SELECT v.transporter_id AS "transporterId", /),
    ],
    // Ten offers and a domain event.
    aws: [batch, batch],
  });
});

test('a wave that comes again is one statement', async () => {
  const { orderId } = await offered();
  const { cost } = await costOf(() => world.wave(orderId));
  expect(cost).toEqual({
    redis: [],
    postgres: [expect.stringMatching(/^SELECT .* AS "hasUnsent" FROM weelo.orders AS o /)],
    aws: [],
  });
});

test('the feed is one count and two statements, however many offers there are', async () => {
  const { owner, places } = await offered();
  await world.wave(await placeAt(places, 1));
  const live = expect.stringMatching(/^SELECT o\.\*, .* FROM weelo.offers AS f JOIN weelo.orders /);
  const { outcome, cost } = await costOf(() => readFeed(owner));
  expect(outcome.body?.count).toBe(2);
  expect(cost).toEqual({
    redis: [countOf('listRequests', owner)],
    postgres: [live, freeTrucks],
    aws: [],
  });
});
