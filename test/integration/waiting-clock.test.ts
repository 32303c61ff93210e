import { describe, expect, test } from 'vitest';
import { noteVisit } from '../../src/orders/stays/note-visit.ts';
import { openPostgres } from '../../src/platform/postgres/postgres.ts';
import { SERVICE } from '../support/engines/database-server.ts';
import { whenDone } from '../support/engines/when-done.ts';
import { tripWorld } from '../support/worlds/trip-world.ts';

const world = await tripWorld();
const { orders, trips, underWay, move, acceptedBefore, sql } = world;

const postgres = openPostgres({
  host: world.variables.DATABASE_HOST,
  port: Number(world.variables.DATABASE_PORT),
  database: world.variables.DATABASE_NAME,
  tls: 'off',
  credentials: async () => SERVICE,
  onError: () => undefined,
});
whenDone(() => postgres.close());

type Trip = Awaited<ReturnType<typeof underWay>>;

/** A trip that was accepted so many minutes ago. */
async function accepted(minutesAgo: number): Promise<Trip> {
  const trip = await underWay();
  await acceptedBefore(trip, minutesAgo);
  return trip;
}

const now = Date.now();
const minutesAgo = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

/** The phone says where the truck was: so many kilometres north of a place, so many minutes ago. */
async function was({ driver, tripId, places }: Trip, ...points: readonly [number, number][]) {
  await wasNear(places.pickup, { driver, tripId }, points);
}

async function wasNear(
  { latitude, longitude }: { latitude: number; longitude: number },
  { driver, tripId }: Pick<Trip, 'driver' | 'tripId'>,
  points: readonly (readonly [number, number])[],
) {
  const { status } = await trips.sendPositions({
    token: driver.token,
    body: {
      tripId,
      points: points.map(([km, minutes]) => ({
        latitude: latitude + km / 111.195,
        longitude,
        timestamp: minutesAgo(minutes),
      })),
    },
  });
  expect(status).toBe(200);
}

async function waiting({ owner, tripId }: Trip, at: 'pickup' | 'drop' = 'pickup') {
  const { body } = await orders.getAssignment({ token: owner.token, params: { id: tripId } });
  return body?.bill.lines.find(({ kind }) => kind === `waiting_at_${at}`);
}

test('waiting is counted from the first position at the pickup to the first ones away from it', async () => {
  const trip = await accepted(40);
  await was(trip, [3, 35], [0.1, 30], [0.05, 20], [1, 10], [2, 8]);
  await move(trip.driver, trip.tripId, 'in_transit');
  await was(trip, [3, 6]);
  expect(await waiting(trip)).toMatchObject({
    from: minutesAgo(30),
    to: minutesAgo(10),
    minutes: 20,
    amount: 75,
    verified: true,
  });
});

test('a position that comes later than the status sets the clock back', async () => {
  const trip = await accepted(40);
  await move(trip.driver, trip.tripId, 'at_pickup');
  expect(await waiting(trip)).toMatchObject({ minutes: 0, to: null, verified: false });
  await was(trip, [0.05, 20]);
  expect(await waiting(trip)).toMatchObject({ from: minutesAgo(20), minutes: 20, verified: true });
});

test('nobody pays for the time before the driver accepted', async () => {
  const stands = await accepted(10);
  await was(stands, [0.05, 60], [0.05, 30], [0.05, 8], [0.05, 2]);
  expect(await waiting(stands)).toMatchObject({
    from: minutesAgo(8),
    minutes: 8,
    amount: 15,
    verified: true,
  });

  const gone = await accepted(10);
  await was(gone, [0.05, 60], [0.05, 50], [3, 40], [4, 5]);
  expect(await waiting(gone)).toBeUndefined();
});

test('a truck that comes back within minutes has not left, and its departure is taken back', async () => {
  const trip = await accepted(60);
  await was(trip, [0.05, 50], [0.05, 40], [0.8, 30], [1.2, 25], [0.8, 20]);
  expect(await waiting(trip)).toMatchObject({ to: minutesAgo(30), minutes: 20 });
  await was(trip, [0.05, 19], [0.05, 10]);
  const back = await waiting(trip);
  // It was away for eleven minutes, without a word of its driver: so it has come anew.
  expect(back).toMatchObject({ from: minutesAgo(19), to: null, minutes: 19 });

  const turns = await accepted(60);
  await was(turns, [0.05, 50], [0.05, 40], [0.8, 30], [1.2, 25], [0.05, 21], [0.05, 20]);
  expect(await waiting(turns)).toMatchObject({ from: minutesAgo(50), to: null, minutes: 50 });
});

/** As if the driver had said so many minutes ago that the truck is at the pickup. */
async function saidBefore({ driver, tripId }: Trip, minutes: number) {
  await move(driver, tripId, 'at_pickup');
  await sql(
    `WITH said AS (
       UPDATE weelo.trip_moves SET at = at - $2 * interval '1 minute' WHERE trip_id = $1 RETURNING at
     )
     UPDATE weelo.assignments SET pickup_arrived_at = said.at FROM said WHERE id = $1`,
    [tripId, minutes],
  );
}

test('a truck whose phone only says that it leaves has left, and has waited since its driver said so', async () => {
  const trip = await accepted(60);
  await saidBefore(trip, 30);
  await move(trip.driver, trip.tripId, 'in_transit');
  await was(trip, [0.05, 10], [0.6, 9], [1.2, 8]);
  expect(await waiting(trip)).toMatchObject({ minutes: 20, to: minutesAgo(9), verified: false });
});

