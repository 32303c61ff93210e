import { expect, test } from 'vitest';
import { tripWorld } from '../support/worlds/trip-world.ts';

const world = await tripWorld();
const { orders, trips, underWay, move, acceptedBefore } = world;

type Trip = Awaited<ReturnType<typeof underWay>>;

/** A trip that was accepted so many minutes ago. */
async function accepted(minutesAgo: number): Promise<Trip> {
  const trip = await underWay();
  await acceptedBefore(trip, minutesAgo);
  return trip;
}

const now = Date.now();
const minutesAgo = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

/** The phone says where the truck was: so many kilometres north of the pickup, so many minutes ago. */
async function was({ driver, tripId, places }: Trip, ...points: readonly [number, number][]) {
  const { latitude, longitude } = places.pickup;
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

async function waiting({ owner, tripId }: Trip) {
  const { body } = await orders.getAssignment({ token: owner.token, params: { id: tripId } });
  return body?.bill.lines.find(({ kind }) => kind === 'waiting_at_pickup');
}

test('waiting is counted from the first position at the pickup to the first ones away from it', async () => {
  const trip = await accepted(40);
  await was(trip, [3, 35], [0.1, 30], [0.05, 20], [1, 10], [2, 8]);
  await move(trip.driver, trip.tripId, 'in_transit');
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
  await was(stands, [0.05, 60], [0.05, 30], [0.05, 5]);
  const { minutes = null, verified } = (await waiting(stands)) ?? {};
  expect(verified).toBe(true);
  expect(minutes).toBeLessThanOrEqual(10);

  const gone = await accepted(10);
  await was(gone, [0.05, 60], [3, 50], [4, 40], [4, 5]);
  expect((await waiting(gone))?.amount ?? 0).toBe(0);
});
