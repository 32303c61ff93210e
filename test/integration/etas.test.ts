import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { Cluster } from 'ioredis';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AssignmentStatus } from '../../src/contract/http/assignments/status.ts';
import { Eta } from '../../src/contract/http/tracking/views.ts';
import type { LastPosition } from '../../src/fleet/last-positions/trip-positions.ts';
import { estimateRoute } from '../../src/places/estimate-route.ts';
import type { Position } from '../../src/places/position.ts';
import { openPostgres, type PostgresCredentials } from '../../src/platform/postgres/postgres.ts';
import type { RedisConnection } from '../../src/platform/redis/redis.ts';
import { learnFromSegment } from '../../src/trips/eta/learn-from-segment.ts';
import { fold, learnSpeeds } from '../../src/trips/eta/learn-speeds.ts';
import { showEtas, type EtaDeps } from '../../src/trips/eta/show-etas.ts';
import { foldSpeeds, forgetOldSpeeds, speedsNear } from '../../src/trips/eta/speeds-store.ts';
import type { StretchSpeed } from '../../src/trips/eta/stretches.ts';
import { writeSegment } from '../../src/trips/tracking/segment-store.ts';
import { encodeTrack } from '../../src/trips/tracking/track/segments.ts';
import { sqlIn } from '../support/engines/database.ts';
import { functionEnvironment } from '../support/engines/function-environment.ts';
import { redisOfWorker } from '../support/engines/redis-of-worker.ts';
import { whenDone } from '../support/engines/when-done.ts';

const { variables, secrets } = await functionEnvironment();
const sql = sqlIn(variables.DATABASE_NAME);
const postgres = openPostgres({
  host: variables.DATABASE_HOST,
  port: Number(variables.DATABASE_PORT),
  database: variables.DATABASE_NAME,
  tls: 'off',
  credentials: async () => JSON.parse(secrets.get('arn:database') ?? '') as PostgresCredentials,
  onError: () => undefined,
});
whenDone(() => postgres.close());

beforeEach(() => sql('TRUNCATE weelo.stretch_speeds'));

const seen = (change: Partial<StretchSpeed> = {}): StretchSpeed => ({
  fromCell: 'ttnfv',
  toCell: 'ttnfy',
  hour: 9,
  seconds: 90,
  metres: 1000,
  samples: 1,
  ...change,
});
const learn = (speeds: readonly StretchSpeed[]) => postgres.run((db) => foldSpeeds(db, speeds));
const known = (cells: readonly string[], hours: readonly number[]) =>
  postgres.run((db) => speedsNear(db, { cells, hours }));

