import { beforeAll, expect, test } from 'vitest';
import { availabilityOf, changeAvailability } from '../../src/fleet/drivers/driver-store.ts';
import { fleetWorld, type Person } from '../support/worlds/fleet-world.ts';

let world: Awaited<ReturnType<typeof fleetWorld>>;
beforeAll(async () => {
  world = await fleetWorld();
});

type Bearer = Pick<Person, 'token'>;

const read = async ({ token }: Bearer) => (await world.fleet.getDriverAvailability({ token })).body;
const say = async ({ token }: Bearer, isOnline: boolean) => {
  const { body, error } = await world.fleet.setDriverAvailability({ token, body: { isOnline } });
  return { wish: isOnline, body, code: error?.code, error };
};
const listed = async ({ token }: Bearer) => {
  const { body } = await world.fleet.listDrivers({ token });
  if (!body) throw new Error('There is no list');
  const { drivers, ...counted } = body;
  const [driver] = drivers;
  return {
    driver: [driver?.isOnline, driver?.isAvailable, driver?.status],
    counted: [counted.total, counted.online, counted.offline, counted.active, counted.available],
  };
};
const online = { driver: [true, true, 'available'], counted: [1, 1, 0, 1, 1] };
const offline = { driver: [false, false, 'offline'], counted: [1, 0, 1, 1, 0] };

async function fleetOfOne() {
  const owner = await world.transporter();
  return { owner, driver: await world.driverOf(owner) };
}

test('a driver takes no trips until it says so, and then until it says otherwise', async () => {
  const { owner, driver } = await fleetOfOne();
  expect(await read(driver)).toEqual({ isOnline: false, lastLocation: null, updatedAt: null });
  expect(await listed(owner)).toEqual(offline);

  for (const wish of [true, true, false, true, false, false]) {
    const { body } = await say(driver, wish);
    expect(body).toEqual({
      isOnline: wish,
      lastLocation: null,
      updatedAt: expect.stringMatching(/Z$/),
    });
    expect(await read(driver)).toEqual(body);
    expect(await listed(owner)).toEqual(wish ? online : offline);
  }
});

test('a position is taken with it, as the Captain app sends one', async () => {
  const { driver } = await fleetOfOne();
  const body = { isOnline: true, currentLocation: null };
  const { status } = await world.fleet.setDriverAvailability({ token: driver.token, body });
  expect(status).toBe(200);
});

test.each([{}, { isOnline: 'true' }, { isOnline: 1 }, { isOnline: null }])(
  '%j is no wish',
  async (wish) => {
    const { token } = (await fleetOfOne()).driver;
    const body = wish as { isOnline: boolean };
    const { error } = await world.fleet.setDriverAvailability({ token, body });
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: 'isOnline' }] });
  },
);

test.each<[string, (driver: Person, owner: Person) => Promise<unknown>]>([
  ['logs out', ({ token }) => world.auth.logOut({ token, query: {} })],
  ['logs out everywhere', ({ token }) => world.auth.logOut({ token, query: { all: 'true' } })],
  [
    'has not come back for a month',
    ({ sessionId }) =>
      world.sql(`UPDATE weelo.sessions SET expires_at = now() WHERE id = $1`, [sessionId]),
  ],
  [
    'has not come back for longer',
    ({ sessionId }) => world.sql('DELETE FROM weelo.sessions WHERE id = $1', [sessionId]),
  ],
])('a driver who %s takes no trips any more', async (_, leave) => {
  const { owner, driver } = await fleetOfOne();
  await say(driver, true);
  expect(await listed(owner)).toEqual(online);
  await leave(driver, owner);
  expect(await listed(owner)).toEqual(offline);
  const next = await world.session(driver.id, 'driver');
  expect(await read(next)).toMatchObject({ isOnline: false });
  expect((await say(next, true)).body?.isOnline).toBe(true);
  expect(await listed(owner)).toEqual(online);
});

test('a driver who is suspended is counted as that, and takes no trips', async () => {
  const { owner, driver } = await fleetOfOne();
  await say(driver, true);
  await world.sql('UPDATE weelo.users SET suspended_at = now() WHERE id = $1', [driver.id]);
  expect(await listed(owner)).toEqual({
    driver: [false, false, 'suspended'],
    counted: [1, 0, 1, 0, 0],
  });
});

test('what was said on one phone stays when another one logs out', async () => {
  const { owner, driver } = await fleetOfOne();
  const second = await world.session(driver.id, 'driver');
  await say(second, true);
  await say(driver, true);
  await world.auth.logOut({ token: second.token, query: {} });
  expect(await listed(owner)).toEqual(online);
  await world.auth.logOut({ token: driver.token, query: {} });
  expect(await listed(owner)).toEqual(offline);
});

test('a session that has ended says nothing, also where that is not yet known', async () => {
  const { owner, driver } = await fleetOfOne();
  await world.sql('UPDATE weelo.sessions SET ended_at = now() WHERE id = $1', [driver.sessionId]);
  expect((await say(driver, true)).code).toBe('UNAUTHORIZED');
  expect(await listed(owner)).toEqual(offline);
});

test('a driver who is let go and taken in elsewhere takes no trips there until it says so', async () => {
  const { owner, driver } = await fleetOfOne();
  const next = await world.transporter();
  await say(driver, true);
  await world.fleet.removeDriver({ token: owner.token, params: { id: driver.id } });
  await world.sql('UPDATE weelo.users SET transporter_id = $2 WHERE id = $1', [driver.id, next.id]);
  expect(await listed(next)).toEqual(offline);
});

test('of many requests that have seen the same revision, one changes it', async () => {
  const { driver } = await fleetOfOne();
  const { id: driverId, sessionId } = driver;
  for (let round = 0; round < 10; round += 1) {
    const { revision } = await world.postgres.run((db) => availabilityOf(db, driverId));
    expect(revision).toBe(round);
    const changes = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        world.postgres.run((db) =>
          changeAvailability(db, {
            driverId,
            sessionId,
            isOnline: i % 2 === 0,
            seenRevision: revision,
          }),
        ),
      ),
    );
    expect(changes.filter((change) => change !== undefined)).toHaveLength(1);
  }
});

test('of opposite wishes at once the first holds, and the others are told that they lost', async () => {
  let lost = 0;
  for (let round = 0; round < 10; round += 1) {
    const { owner, driver } = await fleetOfOne();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => say(driver, i % 2 === 0)),
    );
    for (const { wish, body, code, error } of answers) {
      if (body) expect(body.isOnline).toBe(wish);
      else
        expect({ code, retryAfterMs: error?.retryAfterMs }).toEqual({
          code: 'TOGGLE_IN_PROGRESS',
          retryAfterMs: 2000,
        });
    }
    const losers = answers.filter(({ code }) => code !== undefined);
    lost += losers.length;
    expect(losers.length).toBeLessThan(20);
    const now = (await read(driver))?.isOnline;
    expect(answers.some(({ wish, body }) => body && wish === now)).toBe(true);
    expect(await listed(owner)).toEqual(now ? online : offline);
    // Whoever lost may wish again.
    expect((await say(driver, !now)).body?.isOnline).toBe(!now);
  }
  expect(lost).toBeGreaterThan(10);
});
