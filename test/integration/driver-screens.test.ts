import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { routesOf } from '../../src/contract/http/routes.ts';
import { clientOf, type Client } from '../support/client.ts';
import { into } from '../support/invoke.ts';
import { aces, type Driver, type Transporter } from '../support/worlds/market-world.ts';
import { tripWorld } from '../support/worlds/trip-world.ts';

const world = await tripWorld();
const { orders, trips, underWay, move, sql, search, ageAnswers } = world;

const noFigures = {
  rating: null,
  totalRatings: 0,
  acceptanceRate: null,
  onTimeDeliveryRate: null,
  totalTrips: 0,
  totalDistance: 0,
};
const noSums = {
  todayTrips: 0,
  todayEarnings: 0,
  todayDistance: 0,
  weekEarnings: 0,
  monthEarnings: 0,
};

const dashboard = async ({ token }: Driver) => (await trips.getDriverDashboard({ token })).body;
const active = async ({ token }: Driver) => (await trips.getActiveTrip({ token })).body;
type Query = NonNullable<NonNullable<Parameters<typeof trips.listDriverTrips>[0]>['query']>;
const list = async ({ token }: { token: string }, query: Query = {}) =>
  (await trips.listDriverTrips({ token, query })).body;
const performance = async ({ token }: Driver) =>
  (await trips.getDriverPerformance({ token, query: {} })).body;
const statuses = async (driver: Driver) => (await list(driver))?.trips.map(({ status }) => status);

/** A driver who is asked for a trip, and has not answered. */
async function asked() {
  const { transporters, ...order } = await search();
  const [owner] = transporters as [Transporter];
  return assign({ ...order, owner });
}

/** Another order at the same place, for which the same driver is asked. */
async function askedAgain({ owner, places }: Awaited<ReturnType<typeof asked>>) {
  // As if nobody had been put on the truck that the driver did not take.
  await sql('UPDATE weelo.holds SET expires_at = now() WHERE transporter_id = $1', [owner.id]);
  await world.reconcile();
  const { id: customerId, token } = await world.customer();
  const order = { ...world.documented, ...places, vehicleRequirements: [aces(1)] };
  const { body } = await world.place(token, { order });
  const orderId = body?.order.id ?? '';
  await world.wave(orderId);
  return assign({ orderId, params: { id: orderId }, customerId, token, owner, places });
}

async function assign<T extends { readonly orderId: string; readonly owner: Transporter }>(
  order: T,
) {
  const { token, vehicles, drivers } = order.owner;
  const [driver] = drivers as [Driver];
  const { body, error } = await orders.acceptBroadcast({
    token,
    params: { id: order.orderId },
    body: { vehicleId: vehicles[0] ?? '', driverId: driver.id },
  });
  if (!body) throw new Error(`The offer was not accepted: ${error?.code}`);
  return { ...order, driver, tripId: body.assignmentId };
}

/** A driver whose first trip is completed. */
async function delivered() {
  const order = await underWay();
  await move(order.driver, order.tripId, 'in_transit');
  const { status } = await move(order.driver, order.tripId, 'completed');
  if (status !== 200) throw new Error('The trip was not completed');
  return order;
}

