import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { tripWorld } from '../support/worlds/trip-world.ts';

const world = await tripWorld();
const { trips, underWay, move, allTold, sql } = world;

type UnderWay = Awaited<ReturnType<typeof underWay>>;

async function complete({ owner, tripIds }: UnderWay, i = 0) {
  const driver = owner.drivers[i];
  const tripId = tripIds[i] ?? '';
  if (!driver) throw new Error('There is no such driver');
  await move(driver, tripId, 'in_transit');
  const { status } = await move(driver, tripId, 'completed');
  if (status !== 200) throw new Error('The trip was not completed');
}

/** An order whose trips are all completed. */
async function delivered(trucks = 1): Promise<UnderWay> {
  const order = await underWay({ trucks });
  for (let i = 0; i < trucks; i += 1) await complete(order, i);
  await allTold();
  return order;
}

const rate = (token: string, assignmentId: string, stars = 5, said: object = {}) =>
  trips.rateDriver({ token, body: { assignmentId, stars, ...said } });
const pending = async (token: string) => (await trips.listUnratedTrips({ token })).body ?? [];
const recordOf = async (driverId: string) => {
  const [row] = await sql(
    'SELECT rating_sum, ratings FROM weelo.driver_records WHERE driver_id = $1',
    [driverId],
  );
  return row;
};
const ratingsOf = (tripId: string) =>
  sql('SELECT stars, comment, tags FROM weelo.ratings WHERE trip_id = $1', [tripId]);

