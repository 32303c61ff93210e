import { beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../src/contract/http/route.ts';
import { routesOf } from '../../src/contract/http/routes.ts';
import { fleetWorld, type Person } from '../support/worlds/fleet-world.ts';
import { into } from '../support/invoke.ts';
import { requestTo } from '../support/requests.ts';

/** P12: whoever asks for what is another fleet's finds nothing, changes nothing, and is told nothing. */
let world: Awaited<ReturnType<typeof fleetWorld>>;
let fleet: Theirs;
let strangers: Readonly<Record<'transporter' | 'driver', Person>>;

interface Theirs {
  readonly owner: Person;
  readonly driver: Person;
  /** A driver who has been asked, and has not answered yet. */
  readonly asked: { readonly phone: string; readonly code: string };
  readonly vehicle: { readonly id: string; readonly number: string };
}

beforeAll(async () => {
  world = await fleetWorld();
  const owner = await world.transporter();
  const driver = await world.driverOf(owner);
  const { vehicle } = await world.register(owner, { rcNumber: 'RC-OF-THEIRS' });
  if (!vehicle) throw new Error('There is no vehicle');
  await world.sql('UPDATE weelo.vehicles SET assigned_driver_id = $2 WHERE id = $1', [
    vehicle.id,
    driver.id,
  ]);
  await world.fleet.setDriverAvailability({ token: driver.token, body: { isOnline: true } });
  const phone = '9666600001';
  await world.fleet.beginOnboarding({ token: owner.token, body: { phone, name: 'Asked Driver' } });
  const asked = { phone, code: await world.codeSentTo(phone) };
  // Nothing but ownership may stand between a stranger and it.
  await world.redis.del(`driver-onboard:{${phone}}:cooling`, `driver-onboard:{${phone}}:sends`);
  await world.fleet.setTransporterAvailability({
    token: owner.token,
    body: { isAvailable: true },
  });
  await world.fleet.beat({ token: owner.token, body: { latitude: 11.5, longitude: 92.7 } });
  fleet = { owner, driver, asked, vehicle: { id: vehicle.id, number: vehicle.vehicleNumber } };

  // Nothing of theirs runs out while strangers ask, however long that takes.
  await Promise.all((await namesOfTheirKeys()).map((key) => world.redis.persist(key)));

  const stranger = await world.transporter();
  strangers = { transporter: stranger, driver: await world.driverOf(stranger) };
});

/** Whatever of theirs could stand in an answer. */
const theirMarks = () => [
  fleet.owner.id,
  fleet.owner.phone,
  fleet.driver.id,
  fleet.driver.phone,
  fleet.vehicle.id,
  fleet.vehicle.number,
  'RC-OF-THEIRS',
  'Asked Driver',
];

/** Everything that there is of them, in every table and in Redis. */
async function everythingOfTheirs(): Promise<readonly string[]> {
  return [...(await rowsOfTheirs()), ...(await keysOfTheirs())];
}

/** Where they are, whether they are online, and whom they have asked. */
async function keysOfTheirs(): Promise<readonly string[]> {
  const kept = (await namesOfTheirKeys()).map(async (key) => {
    const isHash = (await world.redis.type(key)) === 'hash';
    const value = isHash ? await world.redis.hgetall(key) : await world.redis.get(key);
    return `${key} ${JSON.stringify(value)}`;
  });
  return (await Promise.all(kept)).toSorted();
}

async function namesOfTheirKeys(): Promise<readonly string[]> {
  const { id } = fleet.owner;
  const patterns = [
    `geo:captain:{${id}}`,
    `geo:kinds:{${id}}`,
    `transporter:presence:{${id}}*`,
    `driver-onboard:*${id}*`,
  ];
  const nodes = world.redis.nodes('master');
  const found = await Promise.all(
    nodes.flatMap((node) => patterns.map((pattern) => node.keys(pattern))),
  );
  return found.flat();
}

async function rowsOfTheirs(): Promise<readonly string[]> {
  const tables = await world.sql(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'weelo'`,
  );
  const rows: string[] = [];
  for (const { name } of tables) {
    const found = await world.sql(
      `SELECT row_to_json(t)::text AS row FROM ${String(name)} AS t
       WHERE row_to_json(t)::text LIKE ANY ($1)`,
      [theirMarks().map((mark) => `%${mark}%`)],
    );
    rows.push(...found.map(({ row }) => `${String(name)} ${String(row)}`));
  }
  return rows.toSorted();
}

/** A request to a route that names theirs wherever it can name anything. */
function naming(route: Route, token: string, id: string, phone: string) {
  const theirs: Readonly<Record<string, string>> = {
    id,
    vehicleId: fleet.vehicle.id,
    driverId: fleet.driver.id,
    transporterId: fleet.owner.id,
    vehicleNumber: fleet.vehicle.number,
    phone,
    otp: fleet.asked.code,
  };
  const named = (fields: Readonly<Record<string, unknown>> = {}) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, theirs[name] ?? value]),
    );
  const { params, query, body } = route.example;
  const { vehicleId, driverId, transporterId } = theirs;
  return requestTo(route, {
    token,
    params: named(params) as Record<string, string>,
    query: named(query) as Record<string, string>,
    // Also where nobody reads them: a stranger may write what it likes.
    ...(body && { body: { ...named(body), vehicleId, driverId, transporterId } }),
  });
}

async function ask(route: Route, person: Person, id: string, phone: string) {
  const { handler } = await import('../../functions/fleet.ts');
  return into(handler)(naming(route, person.token, id, phone));
}

const isStranger = (role: string): role is keyof typeof strangers => role in strangers;
const askers = ({ audience }: Route) =>
  (typeof audience === 'string' ? Object.keys(strangers) : audience).filter(isStranger);

const all: readonly Route[] = routesOf('fleet');
const ofOne = all.filter(({ params }) => params);
const named = (routes: readonly Route[]) =>
  routes.map((route) => [`${route.method} ${route.path}`, route] as const);

test.each(named(all))(
  '%s tells a stranger nothing of theirs, and changes none of it',
  async (_, route) => {
    const before = await everythingOfTheirs();
    expect((await rowsOfTheirs()).length).toBeGreaterThan(3);
    // A position, its kinds, the switch and its changes, a code and its note.
    expect(await keysOfTheirs()).toHaveLength(6);
    const ids = [fleet.vehicle.id, fleet.driver.id, fleet.owner.id];
    expect(askers(route).length).toBeGreaterThan(0);
    for (const role of askers(route)) {
      for (const id of route.params ? ids : ['']) {
        for (const phone of route.example.body?.['phone'] ? phones() : ['']) {
          const { status, body } = await ask(route, strangers[role], id, phone);
          if (route.params) expect({ status, body }).toEqual({ status: 404, body });
          expect(status).toBeLessThan(500);
          expect(theirMarks().filter((mark) => body.includes(mark))).toEqual([]);
        }
      }
    }
    expect(await everythingOfTheirs()).toEqual(before);
  },
);

const phones = () => [fleet.asked.phone, fleet.driver.phone];

describe('the same requests', () => {
  const reading = all.filter(({ method }) => method === 'GET');

  test('of their owner show what a stranger is not shown', async () => {
    const shown: string[] = [];
    for (const route of reading) {
      if (!askers(route).includes('transporter')) continue;
      shown.push((await ask(route, fleet.owner, fleet.vehicle.id, '')).body);
    }
    const told = shown.join('\n');
    for (const mark of [fleet.vehicle.id, fleet.vehicle.number, fleet.driver.id, 'RC-OF-THEIRS']) {
      expect(told).toContain(mark);
    }
  });

  test('of their owner move it, and make it be found no more', async () => {
    const asks = (id: string) => {
      const route = all.find((each) => each.id === id);
      if (!route) throw new Error(`There is no ${id}`);
      return ask(route, fleet.owner, '', fleet.asked.phone);
    };
    // As if they had last been heard a while ago: neither beats nor changes may come closer than seconds.
    const longAgo = Date.now() - 60_000;
    const { id: owner } = fleet.owner;
    await world.redis.hset(`transporter:presence:{${owner}}`, 'at', longAgo);
    await world.redis.hset(`geo:captain:{${owner}}`, 'seen', longAgo);
    const states = [await keysOfTheirs()];
    for (const id of ['beat', 'finishOnboarding', 'stopBeating']) {
      const { status, body } = await asks(id);
      expect(status, `${id} answered ${body}`).toBeLessThan(300);
      states.push(await keysOfTheirs());
    }
    expect(new Set(states.map((state) => state.join('\n'))).size).toBe(states.length);
    expect(states.at(-1)?.length).toBeLessThan(states[0]?.length ?? 0);
  });

  test('of their owner change what a stranger does not change', async () => {
    const before = await everythingOfTheirs();
    const deleting = ofOne.filter(({ method }) => method === 'DELETE');
    const statuses: number[] = [];
    for (const route of deleting) {
      for (const id of [fleet.driver.id, fleet.vehicle.id]) {
        statuses.push((await ask(route, fleet.owner, id, '')).status);
      }
    }
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(1);
    expect(await everythingOfTheirs()).not.toEqual(before);
  });
});
