import { createServer } from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vehicleKinds } from '../../src/catalogue/vehicle-kind.ts';
import { AppError } from '../../src/contract/errors.ts';
import { freeNearby } from '../../src/fleet/presence/free-nearby.ts';
import { openGeoIndex } from '../../src/fleet/presence/index/geo-index.ts';
import { openPresenceSwitch } from '../../src/fleet/presence/presence-switch.ts';
import { switchPresence } from '../../src/fleet/presence/transporter-presence.ts';
import { freeTrucksOf as countFreeTrucks } from '../../src/orders/holds/free-trucks.ts';
import type { Position } from '../../src/places/position.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { openPostgres, type Postgres } from '../../src/platform/postgres/postgres.ts';
import { openRedis, type RedisConnection } from '../../src/platform/redis/redis.ts';
import { fleetWorld, freshNumber } from '../support/worlds/fleet-world.ts';

const world = await fleetWorld();
const { postgres } = world;
const freeTrucksBy =
  ({ run }: Pick<Postgres, 'run'>): Parameters<typeof freeNearby>[1]['freeTrucksOf'] =>
  (ids, kinds) =>
    run((db) => countFreeTrucks(db, ids, kinds));
const freeTrucksOf = freeTrucksBy(postgres);

function redisAt(url: string, mode: 'cluster' | 'single') {
  const redis = openRedis({ url, mode, onConnect: () => undefined, onError: () => undefined });
  afterAll(() => redis.close());
  return redis;
}
/** As patient as a busy machine needs it: the functions' own connection gives up after 300 ms. */
const redis: Pick<RedisConnection, 'evaluate' | 'getRange'> = {
  evaluate: (script, keys, args) => world.redis.eval(script, keys.length, ...keys, ...args),
  getRange: (key, first, last) => world.redis.getrange(key, first, last),
};
const geo = openGeoIndex({ redis, clock, limitsLifted: true });

/** Where nobody else's captains are. */
let north = 9;
function somewhere() {
  north += 0.5;
  return { latitude: north, longitude: 93 };
}

const everyKind = vehicleKinds.map(({ key }) => key);
const kindOf = (key: string) => {
  const kind = vehicleKinds.find((each) => each.key === key);
  if (!kind) throw new Error(`There is no ${key}`);
  return kind;
};
const tanker = vehicleKinds.find(({ type }) => type.id === 'tanker')?.key ?? '';

interface Owners {
  readonly count: number;
  readonly key: string;
  readonly at: Position;
}

let registered = 0;
/** Owners of one vehicle each, who have all been heard of. */
async function owners({ count, key, at }: Owners): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  registered += 1;
  await world.sql(
    `INSERT INTO weelo.users (id, role, phone)
     SELECT id, 'transporter', '8' || lpad((${registered} * 10000 + n)::text, 9, '0')
     FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, n)`,
    [ids],
  );
  await world.sql(
    `INSERT INTO weelo.vehicles (id, transporter_id, number, vehicle_key, vehicle_type, vehicle_subtype, capacity)
     SELECT gen_random_uuid(), id, number, $3, $4, $5, '7 Ton'
     FROM unnest($1::uuid[], $2::text[]) AS t (id, number)`,
    [ids, ids.map(freshNumber), key, kindOf(key).type.id, kindOf(key).captainName],
  );
  await beat(ids, [key], () => at);
  return ids;
}

/** A heartbeat of each. */
async function beat(ids: readonly string[], kinds: readonly string[], at: (n: number) => Position) {
  await Promise.all(
    ids.map((id, n) => geo.noteHeartbeat({ id, position: at(n), readKinds: async () => kinds })),
  );
}

/** About 1.1 km. */
const further = (at: Position) => ({
  latitude: at.latitude + 0.01,
  longitude: at.longitude,
});

