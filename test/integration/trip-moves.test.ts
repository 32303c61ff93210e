import { describe, expect, test } from 'vitest';
import { AssignmentStatus } from '../../src/contract/http/assignments/status.ts';
import { tripWorld } from '../support/worlds/trip-world.ts';

const world = await tripWorld();
const { orders, trips, underWay, move, allTold, standStill, sql } = world;

const named = (events: readonly Record<string, unknown>[], name: string) =>
  events.filter(({ event }) => event === name);

const way: readonly AssignmentStatus[] = [
  'driver_accepted',
  'en_route_pickup',
  'at_pickup',
  'loading_complete',
  'in_transit',
];
const after: Partial<Record<AssignmentStatus, readonly AssignmentStatus[]>> = {
  in_transit: ['arrived_at_drop', 'completed'],
  arrived_at_drop: ['completed'],
};

/** Written from the contract's words, and not from the product's table. */
function isAllowed(from: AssignmentStatus, to: AssignmentStatus): boolean {
  const [a, b] = [way.indexOf(from), way.indexOf(to)];
  return (a >= 0 && b > a) || (after[from]?.includes(to) ?? false);
}

const ended = new Set<AssignmentStatus>(['completed', 'driver_declined', 'timed_out', 'cancelled']);

async function rowsOf(orderId: string) {
  const [order] = (await sql(
    `SELECT o.status, o.event_version AS version, o.claimed, o.filled,
            (SELECT array_agg(t.status::text ORDER BY t.number) FROM weelo.truck_requests t WHERE t.order_id = o.id) AS trucks,
            (SELECT array_agg(a.status::text ORDER BY a.id) FROM weelo.assignments a WHERE a.order_id = o.id) AS trips,
            (SELECT array_agg(v.status::text ORDER BY a.id) FROM weelo.assignments a JOIN weelo.vehicles v ON v.id = a.vehicle_id
              WHERE a.order_id = o.id) AS vehicles
     FROM weelo.orders o WHERE o.id = $1`,
    [orderId],
  )) as Record<string, unknown>[];
  return order;
}

/** Puts a trip into a state, whatever leads there. */
async function put(tripId: string, status: AssignmentStatus) {
  const isOver = ended.has(status);
  await sql(
    `UPDATE weelo.assignments SET status = $2::weelo.assignment_status,
       live_vehicle_id = CASE WHEN $3 THEN NULL ELSE vehicle_id END,
       live_driver_id = CASE WHEN $3 THEN NULL ELSE driver_id END,
       ended_at = CASE WHEN $3 THEN now() END, answer_by = now() + interval '1 hour'
     WHERE id = $1`,
    [tripId, status, isOver],
  );
}

test('of all pairs of states, the allowed ones move the trip, and the others change nothing', async () => {
  for (const from of AssignmentStatus.options) {
    const { driver, tripId, orderId } = await underWay();
    for (const to of AssignmentStatus.options) {
      const pair = `${from} to ${to}`;
      await put(tripId, from);
      const before = await rowsOf(orderId);
      const { status, error } = await move(driver, tripId, to);
      if (from === to) {
        expect([pair, status]).toEqual([pair, 200]);
        expect([pair, await rowsOf(orderId)]).toEqual([pair, before]);
      } else if (isAllowed(from, to)) {
        expect([pair, status]).toEqual([pair, 200]);
        expect([pair, (await rowsOf(orderId))?.['trips']]).toEqual([pair, [to]]);
      } else {
        expect([pair, error?.code]).toEqual([pair, 'INVALID_STATUS_TRANSITION']);
        expect([pair, await rowsOf(orderId)]).toEqual([pair, before]);
      }
    }
  }
});