describe('a driver', () => {
  test('who has not driven yet sees nothing, and no share of nothing', async () => {
    const { drivers, id } = await world.transporter();
    const [driver] = drivers as [Driver];
    expect(await dashboard(driver)).toMatchObject({
      driver: {
        id: driver.id,
        transporterId: id,
        status: 'available',
        rating: null,
        totalTrips: 0,
      },
      stats: { ...noFigures, ...noSums },
      activeTrip: null,
      recentTrips: [],
    });
    expect(await performance(driver)).toEqual({ ...noFigures, completionRate: null });
    expect(await active(driver)).toEqual({ trip: null, hasActiveTrip: false });
    expect(await list(driver)).toEqual({ trips: [], total: 0, hasMore: false });
    const { body } = await trips.getDriverEarnings({ token: driver.token, query: {} });
    expect(body).toEqual({
      period: 'today',
      totalEarnings: 0,
      totalTrips: 0,
      averagePerTrip: 0,
      breakdown: [],
    });
  });

  test('sees a trip by coarser words: pending, assigned, in progress, completed', async () => {
    const { driver, tripId, orderId, customerId } = await asked();
    const { token } = driver;
    const shows = async (status: NonNullable<Query['status']>, isActive: boolean) => {
      expect(await statuses(driver)).toEqual([status]);
      expect(await list(driver, { status })).toMatchObject({ trips: [{ id: tripId }], total: 1 });
      for (const other of [
        'pending',
        'assigned',
        'in_progress',
        'completed',
        'cancelled',
      ] as const) {
        if (other !== status) expect((await list(driver, { status: other }))?.total).toBe(0);
      }
      const trip = isActive ? { id: tripId, status } : null;
      expect(await active(driver)).toMatchObject({ trip, hasActiveTrip: isActive });
      expect(await dashboard(driver)).toMatchObject({
        activeTrip: trip,
        recentTrips: [{ id: tripId, status }],
      });
    };
    await shows('pending', false);
    await orders.acceptAssignment({ token, params: { id: tripId } });
    await shows('assigned', true);
    expect((await active(driver))?.trip).toMatchObject({
      bookingId: orderId,
      customerId,
      customerName: 'Asha',
      customerPhone: expect.stringMatching(/^9\d{9}$/) as string,
      driverId: driver.id,
      vehicleType: 'mini',
      pickup: { address: 'Here' },
      drop: { address: 'There' },
      distanceKm: expect.any(Number) as number,
      fare: 3000,
      startedAt: null,
      completedAt: null,
    });
    await move(driver, tripId, 'heading_to_pickup');
    await shows('assigned', true);
    for (const status of [
      'at_pickup',
      'loading_complete',
      'in_transit',
      'arrived_at_drop',
    ] as const) {
      await move(driver, tripId, status);
      await shows('in_progress', true);
    }
    expect((await active(driver))?.trip?.startedAt).toMatch(/Z$/);
    await move(driver, tripId, 'completed');
    await shows('completed', false);
    expect((await list(driver))?.trips[0]).toMatchObject({
      customerName: 'Asha',
      customerPhone: null,
      completedAt: expect.stringMatching(/Z$/) as string,
    });
  });

  test('sees what a trip has brought as soon as it is completed', async () => {
    const { driver, tripId } = await underWay();
    await move(driver, tripId, 'in_transit');
    expect((await dashboard(driver))?.stats).toMatchObject({ ...noSums, totalTrips: 0 });
    await move(driver, tripId, 'completed');
    const found = await dashboard(driver);
    const km = found?.recentTrips[0]?.distanceKm ?? 0;
    expect(km).toBeGreaterThan(0);
    expect(found?.stats).toEqual({
      todayTrips: 1,
      todayEarnings: 3000,
      todayDistance: km,
      weekEarnings: 3000,
      monthEarnings: 3000,
      totalTrips: 1,
      rating: null,
      totalRatings: 0,
      acceptanceRate: 100,
      onTimeDeliveryRate: 100,
      totalDistance: km,
    });
    await move(driver, tripId, 'completed');
    expect((await dashboard(driver))?.stats.todayEarnings).toBe(3000);
  });

  test('who lets the time pass is not asked any more; before, the trip is pending', async () => {
    const { driver, orderId } = await asked();
    await ageAnswers(orderId, 40);
    expect(await statuses(driver)).toEqual(['pending']);
    await ageAnswers(orderId, 5);
    expect(await statuses(driver)).toEqual(['cancelled']);
    const second = await asked();
    await ageAnswers(second.orderId, 45);
    expect((await dashboard(second.driver))?.recentTrips[0]?.status).toBe('cancelled');
    const third = await asked();
    await ageAnswers(third.orderId, 45);
    expect((await active(third.driver))?.hasActiveTrip).toBe(false);
    expect(await statuses(third.driver)).toEqual(['cancelled']);
  });

  test('who does not come sees the first name, and no phone', async () => {
    const { driver, tripId, customerId } = await asked();
    await sql(`UPDATE weelo.users SET name = 'Asha Rao' WHERE id = $1`, [customerId]);
    const shown = async () => (await list(driver))?.trips[0];
    expect((await shown())?.customerName).toBe('Asha Rao');
    await orders.declineAssignment({ token: driver.token, params: { id: tripId }, body: {} });
    expect(await shown()).toMatchObject({ customerName: 'Asha', customerPhone: null });
  });

  test('turns the pages of the trips, the newest first', async () => {
    const ids: string[] = [];
    const first = await asked();
    const { driver } = first;
    for (let i = 0; i < 3; i += 1) {
      const { tripId } = i === 0 ? first : await askedAgain(first);
      ids.push(tripId);
      await orders.declineAssignment({ token: driver.token, params: { id: tripId }, body: {} });
    }
    const page = async (limit: string, offset: string) => {
      const { trips: some = [], ...rest } = (await list(driver, { limit, offset })) ?? {};
      return { ids: some.map(({ id }) => id), ...rest };
    };
    const [oldest, middle, newest] = ids;
    expect(await page('2', '0')).toEqual({ ids: [newest, middle], total: 3, hasMore: true });
    expect(await page('2', '2')).toEqual({ ids: [oldest], total: 3, hasMore: false });
    expect(await page('2', '3')).toEqual({ ids: [], total: 3, hasMore: false });
    const { error } = await trips.listDriverTrips({ token: driver.token, query: { limit: '101' } });
    expect(error?.code).toBe('VALIDATION_ERROR');
  });

  test('earns by the days of India: today, since Monday, since the first of the month', async () => {
    const owner = await world.transporter();
    const former = await world.transporter();
    const [driver] = owner.drivers as [Driver];
    const days = lastDaysInIndia(40);
    for (const [ago, { day }] of days.entries()) {
      await sql(
        `INSERT INTO weelo.driver_days (driver_id, day, transporter_id, trips, earnings, distance_m)
         VALUES ($1, $2, $4, 1, 1, 500), ($1, $2, $5, 1, $3, 1000)`,
        [driver.id, day, 1000 + ago, owner.id, former.id],
      );
    }
    const [today] = days as [Day];
    const weekDays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
    const counted = {
      today: 1,
      week: 1 + weekDays.indexOf(today.weekDay),
      month: Number(today.day.slice(8)),
    };
    for (const period of ['today', 'week', 'month'] as const) {
      const n = counted[period];
      const { body } = await trips.getDriverEarnings({ token: driver.token, query: { period } });
      const totalEarnings = 1001 * n + (n * (n - 1)) / 2;
      expect(body).toEqual({
        period,
        totalEarnings,
        totalTrips: 2 * n,
        averagePerTrip: Math.round(totalEarnings / (2 * n)),
        breakdown: days
          .slice(0, n)
          .map(({ day }, ago) => ({ date: day, earnings: 1001 + ago, trips: 2, distance: 2 }))
          .toReversed(),
      });
      // P12: what the driver has earned in another fleet is none of this owner's business.
      const { body: seen } = await trips.getDriverEarnings({
        token: owner.token,
        query: { period, driverId: driver.id },
      });
      expect(seen).toMatchObject({ totalEarnings: n, totalTrips: n });
    }
    const sumOf = (n: number) => 1001 * n + (n * (n - 1)) / 2;
    expect((await dashboard(driver))?.stats).toMatchObject({
      todayTrips: 2,
      todayEarnings: 1001,
      todayDistance: 2,
      weekEarnings: sumOf(counted.week),
      monthEarnings: sumOf(counted.month),
    });
  });

  test('is measured by what the driver decides, not by what others do', async () => {
    const first = await asked();
    const { driver, owner, tripId } = first;
    const decline = (id: string) =>
      orders.declineAssignment({ token: driver.token, params: { id }, body: {} });
    const accept = (id: string) => orders.acceptAssignment({ token: driver.token, params: { id } });
    const giveUp = (token: string, id: string) =>
      orders.cancelAssignment({ token, params: { id }, body: { reason: 'Flat tyre' } });
    await decline(tripId);
    expect(await performance(driver)).toMatchObject({ acceptanceRate: 0, completionRate: null });

    const second = await askedAgain(first);
    await accept(second.tripId);
    expect(await performance(driver)).toMatchObject({ acceptanceRate: 50, completionRate: null });
    await giveUp(owner.token, second.tripId);
    expect(await performance(driver)).toMatchObject({ acceptanceRate: 50, completionRate: null });

    const third = await askedAgain(first);
    await accept(third.tripId);
    await giveUp(driver.token, third.tripId);
    expect(await performance(driver)).toMatchObject({ acceptanceRate: 67, completionRate: 0 });

    const fourth = await askedAgain(first);
    await accept(fourth.tripId);
    await move(driver, fourth.tripId, 'in_transit');
    await move(driver, fourth.tripId, 'completed');
    expect(await performance(driver)).toMatchObject({
      acceptanceRate: 75,
      completionRate: 50,
      onTimeDeliveryRate: 100,
      totalTrips: 1,
    });
    await sql('UPDATE weelo.driver_records SET on_time = 0 WHERE driver_id = $1', [driver.id]);
    expect(await performance(driver)).toMatchObject({ onTimeDeliveryRate: 0 });
  });
});