describe('a customer', () => {
  test('rates a completed trip once: it counts for the driver, and driver and transporter are told', async () => {
    const { token, tripId, driver, owner, customerId, orderId } = await delivered();
    expect(await pending(token)).toMatchObject([
      {
        assignmentId: tripId,
        tripId,
        bookingId: orderId,
        driverName: expect.stringMatching(/^Driver/) as string,
        driverProfilePhotoUrl: null,
        vehicleNumber: expect.stringMatching(/^KA01AB/) as string,
        vehicleType: 'mini',
        pickup: { address: 'Here', coordinates: {} },
        drop: { address: 'There' },
      },
    ]);
    const first = await rate(token, tripId, 4, { comment: 'On time', tags: ['polite', 'polite'] });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ stars: 4, driverAvgRating: 4, idempotent: false });
    expect(await pending(token)).toEqual([]);
    expect(await recordOf(driver.id)).toEqual({ rating_sum: 4, ratings: 1 });
    expect(await ratingsOf(tripId)).toEqual([{ stars: 4, comment: 'On time', tags: ['polite'] }]);
    expect(await allTold()).toMatchObject([
      {
        event: 'driver_rating_updated',
        to: [driver.id, owner.id],
        data: { driverId: driver.id, newRating: 4, totalRatings: 1, ratingDelta: 0 },
      },
    ]);
    const published = await sql(
      `SELECT message->'data' AS data, relayed_at IS NOT NULL AS relayed FROM weelo.outbox
       WHERE message->>'name' = 'DriverRated' AND message->'data'->>'tripId' = $1`,
      [tripId],
    );
    const facts = { orderId, customerId, tripId, transporterId: owner.id, driverId: driver.id };
    expect(published).toEqual([
      { data: { ...facts, stars: 4, averageRating: 4, totalRatings: 1 }, relayed: true },
    ]);

    const again = await rate(token, tripId, 1, { comment: 'No' });
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({
      ratingId: first.body?.ratingId,
      stars: 4,
      driverAvgRating: 4,
      idempotent: true,
    });
    expect(await recordOf(driver.id)).toEqual({ rating_sum: 4, ratings: 1 });
    expect(await ratingsOf(tripId)).toMatchObject([{ stars: 4, comment: 'On time' }]);
    expect(await allTold()).toEqual([]);
  });

  test('rates one trip in many requests at once: one of them counts, and all get the same answer', async () => {
    const { token, tripId, driver } = await delivered();
    const stars = [1, 2, 3, 4, 5, 1, 2, 3];
    const answers = await Promise.all(stars.map((each) => rate(token, tripId, each)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(stars.length - 1);
    expect(new Set(answers.map(({ body }) => `${body?.ratingId} ${body?.stars}`)).size).toBe(1);
    expect(await recordOf(driver.id)).toEqual({ rating_sum: answers[0]?.body?.stars, ratings: 1 });
    expect(await allTold()).toHaveLength(1);
  });

  test('rates many trips of one driver at once: each counts', async () => {
    const order = await delivered(4);
    const { token, tripIds, driver, orderId } = order;
    // As if one driver had driven them one after the other.
    await sql('UPDATE weelo.assignments SET driver_id = $1 WHERE order_id = $2', [
      driver.id,
      orderId,
    ]);
    const answers = await Promise.all(tripIds.map((id, i) => rate(token, id, i + 2)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(await recordOf(driver.id)).toEqual({ rating_sum: 2 + 3 + 4 + 5, ratings: 4 });
    const told = await allTold();
    const counts = told.map(({ data }) => (data as { totalRatings: number }).totalRatings);
    expect(counts.toSorted()).toEqual([1, 2, 3, 4]);
  });

  test('changes the average by a rating: it is told rounded to two digits, with the difference', async () => {
    const { token, tripId, driver } = await delivered();
    await sql('UPDATE weelo.driver_records SET rating_sum = 9, ratings = 2 WHERE driver_id = $1', [
      driver.id,
    ]);
    expect((await rate(token, tripId, 4)).body?.driverAvgRating).toBe(4.33);
    expect(await allTold()).toMatchObject([
      { data: { newRating: 4.33, totalRatings: 3, ratingDelta: -0.17 } },
    ]);
  });

  test('finds what was not rated, the last completed first, and nothing of others', async () => {
    const order = await underWay({ trucks: 3 });
    const [first = '', second = '', open = ''] = order.tripIds;
    await complete(order, 1);
    await complete(order, 0);
    const { token } = order;
    expect((await pending(token)).map(({ tripId }) => tripId)).toEqual([first, second]);
    await rate(token, first);
    expect((await pending(token)).map(({ tripId }) => tripId)).toEqual([second]);
    expect((await rate(token, open)).error?.code).toBe('RATING_NOT_POSSIBLE');
    expect(await pending((await world.customer()).token)).toEqual([]);
  });
});

describe('no rating counts', () => {
  test('for a trip under way, or one that did not take place', async () => {
    const { token, tripId, driver } = await underWay();
    const refused = async () => {
      const { error } = await rate(token, tripId);
      expect(error).toMatchObject({ status: 409, code: 'RATING_NOT_POSSIBLE' });
    };
    await refused();
    await move(driver, tripId, 'in_transit');
    await refused();
    const other = await underWay();
    await world.orders.cancelAssignment({
      token: other.owner.token,
      params: { id: other.tripId },
      body: { reason: 'Flat tyre' },
    });
    const { error } = await rate(other.token, other.tripId);
    expect(error?.code).toBe('RATING_NOT_POSSIBLE');
    expect(await ratingsOf(tripId)).toEqual([]);
  });

  test('from anybody else', async () => {
    const { tripId, owner, driver, token } = await delivered();
    const stranger = await world.customer();
    expect((await rate(stranger.token, tripId)).error).toMatchObject({
      status: 404,
      code: 'ASSIGNMENT_NOT_FOUND',
    });
    expect((await rate(token, randomUUID())).error?.code).toBe('ASSIGNMENT_NOT_FOUND');
    for (const each of [owner, driver]) {
      expect((await rate(each.token, tripId)).error?.code).toBe('FORBIDDEN');
      expect((await trips.listUnratedTrips({ token: each.token })).error?.code).toBe('FORBIDDEN');
    }
    expect(await ratingsOf(tripId)).toEqual([]);
    expect((await rate(token, tripId)).status).toBe(201);
  });

  test.each([
    ['no star', { stars: 0 }],
    ['six stars', { stars: 6 }],
    ['half a star', { stars: 4.5 }],
    ['an unknown tag', { stars: 4, tags: ['handsome'] }],
    ['six tags', { stars: 4, tags: Array.from({ length: 6 }, () => 'polite') }],
    ['a long comment', { stars: 4, comment: 'x'.repeat(501) }],
  ])('with %s', async (_, { stars, ...said }) => {
    const { token } = await world.customer();
    expect((await rate(token, randomUUID(), stars, said)).error?.code).toBe('VALIDATION_ERROR');
  });
});