describe('who is free nearby', () => {
  test('is seen behind a hundred who have something else', async () => {
    const from = somewhere();
    await owners({ count: 120, key: 'open_17_ft', at: from });
    await owners({ count: 1, key: tanker, at: further(from) });
    const all = await freeNearby({ from, kinds: everyKind }, { geo, freeTrucksOf });
    expect([...all.keys()].toSorted()).toEqual(['open_17_ft', tanker].toSorted());
    expect(all.get('open_17_ft')).toEqual({ vehicles: 120, nearestMinutes: 0 });
    expect(all.get(tanker)?.vehicles).toBe(1);
    expect([...(await freeNearby({ from, kinds: [tanker] }, { geo, freeTrucksOf }))]).toEqual([
      [tanker, { vehicles: 1, nearestMinutes: expect.any(Number) }],
    ]);
  });

  test('is seen behind five hundred, with two questions', async () => {
    const from = somewhere();
    await owners({ count: 500, key: 'open_17_ft', at: from });
    // Nobody is free who has one of these and is near enough for the first question.
    await owners({ count: 1, key: tanker, at: further(from) });
    const asked: (readonly string[] | undefined)[] = [];
    const counted = {
      ...geo,
      nearest: (wanted: Parameters<typeof geo.nearest>[0]) => {
        asked.push(wanted.kinds);
        return geo.nearest(wanted);
      },
    };
    const found = await freeNearby({ from, kinds: everyKind }, { geo: counted, freeTrucksOf });
    expect(found.get('open_17_ft')).toEqual({ vehicles: 500, nearestMinutes: 0 });
    expect(found.get(tanker)?.vehicles).toBe(1);
    expect(asked).toEqual([undefined, everyKind.filter((key) => key !== 'open_17_ft')]);
  });

  test('has been heard of within 90 seconds', async () => {
    const from = somewhere();
    const [heard = ''] = await owners({ count: 2, key: tanker, at: from });
    const start = Date.now();
    const after = (ms: number) =>
      openGeoIndex({ redis, clock: { now: () => new Date(start + ms) } });
    await after(60_000).noteHeartbeat({
      id: heard,
      position: from,
      readKinds: async () => [tanker],
    });
    const found = async (ms: number) =>
      freeNearby({ from, kinds: [tanker] }, { geo: after(ms), freeTrucksOf });
    expect((await found(60_000)).get(tanker)?.vehicles).toBe(2);
    expect((await found(91_000)).get(tanker)?.vehicles).toBe(1);
  });

  test.each([
    ['before Redis heard it', false],
    ['after Redis had done it', true],
  ])('is not switched off, whichever question was lost, %s', async (_, isDone) => {
    const from = somewhere();
    const kinds = [tanker];
    const [offline = ''] = await owners({ count: 2, key: tanker, at: from });
    const found = async () =>
      (await freeNearby({ from, kinds }, { geo, freeTrucksOf })).get(tanker);
    const lost = new Error('Connection is closed.');
    for (let cutAt = 0, isCut = true; isCut; cutAt += 1) {
      // Whoever was told that it failed is found again with the next heartbeat.
      await beat([offline], kinds, () => from);
      expect(await found()).toMatchObject({ vehicles: 2 });
      let asked = 0;
      const cutOff: typeof redis = {
        ...redis,
        evaluate: async (...question) => {
          if (asked++ !== cutAt) return redis.evaluate(...question);
          if (isDone) await redis.evaluate(...question);
          throw lost;
        },
      };
      const presence = openPresenceSwitch({ redis: cutOff, clock });
      const deps = { geo: openGeoIndex({ redis: cutOff, clock }), presence, postgres, clock };
      const answer = await switchPresence(offline, false, deps).catch((error: unknown) => error);
      isCut = answer instanceof AppError && answer.cause === lost;
      const key = `transporter:presence:{${offline}}`;
      if ((await world.redis.hget(key, 'on')) === '0') {
        expect(await found()).toMatchObject({ vehicles: 1 });
      } else expect(isCut).toBe(true);
      await world.redis.del(key);
    }
  });

  test('has an owner who is not suspended', async () => {
    const from = somewhere();
    const ids = await owners({ count: 2, key: tanker, at: from });
    await world.sql('UPDATE weelo.users SET suspended_at = now() WHERE id = $1', [ids[0]]);
    const found = await freeNearby({ from, kinds: [tanker] }, { geo, freeTrucksOf });
    expect(found.get(tanker)?.vehicles).toBe(1);
  });
});

/** Of the grid of areas and regions that the index is asked by. */
const boundary = { latitude: 22.5, longitude: 78.75 };
const areaSize = 1.40625;