interface Day {
  readonly day: string;
  readonly weekDay: string;
}

/** Today and the days before it, by the calendar of India. */
function lastDaysInIndia(most: number): readonly Day[] {
  const zone = { timeZone: 'Asia/Kolkata' } as const;
  return Array.from({ length: most }, (_, ago) => {
    const at = new Date(Date.now() - ago * 24 * 3_600_000);
    return {
      day: at.toLocaleDateString('en-CA', zone),
      weekDay: at.toLocaleDateString('en-US', { ...zone, weekday: 'short' }),
    };
  });
}

describe('a transporter', () => {
  const asks = (token: string, driverId?: string) => {
    const query = driverId === undefined ? {} : { driverId };
    return Promise.all([
      trips.listDriverTrips({ token, query }),
      trips.getDriverEarnings({ token, query }),
      trips.getDriverPerformance({ token, query }),
    ]);
  };
  const codes = async (...which: Parameters<typeof asks>) =>
    (await asks(...which)).map(({ error }) => error?.code);
  const notFound = ['DRIVER_NOT_FOUND', 'DRIVER_NOT_FOUND', 'DRIVER_NOT_FOUND'];

  test('sees a driver of its own fleet, and no other', async () => {
    const { owner, driver, tripId } = await delivered();
    const [found, earned, how] = await asks(owner.token, driver.id);
    expect(found.body).toMatchObject({ trips: [{ id: tripId, status: 'completed' }], total: 1 });
    expect(earned.body).toMatchObject({ totalEarnings: 3000, breakdown: [{ trips: 1 }] });
    expect(how.body).toMatchObject({ totalTrips: 1, completionRate: 100 });
    const other = await world.transporter();
    expect(await codes(other.token, driver.id)).toEqual(notFound);
    expect(await codes(owner.token, other.drivers[0]?.id)).toEqual(notFound);
    expect(await codes(owner.token, owner.id)).toEqual(notFound);
    expect(await codes(owner.token, randomUUID())).toEqual(notFound);
    expect(await codes(owner.token)).toEqual(notFound);
  });

  test('does not see whom its driver drove for before', async () => {
    const { driver, tripId } = await delivered();
    const next = await world.transporter();
    await sql('UPDATE weelo.users SET transporter_id = $1 WHERE id = $2', [next.id, driver.id]);
    const [found, , how] = await asks(next.token, driver.id);
    expect(found.body).toEqual({ trips: [], total: 0, hasMore: false });
    expect(how.body?.totalTrips).toBe(1);
    expect((await list(driver))?.trips).toMatchObject([{ id: tripId }]);
  });

  test('has screens of its own, and a customer has neither', async () => {
    const { owner, driver, token } = await delivered();
    for (const each of [owner.token, token]) {
      expect((await trips.getDriverDashboard({ token: each })).error?.code).toBe('FORBIDDEN');
      expect((await trips.getActiveTrip({ token: each })).error?.code).toBe('FORBIDDEN');
    }
    expect(await codes(token, driver.id)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
  });

  test('and a driver who names another one sees the own figures', async () => {
    const { driver } = await delivered();
    const { drivers } = await world.transporter();
    const [idle] = drivers as [Driver];
    const [found, earned, how] = await asks(idle.token, driver.id);
    expect(found.body?.total).toBe(0);
    expect(earned.body?.totalTrips).toBe(0);
    expect(how.body?.totalTrips).toBe(0);
  });
});

describe("the fleet's list of drivers", () => {
  type Fleet = Client<ReturnType<typeof routesOf<'fleet'>>[number]>;
  let fleet: Fleet;
  beforeAll(async () => {
    const { handler } = await import('../../functions/fleet.ts');
    fleet = clientOf(routesOf('fleet'), into(handler));
  });

  test('shows how many trips each has completed, and how they were rated', async () => {
    const { owner, driver, token, tripIds } = await underWay({ trucks: 2 });
    const shown = async () => {
      const { body } = await fleet.listDrivers({ token: owner.token });
      const one = body?.drivers.find(({ id }) => id === driver.id);
      return { total: body?.total, rating: one?.rating, totalTrips: one?.totalTrips };
    };
    expect(await shown()).toEqual({ total: 2, rating: null, totalTrips: 0 });
    const [tripId = ''] = tripIds;
    await move(driver, tripId, 'in_transit');
    await move(driver, tripId, 'completed');
    expect(await shown()).toEqual({ total: 2, rating: null, totalTrips: 1 });
    await trips.rateDriver({ token, body: { assignmentId: tripId, stars: 4 } });
    expect(await shown()).toEqual({ total: 2, rating: 4, totalTrips: 1 });
    await sql('UPDATE weelo.driver_records SET rating_sum = 14, ratings = 3 WHERE driver_id = $1', [
      driver.id,
    ]);
    expect(await shown()).toEqual({ total: 2, rating: 4.67, totalTrips: 1 });
    expect(await dashboard(driver)).toMatchObject({
      driver: { rating: 4.67, totalTrips: 1 },
      stats: { rating: 4.67, totalRatings: 3 },
    });
    // Those of other fleets are not among them.
    const { body } = await fleet.listDrivers({ token: (await world.transporter()).token });
    expect(body?.drivers).toMatchObject([{ rating: null, totalTrips: 0 }]);
  });
});