describe('the speeds of stretches', () => {
  test('are folded in SQL as by the rule', async () => {
    const batch = fc.array(
      fc.record({
        seconds: fc.integer({ min: 1, max: 900 }),
        metres: fc.integer({ min: 50, max: 9000 }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 5 }), async (batches) => {
        await sql('TRUNCATE weelo.stretch_speeds');
        let sum: StretchSpeed | undefined;
        for (const each of batches) {
          await learn(each.map(seen));
          const added = {
            seconds: each.reduce((all, { seconds }) => all + seconds, 0),
            metres: each.reduce((all, { metres }) => all + metres, 0),
            samples: each.length,
          };
          sum = fold(sum, seen(added));
        }
        const [found] = await known(['ttnfv'], [9]);
        expect(found).toMatchObject({ samples: sum?.samples, hour: 9, toCell: 'ttnfy' });
        expect((found?.seconds ?? 0) / (sum?.seconds ?? 1)).toBeCloseTo(1, 4);
        expect((found?.metres ?? 0) / (sum?.metres ?? 1)).toBeCloseTo(1, 4);
      }),
      { numRuns: 25 },
    );
  });

  test('are read for the cells and hours that are asked for', async () => {
    await learn([
      seen(),
      seen({ toCell: 'ttnft' }),
      seen({ hour: 10 }),
      seen({ hour: 23 }),
      seen({ fromCell: 'ttnfu' }),
    ]);
    expect(await known(['ttnfv'], [9, 10])).toHaveLength(3);
    expect(await known(['ttnfv', 'ttnfu'], [9])).toHaveLength(3);
    expect(await known([], [9])).toEqual([]);
    await learn([]);
    expect(await known(['ttnfv', 'ttnfu'], [9, 10, 23])).toHaveLength(5);
  });

  test('are learned by many at once, in any order: nothing is lost, and nobody blocks another one', async () => {
    const stretches = Array.from({ length: 24 }, (_, hour) => seen({ hour }));
    const writers = Array.from({ length: 20 }, (_, i) =>
      learn(i % 2 === 0 ? stretches : stretches.toReversed()),
    );
    await Promise.all(writers);
    const hours = stretches.map(({ hour }) => hour);
    const found = await known(['ttnfv'], hours);
    expect(found).toHaveLength(24);
    for (const each of found) expect(each).toMatchObject({ samples: 20, metres: 20_000 });
  });

  test('are forgotten when nobody has driven there for 90 days', async () => {
    await learn([seen(), seen({ hour: 10 })]);
    await sql(
      `UPDATE weelo.stretch_speeds SET updated_at = now() - interval '91 days' WHERE hour = 9`,
    );
    await sql(
      `UPDATE weelo.stretch_speeds SET updated_at = now() - interval '89 days' WHERE hour = 10`,
    );
    expect(await postgres.run((db) => forgetOldSpeeds(db, 100))).toBe(1);
    expect(await known(['ttnfv'], [9, 10])).toMatchObject([{ hour: 10 }]);
    // To be driven again makes it young.
    await learn([seen({ hour: 10 })]);
    const rows = await sql(
      `SELECT FROM weelo.stretch_speeds WHERE updated_at > now() - interval '1 hour'`,
    );
    expect(rows).toHaveLength(1);
  });
});

test('old speeds are forgotten some at a time', async () => {
  await learn(Array.from({ length: 24 }, (_, hour) => seen({ hour })));
  await sql(
    `UPDATE weelo.stretch_speeds SET updated_at = now() - interval '91 days' WHERE hour < 20`,
  );
  const forgotten = [];
  for (let i = 0; i < 4; i += 1) {
    forgotten.push(await postgres.run((db) => forgetOldSpeeds(db, 8)));
  }
  expect(forgotten).toEqual([8, 8, 4, 0]);
  expect(await known(['ttnfv'], [19, 20, 21, 22, 23])).toHaveLength(4);
});

const noida = { latitude: 28.5355, longitude: 77.391 };
const delhi = { latitude: 28.6139, longitude: 77.209 };
const between = (share: number): Position => ({
  latitude: noida.latitude + (delhi.latitude - noida.latitude) * share,
  longitude: noida.longitude + (delhi.longitude - noida.longitude) * share,
});
/** 09:10 in India. */
const nowMs = Date.parse('2026-01-31T03:40:00.000Z');

type Trips = NonNullable<Awaited<ReturnType<EtaDeps['tripsOfOrder']>>>['trips'];

/** An order with one truck in this state, seen at this place so many seconds ago. */
function orderOf(status: AssignmentStatus, at?: Position, ageSeconds = 0, networkIsPoor = false) {
  const orderId = randomUUID();
  const customerId = randomUUID();
  const trip: Trips[number] = {
    tripId: randomUUID(),
    orderId,
    customerId,
    transporterId: randomUUID(),
    driverId: randomUUID(),
    status,
    vehicleNumber: 'KA05MX4321',
    driverName: 'Ramesh',
    acceptedAtMs: 0,
    startedAtMs: null,
    endedAtMs: null,
    pickup: noida,
    drop: delhi,
    stops: [],
    eventVersion: 3,
  };
  const positions = new Map<string, LastPosition>();
  if (at) {
    const seenAtMs = nowMs - ageSeconds * 1000;
    // The phone's clock is an hour ahead: ours counts.
    const fix = { ...at, atMs: seenAtMs + 3_600_000, speed: 8, bearing: 0, accuracy: 5 };
    positions.set(trip.tripId, { fix, seenAtMs, networkIsPoor, metres: 0 });
  }
  const deps: EtaDeps = {
    tripsOfOrder: async (asked) => (asked === orderId ? { customerId, trips: [trip] } : undefined),
    positions: { of: async () => positions },
    postgres,
    clock: { now: () => new Date(nowMs) },
  };
  const ask = async (
    caller: Parameters<typeof showEtas>[0]['caller'] = { role: 'customer', userId: customerId },
  ) => {
    const { etas, bookingId } = await showEtas({ orderId, caller }, deps);
    expect(bookingId).toBe(orderId);
    return etas;
  };
  const eta = async () => {
    const found = (await ask())[trip.tripId];
    return found && Eta.parse(found);
  };
  return { trip, ask, eta };
}

