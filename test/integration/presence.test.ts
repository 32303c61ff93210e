import { afterEach, describe, expect, test, vi } from 'vitest';
import { routesOf } from '../../src/contract/http/routes.ts';
import { clientOf } from '../support/client.ts';
import { fleetWorld, truck } from '../support/worlds/fleet-world.ts';
import { into } from '../support/invoke.ts';

const world = await fleetWorld();
const { fleet, redis } = world;
const { handler } = await import('../../functions/orders.ts');
const orders = clientOf(routesOf('orders'), into(handler));

/** A place of its own for each test: nobody else's captains are near. */
let east = 70;
function somewhere() {
  east += 0.5;
  return { latitude: 22, longitude: east };
}

const customer = await world.person('customer');

/** What a customer's search says of trucks of 17 feet there. */
async function search({ latitude, longitude }: { latitude: number; longitude: number }) {
  const { body, error } = await orders.searchTrucks({
    token: customer.token,
    query: {
      pickupLat: latitude,
      pickupLng: longitude,
      dropLat: latitude + 1,
      dropLng: longitude,
      vehicleType: 'open',
    },
  });
  if (!body) throw new Error(error.code);
  const { freeNearby, nearestMinutes } =
    body.vehicles.find(({ vehicleKey }) => vehicleKey === 'open_17_ft') ?? {};
  return { freeNearby, nearestMinutes };
}

async function owner(trucks = 1) {
  const transporter = await world.person('transporter');
  const { token } = transporter;
  const vehicles: string[] = [];
  for (let i = 0; i < trucks; i += 1) {
    const { body } = await fleet.upsertVehicle({ token, body: truck() });
    vehicles.push(body?.vehicle.id ?? '');
  }
  const at = somewhere();
  return {
    ...transporter,
    vehicles,
    at,
    goOnline: () => fleet.setTransporterAvailability({ token, body: { isAvailable: true } }),
    goOffline: () => fleet.setTransporterAvailability({ token, body: { isAvailable: false } }),
    /** In time. */
    beat: async (change: object = {}) => {
      await longAgo(transporter.id);
      return fleet.beat({ token, body: { ...at, ...change } });
    },
    beatAgain: () => fleet.beat({ token, body: at }),
    presence: async () => (await fleet.getTransporterAvailability({ token })).body,
    /** As if the last change were long ago. */
    rested: () => redis.hset(`transporter:presence:{${transporter.id}}`, 'at', Date.now() - 5001),
  };
}

/** As if the last heartbeat were as long ago as two must be apart. */
async function longAgo(id: string): Promise<void> {
  const captain = `geo:captain:{${id}}`;
  const seen = await redis.hget(captain, 'seen');
  if (seen !== null) await redis.hset(captain, 'seen', Number(seen) - 2000);
}

const nobody = { freeNearby: 0, nearestMinutes: null };

describe('a search', () => {
  test('finds a truck when its owner goes online, and loses it when it goes offline', async () => {
    const { at, goOnline, goOffline, beat, rested } = await owner();
    expect(await search(at)).toEqual(nobody);
    await goOnline();
    expect((await beat()).body).toMatchObject({
      registered: true,
      vehicleKey: 'open_17_ft',
      nextHeartbeatMs: 5000,
    });
    expect(await search(at)).toEqual({ freeNearby: 1, nearestMinutes: 0 });
    await rested();
    await goOffline();
    expect(await search(at)).toEqual(nobody);
    // One that was still on its way.
    expect((await beat()).body?.registered).toBe(false);
    expect(await search(at)).toEqual(nobody);
  });

  test('counts vehicles, not owners, and those that are free alone', async () => {
    const { at, beat, vehicles, token } = await owner(3);
    await beat();
    expect(await search(at)).toMatchObject({ freeNearby: 3 });
    await world.sql(`UPDATE weelo.vehicles SET status = 'in_transit' WHERE id = $1`, [vehicles[0]]);
    expect(await search(at)).toMatchObject({ freeNearby: 2 });
    await fleet.deleteVehicle({ token, params: { id: vehicles[1] ?? '' } });
    expect(await search(at)).toMatchObject({ freeNearby: 1 });
  });

  test('loses a transporter who goes offline or stops sending heartbeats', async () => {
    const { at, beat, token, id } = await owner();
    await beat();
    await fleet.stopBeating({ token });
    expect(await search(at)).toEqual(nobody);
    await beat();
    expect(await search(at)).toMatchObject({ freeNearby: 1 });
    const cells = await keysLike('geo:{*');
    for (const cell of cells) await age(cell, id, 91_000);
    expect(await search(at)).toEqual(nobody);
  });

  test('says how far away the nearest is, and looks no further than fifteen kilometres', async () => {
    const near = await owner();
    await near.beat({ longitude: near.at.longitude + 0.05 });
    const far = await owner();
    await far.beat({ ...near.at, longitude: near.at.longitude - 0.2 });
    const found = await search(near.at);
    expect(found.freeNearby).toBe(1);
    expect(found.nearestMinutes).toBeGreaterThan(3);
    expect(found.nearestMinutes).toBeLessThan(20);
  });
});