describe('a trip of two trucks', () => {
  test('takes its order, its vehicle and its driver along, to the end', async () => {
    const { owner, orderId, tripIds, customerId } = await underWay({ trucks: 2 });
    const [first, second] = owner.drivers as [(typeof owner.drivers)[0], (typeof owner.drivers)[0]];
    const [one = '', two = ''] = tripIds;
    await move(first, one, 'at_pickup');
    expect(await rowsOf(orderId)).toMatchObject({ status: 'in_progress' });
    expect(named(await allTold(), 'assignment_status_changed')).toMatchObject([
      { to: [customerId, owner.id], data: { status: 'at_pickup', orderStatus: 'in_progress' } },
    ]);
    await move(first, one, 'loading_complete');
    await move(first, one, 'in_transit');
    expect(await rowsOf(orderId)).toMatchObject({
      vehicles: expect.arrayContaining(['in_transit', 'on_hold']) as unknown,
    });
    await move(first, one, 'completed');
    const half = await rowsOf(orderId);
    expect(half).toMatchObject({ status: 'in_progress', filled: 2, claimed: 2 });
    expect(half?.['trucks']).toContain('completed');
    expect(half?.['vehicles']).toContain('available');

    await allTold();
    await move(second, two, 'in_transit');
    await move(second, two, 'arrived_at_drop');
    await move(second, two, 'completed');
    expect(await rowsOf(orderId)).toMatchObject({
      status: 'completed',
      trucks: ['completed', 'completed'],
      vehicles: ['available', 'available'],
    });
    expect(named(await allTold(), 'booking_completed')).toMatchObject([
      { to: [customerId, owner.id], data: { status: 'completed', trucksCompleted: 2 } },
    ]);
  });

  test('counts for its driver once, however often its end is said at once', async () => {
    const { driver, tripId } = await underWay();
    await move(driver, tripId, 'in_transit');
    const ends = await Promise.all(
      Array.from({ length: 8 }, () => move(driver, tripId, 'completed')),
    );
    expect(ends.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    const records = await sql(
      'SELECT trips, on_time, asked, accepted FROM weelo.driver_records WHERE driver_id = $1',
      [driver.id],
    );
    expect(records).toEqual([{ trips: 1, on_time: 1, asked: 1, accepted: 1 }]);
    const days = await sql(
      'SELECT trips, earnings::int FROM weelo.driver_days WHERE driver_id = $1',
      [driver.id],
    );
    expect(days).toEqual([{ trips: 1, earnings: 3000 }]);
  });

  test('loses no state in a race: each one that is told was written', async () => {
    const { driver, tripId, orderId } = await underWay();
    const words = ['at_pickup', 'loading_complete', 'in_transit', 'arrived_at_drop'] as const;
    await Promise.all(
      words.flatMap((word) => [move(driver, tripId, word), move(driver, tripId, word)]),
    );
    await move(driver, tripId, 'in_transit');
    await move(driver, tripId, 'completed');
    expect(await rowsOf(orderId)).toMatchObject({ status: 'completed', vehicles: ['available'] });
    const log = (await sql(
      `SELECT status::text FROM weelo.trip_moves WHERE trip_id = $1 AND what = 'moved' ORDER BY id`,
      [tripId],
    )) as { status: AssignmentStatus }[];
    const states = log.map(({ status }) => status);
    expect(new Set(states).size).toBe(states.length);
    expect(states).toContain('in_transit');
    expect(states.at(-1)).toBe('completed');
  });
});

test('another driver’s trip is not found', async () => {
  const { tripId } = await underWay();
  const { driver: stranger } = await underWay();
  const { error } = await move(stranger, tripId, 'at_pickup');
  expect(error?.code).toBe('ASSIGNMENT_NOT_FOUND');
});

test('an order is completed also by a hold that lapses, and everybody learns it', async () => {
  const { owner, orderId, tripIds, customerId } = await underWay({ trucks: 2 });
  const [first, second] = owner.drivers as [(typeof owner.drivers)[0], (typeof owner.drivers)[0]];
  const [one = '', two = ''] = tripIds;
  await move(first, one, 'in_transit');
  await move(first, one, 'completed');
  const reason = 'It broke down';
  await orders.cancelAssignment({ token: second.token, params: { id: two }, body: { reason } });
  await allTold();
  await world.ageAnswers(orderId, 61);
  await world.reconcile();
  expect(await rowsOf(orderId)).toMatchObject({ status: 'completed' });
  expect(named(await allTold(), 'booking_completed')).toMatchObject([
    { to: [customerId, owner.id], data: { trucksCompleted: 1, status: 'completed' } },
  ]);
});

describe('a place', () => {
  const waitedAt = async (tripId: string, place: 'pickup' | 'drop') => {
    const [row] = (await sql(
      `SELECT ${place}_arrived_at AS arrived, ${place}_left_at AS left FROM weelo.assignments WHERE id = $1`,
      [tripId],
    )) as { arrived: Date; left: Date }[];
    return row;
  };

  test('is not left before it was reached, whatever a phone’s clock has said', async () => {
    const { driver, tripId } = await underWay();
    await sql(
      `UPDATE weelo.assignments SET pickup_arrived_at = now() + interval '50 seconds', pickup_verified = true,
         drop_arrived_at = now() + interval '55 seconds', drop_verified = true WHERE id = $1`,
      [tripId],
    );
    for (const status of ['in_transit', 'completed'] as const) {
      expect((await move(driver, tripId, status)).status).toBe(200);
    }
    const pickup = await waitedAt(tripId, 'pickup');
    expect(pickup?.left).toEqual(pickup?.arrived);
  });
});

test('a truck that was seen leaving, and whose driver then says that it is there, waits anew', async () => {
  const { driver, tripId } = await underWay();
  await sql(
    `UPDATE weelo.assignments SET pickup_arrived_at = now() - interval '1 hour', pickup_verified = true,
       pickup_left_at = now() - interval '30 minutes' WHERE id = $1`,
    [tripId],
  );
  expect((await move(driver, tripId, 'at_pickup')).status).toBe(200);
  const [row] = await sql(
    `SELECT pickup_arrived_at > now() - interval '1 minute' AS anew, pickup_left_at AS left, pickup_verified AS verified
     FROM weelo.assignments WHERE id = $1`,
    [tripId],
  );
  expect(row).toEqual({ anew: true, left: null, verified: false });
});

describe('where the order asks for codes', () => {
  const codesOf = async (token: string, id: string) => {
    const { body } = await orders.listBookingTrucks({ token, params: { id } });
    return body?.trucks[0]?.tripCodes ?? undefined;
  };

  test('the truck leaves with one and delivers with the other, which only the customer sees', async () => {
    const { driver, tripId, orderId, token, owner } = await underWay({ requireTripCodes: true });
    const codes = await codesOf(token, orderId);
    expect(codes?.startCode).toMatch(/^\d{4}$/);
    const { body: seen } = await orders.getAssignment({
      token: owner.token,
      params: { id: tripId },
    });
    expect(JSON.stringify(seen)).not.toContain(codes?.startCode);
    await move(driver, tripId, 'at_pickup');
    expect((await move(driver, tripId, 'in_transit')).error?.code).toBe('POD_OTP_REQUIRED');
    expect((await move(driver, tripId, 'in_transit', codes?.startCode)).status).toBe(200);
    expect((await move(driver, tripId, 'completed')).error?.code).toBe('POD_OTP_REQUIRED');
    expect((await move(driver, tripId, 'completed', codes?.deliveryCode)).status).toBe(200);
    expect(await codesOf(token, orderId)).toBeUndefined();
    const stored = await sql(
      `SELECT concat_ws(' ', m.*) AS text FROM weelo.trip_moves m WHERE trip_id = $1
       UNION ALL SELECT message::text FROM weelo.outbox WHERE order_id = $2`,
      [tripId, orderId],
    );
    const fields = (stored as { text: string }[]).map(({ text }) => text.split(/[^0-9]+/)).flat();
    expect(fields).not.toContain(codes?.startCode);
    expect(fields).not.toContain(codes?.deliveryCode);
  });

  test('five wrong ones lock the trip for ten minutes, also for the right one', async () => {
    const { driver, tripId, orderId, token } = await underWay({ requireTripCodes: true });
    const { startCode = '' } = (await codesOf(token, orderId)) ?? {};
    const wrong = startCode === '0000' ? '1111' : '0000';
    for (let left = 4; left >= 0; left -= 1) {
      const { error } = await move(driver, tripId, 'in_transit', wrong);
      expect([error?.code, error?.data?.['attemptsLeft']]).toEqual(['INVALID_TRIP_CODE', left]);
    }
    const locked = await move(driver, tripId, 'in_transit', startCode);
    expect(locked.error?.code).toBe('TRIP_CODE_LOCKED');
    expect(locked.error?.retryAfterMs).toBeGreaterThan(9 * 60_000);
    const log = await sql(
      `SELECT count(*)::int AS tries FROM weelo.trip_moves WHERE trip_id = $1 AND what = 'wrong_code'`,
      [tripId],
    );
    expect(log).toEqual([{ tries: 5 }]);
    await sql(
      `UPDATE weelo.assignments SET codes_locked_until = now() - interval '1 second' WHERE id = $1`,
      [tripId],
    );
    expect((await move(driver, tripId, 'in_transit', startCode)).status).toBe(200);
  });

  test('guesses at once are counted like those one by one', async () => {
    const { driver, tripId, orderId, token } = await underWay({ requireTripCodes: true });
    const { startCode = '' } = (await codesOf(token, orderId)) ?? {};
    const guesses = Array.from({ length: 12 }, (_, i) => String(1000 + i));
    const tried = guesses.filter((each) => each !== startCode);
    const answers = await Promise.all(
      tried.map((each) => move(driver, tripId, 'in_transit', each)),
    );
    const codes = answers.map(({ error }) => error?.code);
    expect(codes.filter((code) => code === 'INVALID_TRIP_CODE')).toHaveLength(5);
    expect(new Set(codes)).toEqual(new Set(['INVALID_TRIP_CODE', 'TRIP_CODE_LOCKED']));
  });
});

describe('a trip that stands still', () => {
  test('is told to both sides after twelve hours, once, and can then be ended', async () => {
    const { owner, tripId, customerId, orderId, driver } = await underWay();
    await move(driver, tripId, 'in_transit');
    const end = (outcome: 'completed' | 'cancelled') =>
      trips.endTrip({
        token: owner.token,
        params: { id: tripId },
        body: { reason: 'The phone was lost', outcome },
      });
    await standStill(tripId, 11.9);
    await world.reconcile();
    expect(named(await allTold(), 'assignment_stale')).toEqual([]);
    expect((await end('completed')).error?.code).toBe('TRIP_IS_MOVING');
    await standStill(tripId, 0.2);
    await world.reconcile();
    await world.reconcile();
    expect(named(await allTold(), 'assignment_stale')).toMatchObject([
      { to: [customerId, owner.id], data: { tripId, status: 'in_transit' } },
    ]);
    expect((await end('completed')).body).toMatchObject({ status: 'completed' });
    expect((await end('completed')).status).toBe(200);
    expect((await end('cancelled')).error?.code).toBe('INVALID_STATUS_TRANSITION');
    expect(await rowsOf(orderId)).toMatchObject({ status: 'completed', vehicles: ['available'] });
  });

  test('can be ended without a delivery: the truck is lost, and the customer is told', async () => {
    const { owner, tripId, customerId, orderId, driver } = await underWay();
    await standStill(tripId, 12);
    const { status } = await trips.endTrip({
      token: owner.token,
      params: { id: tripId },
      body: { reason: 'It broke down', outcome: 'cancelled' },
    });
    expect(status).toBe(200);
    expect(await rowsOf(orderId)).toMatchObject({ status: 'expired', vehicles: ['available'] });
    const told = await allTold();
    expect(named(told, 'order_expired')).toMatchObject([{ to: [customerId] }]);
    expect(named(told, 'trip_cancelled')).toMatchObject([{ to: [driver.id, owner.id] }]);
  });

  test('can be ended by an operator, too', async () => {
    const { tripId, orderId, driver } = await underWay();
    await move(driver, tripId, 'in_transit');
    const end = () =>
      world.operate({
        command: 'end-trip',
        input: { tripId, reason: 'Both sides called', outcome: 'completed' },
      });
    await expect(end()).rejects.toThrow('has moved in the last 12 hours');
    await standStill(tripId, 13);
    expect(await end()).toMatchObject({ tripId, status: 'completed' });
    expect(await rowsOf(orderId)).toMatchObject({ status: 'completed' });
    const [log] = await sql(
      `SELECT user_id AS who, remark FROM weelo.trip_moves WHERE trip_id = $1 AND what = 'ended'`,
      [tripId],
    );
    expect(log).toEqual({ who: null, remark: 'Both sides called' });
  });

  test('can be ended by an operator at once if it cannot be completed', async () => {
    const { tripId, orderId } = await underWay();
    const input = { tripId, reason: 'Its driver is suspended', outcome: 'cancelled' };
    await world.operate({ command: 'end-trip', input: { ...input, evenIfMoving: true } });
    expect(await rowsOf(orderId)).toMatchObject({ status: 'expired', vehicles: ['available'] });
  });

  test('has not waited after it last went on: nobody pays for a dead phone', async () => {
    const { owner, driver, tripId, token, params } = await underWay();
    await move(driver, tripId, 'at_pickup');
    await sql(
      `UPDATE weelo.assignments SET pickup_arrived_at = pickup_arrived_at - interval '13 hours 12 minutes' WHERE id = $1`,
      [tripId],
    );
    await standStill(tripId, 13);
    await trips.endTrip({
      token: owner.token,
      params: { id: tripId },
      body: { reason: 'The phone was lost', outcome: 'completed' },
    });
    const { body } = await orders.listBookingTrucks({ token, params });
    expect(body?.trucks[0]?.bill.lines.map(({ kind, minutes }) => [kind, minutes])).toEqual([
      ['fare', null],
      ['waiting_at_pickup', 12],
      ['waiting_at_drop', 0],
    ]);
  });

  test('is known as such also if the last release let its driver accept it', async () => {
    const { tripId, customerId, owner } = await underWay();
    await sql(
      `UPDATE weelo.assignments SET moved_at = NULL, accepted_at = accepted_at - interval '13 hours' WHERE id = $1`,
      [tripId],
    );
    await world.reconcile();
    expect(named(await allTold(), 'assignment_stale')).toMatchObject([
      { to: [customerId, owner.id], data: { tripId } },
    ]);
  });

  test('is ended by its own transporter alone', async () => {
    const { tripId } = await underWay();
    const { owner: stranger } = await underWay();
    await standStill(tripId, 13);
    const { error } = await trips.endTrip({
      token: stranger.token,
      params: { id: tripId },
      body: { reason: 'Mine now', outcome: 'cancelled' },
    });
    expect(error?.code).toBe('ASSIGNMENT_NOT_FOUND');
  });
});