/** A truck that drove from Noida to Delhi at a constant speed, and was there some minutes ago. */
const trackAt = (kmh: number, endsAtMs = nowMs) => {
  const { distanceKm } = estimateRoute(noida, delhi);
  const seconds = (distanceKm / 1.3 / kmh) * 3600;
  const count = Math.floor(seconds / 10);
  return Array.from({ length: count }, (_, i) => ({
    ...between(i / count),
    atMs: endsAtMs - (count - i) * 10_000,
    accuracy: 5,
  }));
};

const fresh = { isStale: false, staleSince: null, staleReason: null };

describe('a trip that is learnt from', () => {
  const cluster = new Cluster([redisOfWorker().url]);
  whenDone(() => cluster.disconnect());
  const evaluate: RedisConnection['evaluate'] = (script, keys, args) =>
    cluster.eval(script, keys.length, ...keys, ...args);
  const samples = async () =>
    (await sql<{ samples: number }>('SELECT samples FROM weelo.stretch_speeds')).map(
      (row) => row.samples,
    );

  test('has one sample for each stretch and hour, however many segments it sends', async () => {
    const tripId = randomUUID();
    const points = trackAt(15);
    const learnAgain = (id: string) =>
      learnFromSegment(id, points, { postgres, redis: { evaluate } });
    for (let times = 0; times < 50; times += 1) await learnAgain(tripId);
    expect(new Set(await samples())).toEqual(new Set([1]));
    expect(await cluster.pttl(`trip:{${tripId}}:learnt`)).toBeGreaterThan(86_000_000);
    await learnAgain(randomUUID());
    expect(new Set(await samples())).toEqual(new Set([2]));
  });

  test('tells nothing of where it stood', async () => {
    const points = Array.from({ length: 60 }, (_, i) => ({ ...noida, atMs: nowMs + i * 10_000 }));
    await learnFromSegment(randomUUID(), points, { postgres, redis: { evaluate } });
    expect(await samples()).toEqual([]);
  });
});

