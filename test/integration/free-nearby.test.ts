import { createServer } from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { vehicleKinds } from '../../src/catalogue/vehicle-kind.ts';
import { freeNearby } from '../../src/fleet/free-nearby.ts';
import { openGeoIndex } from '../../src/fleet/geo-index.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { openPostgres } from '../../src/platform/postgres.ts';
import { openRedis } from '../../src/platform/redis.ts';
import { fleetWorld, freshNumber } from '../support/fleet-world.ts';

const world = await fleetWorld();
const { postgres } = world;

function redisAt(url: string, mode: 'cluster' | 'single') {
  const redis = openRedis({ url, mode, onConnect: () => undefined, onError: () => undefined });
  afterAll(() => redis.close());
  return redis;
}
const { url, mode } = inject('redis');
const redis = redisAt(url, mode);
const geo = openGeoIndex({ redis, clock });

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
  readonly at: { readonly latitude: number; readonly longitude: number };
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
  await Promise.all(ids.map((id) => geo.place({ id, position: at, readKinds: async () => [key] })));
  return ids;
}

/** About 1.1 km. */
const further = (at: { readonly latitude: number; readonly longitude: number }) => ({
  latitude: at.latitude + 0.01,
  longitude: at.longitude,
});

describe('who is free nearby', () => {
  test('is seen behind a hundred who have something else', async () => {
    const from = somewhere();
    await owners({ count: 120, key: 'open_17_ft', at: from });
    await owners({ count: 1, key: tanker, at: further(from) });
    const all = await freeNearby({ from, kinds: everyKind }, { geo, postgres });
    expect([...all.keys()].toSorted()).toEqual(['open_17_ft', tanker].toSorted());
    expect(all.get('open_17_ft')).toEqual({ vehicles: 120, nearestMinutes: 0 });
    expect(all.get(tanker)?.vehicles).toBe(1);
    expect([...(await freeNearby({ from, kinds: [tanker] }, { geo, postgres }))]).toEqual([
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
    const found = await freeNearby({ from, kinds: everyKind }, { geo: counted, postgres });
    expect(found.get('open_17_ft')).toEqual({ vehicles: 500, nearestMinutes: 0 });
    expect(found.get(tanker)?.vehicles).toBe(1);
    expect(asked).toEqual([undefined, everyKind.filter((key) => key !== 'open_17_ft')]);
  });

  test('has been heard of, and has not gone offline, whatever entry is left', async () => {
    const from = somewhere();
    const [silent, offline] = await owners({ count: 3, key: tanker, at: from });
    await world.redis.hset(`geo:captain:{${silent}}`, 'seen', Date.now() - 91_000);
    await world.redis.hset(`transporter:presence:{${offline}}`, 'on', '0');
    const found = await freeNearby({ from, kinds: [tanker] }, { geo, postgres });
    expect(found.get(tanker)?.vehicles).toBe(1);
  });

  test('has an owner who is not suspended', async () => {
    const from = somewhere();
    const ids = await owners({ count: 2, key: tanker, at: from });
    await world.sql('UPDATE weelo.users SET suspended_at = now() WHERE id = $1', [ids[0]]);
    const found = await freeNearby({ from, kinds: [tanker] }, { geo, postgres });
    expect(found.get(tanker)?.vehicles).toBe(1);
  });
});

describe('who is free nearby is not known', () => {
  const from = somewhere();
  const asked = { from, kinds: everyKind };

  test.each(['cluster', 'single'] as const)('without Redis, a %s', async (kindOfRedis) => {
    const away = openGeoIndex({ redis: redisAt('redis://127.0.0.1:1', kindOfRedis), clock });
    expect(await freeNearby(asked, { geo: away, postgres })).toEqual(new Map());
  });

  test('while Redis answers nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => silent.once('listening', listening));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const frozen = openGeoIndex({ redis: redisAt(`redis://127.0.0.1:${port}`, 'single'), clock });
    expect(await freeNearby(asked, { geo: frozen, postgres })).toEqual(new Map());
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
    await expect(freeNearby(asked, { geo, postgres: away })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      status: 503,
    });
  });

  test.each([
    ['ours', new TypeError('undefined is not a captain')],
    ['a script’s', Object.assign(new Error('ERR user_script:3: no'), { name: 'ReplyError' })],
  ])('for a fault of %s, which is not hidden', async (_, fault) => {
    const broken = { ...geo, nearest: () => Promise.reject(fault) };
    await expect(freeNearby(asked, { geo: broken, postgres })).rejects.toBe(fault);
  });

  test('for a fault in a script that Redis really refuses', async () => {
    const broken = openGeoIndex({
      redis: { ...redis, evaluate: (_, keys, args) => redis.evaluate('no script', keys, args) },
      clock,
    });
    await expect(freeNearby(asked, { geo: broken, postgres })).rejects.toThrow('script');
  });
});