/** Keys of a pattern, on every node. */
async function keysLike(pattern: string): Promise<readonly string[]> {
  const found = await Promise.all(redis.nodes('master').map((node) => node.keys(pattern)));
  return found.flat();
}

/** As if a captain had last been seen this much earlier. */
async function age(cell: string, id: string, ms: number): Promise<void> {
  if ((await redis.type(cell)) !== 'zset') return;
  const entries = await redis.zrange(cell, '0', '-1', 'WITHSCORES');
  for (let i = 0; i < entries.length; i += 2) {
    const entry = entries[i] ?? '';
    if (entry.endsWith(id)) await redis.zadd(cell, Number(entries[i + 1]) - ms, entry);
  }
}

/** As if a transporter had last said 91 seconds ago that it is online. */
const silent = (id: string) =>
  redis.hset(`transporter:presence:{${id}}`, 'heard', Date.now() - 91_000);

describe('availability', () => {
  test('is what was said last, while its owner is heard of', async () => {
    const { presence, goOnline, id } = await owner();
    expect(await presence()).toMatchObject({ isAvailable: false, updatedAt: null });
    expect((await goOnline()).body).toMatchObject({ isAvailable: true, idempotent: false });
    expect(await presence()).toMatchObject({ isAvailable: true });
    await silent(id);
    expect(await presence()).toMatchObject({ isAvailable: false });
  });

  test('said again is heard again, and is as old as it was', async () => {
    const { presence, goOnline, goOffline, rested, id } = await owner();
    const first = await goOnline();
    await silent(id);
    expect((await goOnline()).body).toMatchObject({ isAvailable: true, idempotent: true });
    expect(await presence()).toMatchObject({
      isAvailable: true,
      updatedAt: first.body?.updatedAt,
    });
    await rested();
    await goOffline();
    expect(await presence()).toMatchObject({ isAvailable: false });
  });

  test('ends when its owner wants to be found no more, until the next heartbeat', async () => {
    const { presence, goOnline, beat, token } = await owner();
    await goOnline();
    await fleet.stopBeating({ token });
    expect(await presence()).toMatchObject({ isAvailable: false });
    await beat();
    expect(await presence()).toMatchObject({ isAvailable: true });
    await fleet.stopBeating({ token });
    expect(await presence()).toMatchObject({ isAvailable: false });
    expect((await goOnline()).body).toMatchObject({ isAvailable: true, idempotent: true });
    expect(await presence()).toMatchObject({ isAvailable: true });
  });

  test('said again changes nothing; changed again too soon it is refused, with the time to wait', async () => {
    const { goOnline, goOffline, rested } = await owner();
    await goOnline();
    expect((await goOnline()).body).toMatchObject({ isAvailable: true, idempotent: true });
    const { error, headers } = await goOffline();
    expect(error).toMatchObject({ code: 'TOGGLE_RATE_LIMITED', status: 429 });
    expect(error?.retryAfterMs).toBeGreaterThan(4000);
    expect(headers['retry-after']).toBe('5');
    await rested();
    expect((await goOffline()).status).toBe(200);
  });

  test('of many who change it at once has one winner, and every loser knows', async () => {
    const { goOnline, goOffline } = await owner();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? goOnline() : goOffline())),
    );
    const changed = answers.filter(({ body }) => body?.idempotent === false);
    expect(changed).toHaveLength(1);
    const winner = changed[0]?.body?.isAvailable;
    for (const { body, error } of answers) {
      if (body) expect(body.isAvailable).toBe(winner);
      else expect(error?.code).toBe('TOGGLE_RATE_LIMITED');
    }
  });

  test('changes at most ten times in five minutes', async () => {
    const { goOnline, goOffline, rested } = await owner();
    for (let i = 0; i < 10; i += 1) {
      expect((await (i % 2 === 0 ? goOnline() : goOffline())).status).toBe(200);
      await rested();
    }
    const { error } = await goOnline();
    expect(error?.code).toBe('TOGGLE_RATE_LIMITED');
    expect(error?.retryAfterMs).toBeGreaterThan(290_000);
  });
});