describe('the ETAs of an order', () => {
  test.each([
    ['driver_accepted', 'pickup', delhi, noida],
    ['en_route_pickup', 'pickup', delhi, noida],
    ['at_pickup', 'drop', noida, delhi],
    ['loading_complete', 'drop', between(0.001), delhi],
    ['in_transit', 'drop', between(0.5), delhi],
  ] as const)('go in state %s to the %s', async (status, to, at, end) => {
    const { durationMinutes, distanceKm } = estimateRoute(at, end);
    expect(await orderOf(status, at).eta()).toMatchObject({
      to,
      durationMinutes,
      durationText: `${durationMinutes} min`,
      distanceKm,
      ...fresh,
    });
  });

  test('are nothing for a truck that has arrived', async () => {
    const arrived = orderOf('arrived_at_drop', between(0.99));
    expect(await arrived.eta()).toEqual({
      to: 'drop',
      durationMinutes: 0,
      lowMinutes: 0,
      highMinutes: 0,
      durationText: '0 min',
      distanceKm: 0,
      ...fresh,
    });
  });

  test.each(['pending', 'completed', 'cancelled', 'driver_declined'] as const)(
    'are not told of a trip that is %s',
    async (status) => {
      expect(await orderOf(status, noida).ask()).toEqual({});
    },
  );

  test('leave out a trip without a position', async () => {
    expect(await orderOf('in_transit').ask()).toEqual({});
  });

  test('are told to the customer and to the transporter whose truck it is, and to nobody else', async () => {
    const { ask, trip } = orderOf('in_transit', noida);
    const shown = [trip.tripId];
    expect(Object.keys(await ask())).toEqual(shown);
    const transporter = { role: 'transporter', userId: trip.transporterId } as const;
    expect(Object.keys(await ask(transporter))).toEqual(shown);
    for (const role of ['customer', 'transporter', 'driver'] as const) {
      const stranger = ask({ role, userId: randomUUID() });
      await expect(stranger).rejects.toMatchObject({ code: 'ORDER_NOT_FOUND' });
    }
  });

  test('are called stale after a minute, with the time and the reason, and go on', async () => {
    const since = (seconds: number) => new Date(nowMs - seconds * 1000).toISOString();
    const now = await orderOf('in_transit', between(0.2)).eta();
    expect(await orderOf('in_transit', between(0.2), 60).eta()).toMatchObject(fresh);
    expect(await orderOf('in_transit', between(0.2), 61).eta()).toMatchObject({
      isStale: true,
      staleSince: since(61),
      staleReason: null,
    });
    expect(await orderOf('in_transit', between(0.2), 600, true).eta()).toMatchObject({
      isStale: true,
      staleSince: since(600),
      staleReason: 'poor_network',
      durationMinutes: (now?.durationMinutes ?? 0) - 10,
      highMinutes: now?.highMinutes,
    });
    expect(await orderOf('in_transit', between(0.2), 24 * 3600).eta()).toMatchObject({
      durationMinutes: 1,
      durationText: '1 min',
    });
  });

  test('do not count down while the truck is being loaded', async () => {
    const { durationMinutes } = estimateRoute(noida, delhi);
    const loading = orderOf('at_pickup', noida, 1800);
    expect(await loading.eta()).toMatchObject({ durationMinutes, isStale: true });
  });

  test('go by the stops that are left', async () => {
    const { trip, eta } = orderOf('in_transit', noida);
    const direct = (await eta())?.durationMinutes ?? 0;
    const stop = { latitude: 28.7, longitude: 77.4 };
    Object.assign(trip, { stops: [stop] });
    expect((await eta())?.durationMinutes).toBeGreaterThan(direct);
  });

  test('follow what others took on the same roads at this hour', async () => {
    const usual = (await orderOf('in_transit', noida).eta())?.durationMinutes ?? 0;
    // As the crow flies, the estimate goes at 31 km/h.
    for (let drives = 0; drives < 10; drives += 1) await learn(learnSpeeds(trackAt(12)));
    const slow = (await orderOf('in_transit', noida).eta())?.durationMinutes ?? 0;
    expect(slow).toBeGreaterThan(usual * 1.5);
  });

  test('follow how fast this trip was so far', async () => {
    const { trip, eta } = orderOf('in_transit', between(0.5));
    const usual = (await eta())?.durationMinutes ?? 0;
    const id = `'${trip.tripId}'`;
    await sql(`
      SET session_replication_role = replica;
      INSERT INTO weelo.assignments
        (id, order_id, truck_request_id, hold_id, transporter_id, driver_id, vehicle_id, vehicle_number, answer_by,
         live_vehicle_id, live_driver_id)
      VALUES (${id}, ${id}, ${id}, ${id}, ${id}, ${id}, ${id}, 'KA05MX4321', now(), ${id}, ${id});
      RESET session_replication_role;
    `);
    const points = trackAt(15);
    for (let i = 0; i < points.length; i += 60) {
      const part = points.slice(i, i + 60);
      const segment = {
        firstAtMs: part[0]?.atMs ?? 0,
        lastAtMs: part.at(-1)?.atMs ?? 0,
        points: part.length,
        metres: 1,
        track: encodeTrack(part),
        movedAtMs: null,
      };
      await postgres.run((db) => writeSegment(db, trip.tripId, segment));
    }
    expect((await eta())?.durationMinutes).toBeGreaterThan(usual * 1.3);
  });
});
