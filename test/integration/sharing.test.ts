import { createHash, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/contract/errors.ts';
import { AssignmentStatus } from '../../src/contract/http/assignments/status.ts';
import type { TripPosition } from '../../src/contract/http/tracking/views.ts';
import { openOrderCache } from '../../src/orders/order/order-cache.ts';
import { openQueue } from '../../src/platform/aws/queues.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { openPostgres } from '../../src/platform/postgres/postgres.ts';
import { forgetShares, revokeShares, shareOrder } from '../../src/trips/sharing/share-order.ts';
import { watchTrip } from '../../src/trips/sharing/watch-trip.ts';
import { SERVICE } from '../support/engines/database-server.ts';
import { whenDone } from '../support/engines/when-done.ts';
import { position } from '../support/shared-order.ts';
import {
  aces,
  marketWorld,
  type Driver,
  type Transporter,
} from '../support/worlds/market-world.ts';

const world = await marketWorld();
const { orders, search, sql } = world;

const postgres = openPostgres({
  host: world.variables.DATABASE_HOST,
  port: Number(world.variables.DATABASE_PORT),
  database: world.variables.DATABASE_NAME,
  tls: 'off',
  credentials: async () => SERVICE,
  onError: () => undefined,
});
whenDone(() => postgres.close());

const redis = {
  evaluate: (script: string, keys: readonly string[], args: readonly (string | number)[]) =>
    world.redis.eval(script, keys.length, ...keys, ...args),
};
/** The trips that tracking was asked about. */
const askedFor: string[] = [];
const deps = {
  postgres,
  cache: openOrderCache(redis),
  queues: {
    dispatch: openQueue(world.variables.DISPATCH_QUEUE_URL),
    notify: openQueue(world.variables.NOTIFY_QUEUE_URL),
  },
  ids,
  clock,
  // Tracking knows where every truck is, at any time: what is shown, sharing decides.
  track: async ({ requests }: { readonly requests: readonly { tripId: string | null }[] }) => {
    const trips = requests.flatMap(({ tripId }) => tripId ?? []);
    askedFor.push(...trips);
    const positions: TripPosition[] = trips.map((tripId) => position({ tripId }));
    return { positions, etas: {} };
  },
};

/** An order with one truck, whose driver has accepted. */
async function accepted() {
  const { transporters, ...order } = await search({ trucks: [aces(1)], fleets: [{}] });
  const [{ token, vehicles, drivers }] = transporters as [Transporter];
  const [driver] = drivers as [Driver];
  const { body } = await orders.acceptBroadcast({
    token,
    params: order.params,
    body: { vehicleId: vehicles[0] ?? '', driverId: driver.id },
  });
  const tripId = body?.tripId ?? '';
  await orders.acceptAssignment({ token: driver.token, params: { id: tripId } });
  return { ...order, tripId, which: { orderId: order.orderId, customerId: order.customerId } };
}

/** As if the trip had come so far; what is cached of the order is forgotten, as a move does it. */
async function standsAt({ tripId, orderId }: { tripId: string; orderId: string }, status: string) {
  const isOver = ['completed', 'driver_declined', 'timed_out', 'cancelled'].includes(status);
  const unlessOver = (column: string) => `CASE WHEN $3 THEN NULL ELSE ${column} END`;
  await sql(
    `UPDATE weelo.assignments
     SET status = $2, live_driver_id = ${unlessOver('driver_id')},
         live_vehicle_id = ${unlessOver('vehicle_id')}, ended_at = CASE WHEN $3 THEN now() END
     WHERE id = $1`,
    [tripId, status, isOver],
  );
  await world.redis.del(`order:${orderId}`);
}

const failure = (asked: Promise<unknown>) =>
  asked.then(
    () => 'no failure',
    (error: { code?: string }) => error.code,
  );

describe('a link', () => {
  test('shows the trip to whoever has it', async () => {
    const { which, orderId } = await accepted();
    const { token, url, ...link } = await shareOrder(which, deps);
    expect(link).toMatchObject({ orderId, createdAt: expect.stringMatching(/\.\d{3}Z$/) });
    expect(url).toBe(`/t/${token}`);
    expect(await watchTrip(token, deps)).toMatchObject({
      sharedBy: 'Asha',
      trucks: [{ driverFirstName: 'Driver', status: 'driver_accepted', position: {} }],
    });
  });

  test('P16: cannot be guessed, and only its hash is stored', async () => {
    const { which, orderId } = await accepted();
    const { token } = await shareOrder(which, deps);
    expect(token).toMatch(/^[\w-]{22,}$/);
    expect(Buffer.from(token, 'base64url').length * 8).toBeGreaterThanOrEqual(128);
    const rows = await sql('SELECT * FROM weelo.share_links WHERE order_id = $1', [orderId]);
    const hash = createHash('sha256').update(token).digest('base64url');
    expect(rows).toMatchObject([{ token_hash: hash, revoked_at: null }]);
    expect(JSON.stringify(rows)).not.toContain(token);
    // Who reads the table has no link.
    expect(await failure(watchTrip(hash, deps))).toBe('NOT_FOUND');
  });

  test('is another one each time, and those before go on, until all are revoked', async () => {
    const [mine, other] = [await accepted(), await accepted()];
    const first = await shareOrder(mine.which, deps);
    const second = await shareOrder(mine.which, deps);
    const others = await shareOrder(other.which, deps);
    expect(second.token).not.toBe(first.token);
    expect((await watchTrip(first.token, deps)).trucks).toHaveLength(1);

    expect((await revokeShares(mine.which, deps)).revoked).toBe(2);
    for (const { token } of [first, second]) {
      expect(await failure(watchTrip(token, deps))).toBe('NOT_FOUND');
    }
    expect((await revokeShares(mine.which, deps)).revoked).toBe(0);
    expect((await watchTrip(others.token, deps)).trucks).toHaveLength(1);
    // A new one works again.
    const third = await shareOrder(mine.which, deps);
    expect((await watchTrip(third.token, deps)).trucks).toHaveLength(1);
  });

  test('is one of twenty at most: a further one ends the oldest', async () => {
    const [mine, other] = [await accepted(), await accepted()];
    const others = await shareOrder(other.which, deps);
    const tokens: string[] = [];
    for (let i = 0; i < 21; i++) {
      // A millisecond apart, so that one is the oldest.
      const at = new Date(clock.now().getTime() + i);
      const link = await shareOrder(mine.which, { ...deps, clock: { now: () => at } });
      tokens.push(link.token);
    }
    const answers = await Promise.all(tokens.map((token) => failure(watchTrip(token, deps))));
    expect(answers).toEqual(['NOT_FOUND', ...Array(20).fill('no failure')]);
    // Those that were revoked are no longer counted, and those of others never were.
    expect((await revokeShares(mine.which, deps)).revoked).toBe(20);
    const again = [await shareOrder(mine.which, deps), await shareOrder(mine.which, deps), others];
    for (const { token } of again) expect(await failure(watchTrip(token, deps))).toBe('no failure');
    const rows = await sql('SELECT 1 FROM weelo.share_links WHERE order_id = $1', [mine.orderId]);
    expect(rows).toHaveLength(20);
  });

  test('is one of twenty, also if many are made at once', async () => {
    const { which, orderId } = await accepted();
    for (let i = 0; i < 20; i++) await shareOrder(which, deps);
    for (let round = 0; round < 10; round++) {
      await Promise.all([shareOrder(which, deps), shareOrder(which, deps)]);
      const rows = await sql('SELECT 1 FROM weelo.share_links WHERE order_id = $1', [orderId]);
      expect(rows).toHaveLength(20);
    }
  });

  test.each([[''], ['no-such-link'], ["' OR true --"]])('%j is none', async (token) => {
    expect(await failure(watchTrip(token, deps))).toBe('NOT_FOUND');
  });
});

test("P12: another's order is shared and revoked by nobody", async () => {
  const { which, orderId } = await accepted();
  const { token } = await shareOrder(which, deps);
  const stranger = await world.customer();
  for (const wrong of [
    { orderId, customerId: stranger.id },
    { orderId: randomUUID(), customerId: which.customerId },
  ]) {
    expect(await failure(shareOrder(wrong, deps))).toBe('ORDER_NOT_FOUND');
    expect(await failure(revokeShares(wrong, deps))).toBe('ORDER_NOT_FOUND');
  }
  const rows = await sql('SELECT 1 FROM weelo.share_links WHERE order_id = $1', [orderId]);
  expect(rows).toHaveLength(1);
  expect((await watchTrip(token, deps)).trucks).toHaveLength(1);
});

test('P12: a position is shown from acceptance to completion, and not asked for outside', async () => {
  const trip = await accepted();
  const { token } = await shareOrder(trip.which, deps);
  const inside = new Set(AssignmentStatus.options.slice(1, 7));
  for (const status of AssignmentStatus.options) {
    await standsAt(trip, status);
    askedFor.length = 0;
    const { trucks } = await watchTrip(token, deps);
    const isInside = inside.has(status);
    expect([status, trucks[0]?.position?.latitude]).toEqual([
      status,
      isInside ? 28.5702 : undefined,
    ]);
    expect(askedFor).toEqual(isInside ? [trip.tripId] : []);
  }
});

test('before a driver has accepted, nobody is shown', async () => {
  const { orderId, customerId } = await search({ trucks: [aces(2)], fleets: [{}] });
  const { token } = await shareOrder({ orderId, customerId }, deps);
  expect(await watchTrip(token, deps)).toMatchObject({ trucksNeeded: 2, trucks: [] });
});

describe('when the order is over', () => {
  test.each(['completed', 'cancelled', 'expired'])(
    'and %s, there is no trip to see',
    async (end) => {
      const trip = await accepted();
      const { token } = await shareOrder(trip.which, deps);
      await sql(
        `UPDATE weelo.orders SET status = $2, search_closed_at = coalesce(search_closed_at, now()) WHERE id = $1`,
        [trip.orderId, end],
      );
      await world.redis.del(`order:${trip.orderId}`);
      askedFor.length = 0;
      expect(await failure(watchTrip(token, deps))).toBe('TRIP_ENDED');
      expect(askedFor).toEqual([]);
      expect(await failure(shareOrder(trip.which, deps))).toBe('TRIP_ENDED');
      const rows = await sql('SELECT 1 FROM weelo.share_links WHERE order_id = $1', [trip.orderId]);
      expect(rows).toHaveLength(1);
      // Who has revoked it has revoked it.
      await revokeShares(trip.which, deps);
      expect(await failure(watchTrip(token, deps))).toBe('NOT_FOUND');
    },
  );
});

describe('a week after the end of the order', () => {
  const daysAgo = (days: number) => new Date(clock.now().getTime() - days * 86_400_000);
  const linksOf = ({ orderId }: { readonly orderId: string }) =>
    sql('SELECT 1 FROM weelo.share_links WHERE order_id = $1', [orderId]);

  /** As if the order had been shared ten days ago, and had become so since. */
  async function shared(status: string, changedDaysAgo: number) {
    const trip = await accepted();
    await shareOrder(trip.which, { ...deps, clock: { now: () => daysAgo(10) } });
    await sql(
      `UPDATE weelo.orders SET status = $2, updated_at = $3,
         search_closed_at = coalesce(search_closed_at, now()) WHERE id = $1`,
      [trip.orderId, status, daysAgo(changedDaysAgo)],
    );
    return trip;
  }

  test('its links are deleted, and no others', async () => {
    const ended = await Promise.all(
      ['completed', 'cancelled', 'expired'].map((status) => shared(status, 7.01)),
    );
    const [recent, live] = [await shared('completed', 6.99), await shared('in_progress', 9)];
    // In batches, the oldest first.
    expect(await forgetShares(2, deps)).toBe(2);
    expect(await forgetShares(2, deps)).toBe(1);
    expect(await forgetShares(2, deps)).toBe(0);
    for (const trip of ended) expect(await linksOf(trip)).toEqual([]);
    expect(await linksOf(live)).toHaveLength(1);
    expect(await linksOf(recent)).toHaveLength(1);
    const later = { now: () => daysAgo(-0.02) };
    expect(await forgetShares(2, { postgres, clock: later })).toBe(1);
    expect(await linksOf(recent)).toEqual([]);
    expect(await linksOf(live)).toHaveLength(1);
  });
});

describe('while positions cannot be looked up', () => {
  const failing = (fault: Error) => ({
    ...deps,
    track: async () => {
      throw fault;
    },
  });

  test('trucks are shown without them', async () => {
    const { which } = await accepted();
    const { token } = await shareOrder(which, deps);
    const away = new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000 });
    expect(await watchTrip(token, failing(away))).toMatchObject({
      trucks: [{ driverFirstName: 'Driver', status: 'driver_accepted', position: null, eta: null }],
    });
  });

  test.each([[new Error('Broken')], [new AppError('ORDER_NOT_FOUND')]])(
    'because of a fault of ours, that is not hidden: %s',
    async (fault) => {
      const { which } = await accepted();
      const { token } = await shareOrder(which, deps);
      await expect(watchTrip(token, failing(fault))).rejects.toThrow(fault);
    },
  );
});

test('the place is named as the town, and its address is not shown', async () => {
  const { token: customer, id: customerId } = await world.customer();
  const place = { latitude: 28.5355, longitude: 77.391, address: 'House 7, the blue door' };
  const drop = { latitude: 28.6139, longitude: 77.209, address: 'Flat 2, 14 Barakhamba Road' };
  const { body } = await world.place(customer, {
    order: { ...world.documented, pickup: place, drop },
  });
  const { token } = await shareOrder({ orderId: body?.order.id ?? '', customerId }, deps);
  const shown = await watchTrip(token, deps);
  expect(shown.pickup.address).toMatch(/Noida/);
  expect(shown.drop.address).toMatch(/Delhi/);
  expect(JSON.stringify(shown)).not.toMatch(/blue door|Flat 2|28\.5355/);
});