test('a truck that was seen to pass before its driver said that it is there has waited since he said so', async () => {
  const trip = await accepted(60);
  await saidBefore(trip, 20);
  const said = await waiting(trip);
  await was(trip, [3, 51], [0.05, 50], [3, 47], [4, 45], [4, 39]);
  expect(await waiting(trip)).toEqual(said);
  expect(said).toMatchObject({ minutes: 20, to: null, verified: false });
  // Also when it is on the road, and the stay that no position has shown is over.
  await move(trip.driver, trip.tripId, 'in_transit');
  await was(trip, [5, 38]);
  expect(await waiting(trip)).toMatchObject({ from: said?.from, minutes: 20, verified: false });
});

test('a truck whose driver has said that it is there has waited since, also if it comes anew', async () => {
  const trip = await accepted(60);
  await saidBefore(trip, 45);
  await was(trip, [0.05, 50], [0.05, 40], [0.8, 30], [1.2, 25], [0.8, 20], [0.05, 5], [0.05, 4]);
  expect(await waiting(trip)).toMatchObject({ to: null, minutes: 45, verified: false });
});

test('a clock that is ahead makes no arrival or departure in the future, and the trip goes on', async () => {
  const trip = await accepted(10);
  const ahead = (seconds: number) => new Date(Date.now() + seconds * 1000);
  const visit = { tripId: trip.tripId, place: 'pickup', arrivedAt: ahead(40) } as const;
  await noteVisit({ ...visit, leftAt: ahead(50) }, { postgres });
  const { from, to } = (await waiting(trip)) ?? {};
  expect(Date.parse(from ?? '')).toBeLessThanOrEqual(Date.now());
  expect(Date.parse(to ?? '')).toBeLessThanOrEqual(Date.now());
  for (const status of ['at_pickup', 'in_transit'] as const) {
    expect((await move(trip.driver, trip.tripId, status)).status).toBe(200);
    await was(trip, [0.05, -0.8], [0.05, -0.9]);
  }
});

describe('at the drop', () => {
  /** On the road for an hour, of two since the driver accepted. */
  async function onTheRoad() {
    const trip = await accepted(120);
    await move(trip.driver, trip.tripId, 'in_transit');
    await sql(
      `UPDATE weelo.assignments
       SET started_at = started_at - interval '1 hour', pickup_arrived_at = NULL, pickup_left_at = NULL
       WHERE id = $1`,
      [trip.tripId],
    );
    await world.redis.del(`order:${trip.orderId}`);
    return trip;
  }
  const wasAtDrop = (trip: Trip, ...points: readonly [number, number][]) =>
    wasNear(trip.places.drop, trip, points);

  test('nobody waits before the truck set out, or by passing', async () => {
    const trip = await onTheRoad();
    await wasAtDrop(trip, [0.1, 100], [0.1, 80], [8, 70]);
    expect(await waiting(trip, 'drop')).toBeUndefined();
    await wasAtDrop(trip, [2, 50], [0.3, 49], [2, 47], [4, 45], [2, 32]);
    expect(await waiting(trip, 'drop')).toBeUndefined();
    await wasAtDrop(trip, [0.1, 30], [0.1, 20]);
    expect(await waiting(trip, 'drop')).toMatchObject({ from: minutesAgo(30), minutes: 30 });
  });

  test('nothing is written from before the truck set out, nor of a trip that has not', async () => {
    const trip = await onTheRoad();
    const { tripId } = trip;
    const [arrivedAt, leftAt] = [90, 80].map((minutes) => new Date(minutesAgo(minutes)));
    const visit = { tripId, place: 'drop', arrivedAt, leftAt } as Parameters<typeof noteVisit>[0];
    await noteVisit(visit, { postgres });
    const { from, minutes } = (await waiting(trip, 'drop')) ?? {};
    expect(Date.parse(from ?? '')).toBeGreaterThan(now - 61 * 60_000);
    expect(minutes).toBe(0);

    const loading = await accepted(120);
    await noteVisit({ ...visit, tripId: loading.tripId }, { postgres });
    expect(await waiting(loading, 'drop')).toBeUndefined();
  });

  test('a departure counts while the truck stays outside, until the trip is completed', async () => {
    const trip = await onTheRoad();
    await wasAtDrop(trip, [0.1, 50], [0.1, 40], [2, 35], [3, 30], [2, 24]);
    expect(await waiting(trip, 'drop')).toMatchObject({ to: minutesAgo(35), minutes: 15 });
    await wasAtDrop(trip, [0.1, 20], [0.1, 10]);
    expect(await waiting(trip, 'drop')).toMatchObject({ from: minutesAgo(20), to: null });
    await move(trip.driver, trip.tripId, 'arrived_at_drop');
    expect((await move(trip.driver, trip.tripId, 'completed')).status).toBe(200);
    const bill = await waiting(trip, 'drop');
    expect(bill).toMatchObject({ from: minutesAgo(20), minutes: 20 });
    // What comes now of the time before is kept, and changes no bill.
    await wasAtDrop(trip, [2, 9], [3, 8], [3, 0]);
    expect(await waiting(trip, 'drop')).toEqual(bill);
  });
});