describe('a search asks Redis at most eight questions', () => {
  let crowd: readonly string[];
  beforeAll(async () => {
    crowd = await owners({ count: 500, key: 'open_17_ft', at: somewhere() });
  });

  test.each([
    ['amid an area', { east: 0.5, north: 0.5 }],
    ['where two areas meet', { east: 1, north: 0.5 }],
    ['where four areas meet', { east: 1, north: 1 }],
    ['where two regions meet', { east: 0, north: 0.5 }],
    ['where four regions meet', { east: 0, north: 0 }],
  ])('%s, whoever is near and whatever is wanted', async (_, { east, north }) => {
    const from = {
      latitude: boundary.latitude + north * areaSize,
      longitude: boundary.longitude + east * areaSize,
    };
    const asked: string[] = [];
    const heard = openGeoIndex({
      redis: {
        evaluate: (script, keys, args) => {
          asked.push(keys.join(' '));
          return redis.evaluate(script, keys, args);
        },
        getRange: (key, first, last) => {
          asked.push(key);
          return redis.getRange(key, first, last);
        },
      },
      clock,
    });
    const questions = async (kinds: readonly string[]) => {
      const found = await freeNearby({ from, kinds }, { geo: heard, freeTrucksOf });
      return { questions: asked.splice(0).length, found };
    };
    const open = vehicleKinds.filter(({ type }) => type.id === 'open').map(({ key }) => key);
    for (const kinds of [everyKind, open, [tanker]]) {
      expect((await questions(kinds)).questions).toBeLessThanOrEqual(8);
    }
    // All around, so that those on every side are among the five hundred nearest; and who has something rare is not.
    const around = (way: number, number: number) => ({
      latitude: from.latitude + (number % 2 === 0 ? way : -way),
      longitude: from.longitude + (number % 4 < 2 ? way : -way),
    });
    // Whoever drives on is found there only after a while; whoever comes online there, at once.
    await Promise.all(crowd.map((id) => geo.remove(id)));
    await beat(crowd, ['open_17_ft', ...open.slice(0, 3)], (number) => around(0.02, number));
    await owners({ count: 4, key: tanker, at: around(0.08, 0) });
    const { questions: ofEvery, found } = await questions(everyKind);
    expect(found.get('open_17_ft')?.vehicles).toBe(500);
    expect(found.get(tanker)?.vehicles).toBe(4);
    expect(ofEvery).toBeLessThanOrEqual(8);
    expect((await questions(open)).questions).toBeLessThanOrEqual(8);
    expect((await questions([tanker])).questions).toBeLessThanOrEqual(4);
  });
});

describe('who is free nearby is not known', () => {
  const from = somewhere();
  const asked = { from, kinds: everyKind };

  test.each(['cluster', 'single'] as const)('without Redis, a %s', async (kindOfRedis) => {
    const away = openGeoIndex({ redis: redisAt('redis://127.0.0.1:1', kindOfRedis), clock });
    expect(await freeNearby(asked, { geo: away, freeTrucksOf })).toEqual(new Map());
  });

  test('while Redis answers nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => silent.once('listening', listening));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const frozen = openGeoIndex({ redis: redisAt(`redis://127.0.0.1:${port}`, 'single'), clock });
    expect(await freeNearby(asked, { geo: frozen, freeTrucksOf })).toEqual(new Map());
    silent.close();
  });

  test('without PostgreSQL, which the customer is told', async () => {
    await owners({ count: 1, key: tanker, at: from });
    const away = openPostgres({
      host: '127.0.0.1',
      port: 1,
      database: 'weelo',
      tls: 'off',
      credentials: async () => ({ username: 'nobody', password: '' }),
      onError: () => undefined,
    });
    afterAll(() => away.close());
    await expect(
      freeNearby(asked, { geo, freeTrucksOf: freeTrucksBy(away) }),
    ).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      status: 503,
    });
  });

  test.each([
    ['ours', new TypeError('undefined is not a captain')],
    ['a script’s', Object.assign(new Error('ERR user_script:3: no'), { name: 'ReplyError' })],
  ])('for a fault of %s, which is not hidden', async (_, fault) => {
    const broken = { ...geo, nearest: () => Promise.reject(fault) };
    await expect(freeNearby(asked, { geo: broken, freeTrucksOf })).rejects.toBe(fault);
  });

  test('for a fault in a script that Redis really refuses', async () => {
    const broken = openGeoIndex({
      redis: { ...redis, evaluate: (_, keys, args) => redis.evaluate('no script', keys, args) },
      clock,
    });
    await expect(freeNearby(asked, { geo: broken, freeTrucksOf })).rejects.toThrow('script');
  });
});