describe('a heartbeat', () => {
  test('of a fleet without vehicles is heard, and finds nobody', async () => {
    const { token } = await world.person('transporter');
    const { body } = await fleet.beat({ token, body: somewhere() });
    expect(body).toMatchObject({ registered: false, vehicleKey: null });
  });

  test('outside India, or without a position, is refused', async () => {
    const { token } = await world.person('transporter');
    const wrong = { latitude: 51.5, longitude: 'east' } as unknown as {
      latitude: number;
      longitude: number;
    };
    const { error } = await fleet.beat({ token, body: wrong });
    expect(error?.details?.map(({ path }) => path)).toEqual(['latitude', 'longitude']);
  });

  test('knows a new vehicle with the next one', async () => {
    const { token, id } = await world.person('transporter');
    const at = somewhere();
    await fleet.beat({ token, body: at });
    await fleet.upsertVehicle({ token, body: truck() });
    await longAgo(id);
    expect((await fleet.beat({ token, body: at })).body?.registered).toBe(true);
    expect(await search(at)).toMatchObject({ freeNearby: 1 });
  });

  test('is of the kinds in service: not of what is put aside or being mended', async () => {
    const { token, beat, at } = await owner();
    const { body: added } = await fleet.upsertVehicle({
      token,
      body: truck({ vehicleSubtype: '19 Feet' }),
    });
    const seventeen = (await fleet.listVehicles({ token })).body?.vehicles.at(-1);
    const make = (
      vehicleNumber: string,
      vehicleSubtype: string,
      status: 'available' | 'inactive' | 'maintenance',
    ) => fleet.upsertVehicle({ token, body: truck({ vehicleNumber, vehicleSubtype, status }) });
    const heard = async () => (await beat()).body;
    expect(await heard()).toMatchObject({ vehicleKey: 'open_17_ft', registered: true });
    for (const status of ['maintenance', 'inactive'] as const) {
      await make(seventeen?.vehicleNumber ?? '', '17 Feet', status);
      expect(await heard()).toMatchObject({ vehicleKey: 'open_19_ft', registered: true });
      expect(await search(at)).toEqual(nobody);
      await make(seventeen?.vehicleNumber ?? '', '17 Feet', 'available');
      expect(await heard()).toMatchObject({ vehicleKey: 'open_17_ft', registered: true });
      expect(await search(at)).toMatchObject({ freeNearby: 1 });
    }
    await make(seventeen?.vehicleNumber ?? '', '17 Feet', 'inactive');
    await make(added?.vehicle.vehicleNumber ?? '', '19 Feet', 'maintenance');
    expect(await heard()).toMatchObject({ vehicleKey: null, registered: false });
  });

  test.each(['on_hold', 'in_transit'])('knows of a vehicle that is %s', async (status) => {
    const { beat, vehicles } = await owner();
    await world.sql(`UPDATE weelo.vehicles SET status = '${status}' WHERE id = $1`, vehicles);
    expect((await beat()).body).toMatchObject({ vehicleKey: 'open_17_ft', registered: true });
  });

  test('a moment after another one is refused, with the time to wait', async () => {
    const { beat, beatAgain } = await owner();
    await beat();
    const { error, headers } = await beatAgain();
    expect(error).toMatchObject({ status: 429, code: 'RATE_LIMIT_EXCEEDED' });
    expect(error?.retryAfterMs).toBeLessThanOrEqual(2000);
    expect(headers['retry-after']).toMatch(/^[12]$/);
    expect((await beat()).status).toBe(200);
  });
});

describe.each([
  ['local', 200],
  ['prod', 429],
])('with WEELO_RATE_LIMITS off, in the stage %s', (stage, status) => {
  /** The function, as it starts there. */
  async function fleetThere() {
    vi.stubEnv('WEELO_STAGE', stage);
    vi.stubEnv('WEELO_RATE_LIMITS', 'off');
    vi.resetModules();
    const there = await import('../../functions/fleet.ts');
    return clientOf(routesOf('fleet'), into(there.handler));
  }
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.resetModules();
  });

  test(`the second change of availability, and the eleventh, get ${status}`, async () => {
    const there = await fleetThere();
    const { token, id } = await world.person('transporter');
    const set = async (isAvailable: boolean) => {
      const { body, error } = await there.setTransporterAvailability({
        token,
        body: { isAvailable },
      });
      return { status: error?.status ?? 200, body };
    };
    await set(true);
    const second = await set(false);
    expect(second.status).toBe(status);
    if (status === 200) expect(second.body).toMatchObject({ cooldownMs: 0, idempotent: false });
    await redis.set(`transporter:presence:{${id}}:changes`, 10, 'PX', 300_000);
    await redis.hset(`transporter:presence:{${id}}`, 'at', Date.now() - 5001);
    expect((await set(status === 200)).status).toBe(status);
  });

  test(`a heartbeat a moment after another one gets ${status}`, async () => {
    const there = await fleetThere();
    const { token } = await world.person('transporter');
    const body = somewhere();
    expect((await there.beat({ token, body })).status).toBe(200);
    const again = await there.beat({ token, body });
    expect(again.error?.status ?? again.status).toBe(status);
  });
});
