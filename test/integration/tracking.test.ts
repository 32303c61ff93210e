import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { Cluster } from 'ioredis';
import { beforeEach, describe, expect, inject, test } from 'vitest';
import * as z from 'zod';
import type { AssignmentStatus } from '../../src/contract/http/assignments/status.ts';
import { FixOfBatch } from '../../src/contract/http/tracking/fixes.ts';
import { FixesTaken, TripPosition } from '../../src/contract/http/tracking/views.ts';
import { queueMessages } from '../../src/contract/queues.ts';
import type { Role } from '../../src/contract/wire.ts';
import type { Fix } from '../../src/fleet/last-positions/fix.ts';
import { openTripPositions } from '../../src/fleet/last-positions/trip-positions.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { openPostgres, type PostgresCredentials } from '../../src/platform/postgres/postgres.ts';
import type { RedisConnection } from '../../src/platform/redis/redis.ts';
import { distanceDriven, keepRest } from '../../src/trips/tracking/keep-history.ts';
import type { KnownTrip } from '../../src/trips/known-trip.ts';
import { couldDrive, type TrackPoint } from '../../src/trips/tracking/track/plausible-track.ts';
import {
  showBookingPositions,
  showFleet,
  showTrip,
  type TripsOfOrder,
} from '../../src/trips/tracking/read-positions.ts';
import { trackKnown } from '../../src/trips/moving/track-known.ts';
import { findWritten, writeSegment } from '../../src/trips/tracking/segment-store.ts';
import { decodeTrack, encodeTrack } from '../../src/trips/tracking/track/segments.ts';
import { takePoints, type TakingDeps } from '../../src/trips/tracking/take-points.ts';
import { openTrackStore } from '../../src/trips/tracking/track-store.ts';
import { randomFrom } from '../support/city-drives/random.ts';
import { delayed, doubled, inBatches, withHoles, withSpikes } from '../support/drives/mishaps.ts';
import { ahead, roadDrive } from '../support/drives/road-drive.ts';
import { sqlIn } from '../support/engines/database.ts';
import { functionEnvironment } from '../support/engines/function-environment.ts';
import { redisOfWorker } from '../support/engines/redis-of-worker.ts';
import { whenDone } from '../support/engines/when-done.ts';
import { watchPostgres } from '../support/engines/wire.ts';

const { variables, secrets } = await functionEnvironment();
const sql = sqlIn(variables.DATABASE_NAME);
const watched = await watchPostgres(() => inject('postgres').port);
const postgres = openPostgres({
  host: variables.DATABASE_HOST,
  port: watched.port,
  database: variables.DATABASE_NAME,
  tls: 'off',
  credentials: async () => JSON.parse(secrets.get('arn:database') ?? '') as PostgresCredentials,
  onError: () => undefined,
});
whenDone(async () => {
  await postgres.close();
  watched.close();
});
const cluster = new Cluster([redisOfWorker().url]);
whenDone(() => cluster.disconnect());

type Redis = Pick<RedisConnection, 'evaluate'>;
let scripts = 0;
/** As patient as a busy machine needs it: the functions' own connection gives up after 300 ms. */
const redis: Redis = {
  evaluate: (script, keys, args) => {
    scripts += 1;
    return cluster.eval(script, keys.length, ...keys, ...args);
  },
};
const away: Redis = { evaluate: () => Promise.reject(new Error('Connection is closed.')) };

const startMs = Date.parse('2026-01-31T09:30:00.000Z');
let nowMs = startMs;
const clock = { now: () => new Date(nowMs) };
const trips = new Map<string, KnownTrip>();
let told: { readonly to: readonly string[]; readonly data: Record<string, unknown> }[] = [];
let visits: unknown[] = [];
let moved: number[] = [];
let learnt: TrackPoint[] = [];
beforeEach(() => {
  nowMs = startMs;
  [told, visits, moved, learnt] = [[], [], [], []];
});

const usual: TakingDeps = {
  tracks: openTrackStore(redis),
  tripOf: async (tripId) => trips.get(tripId),
  writeSegment: (tripId, segment) => postgres.run((db) => writeSegment(db, tripId, segment)),
  findWritten: (tripId) => postgres.run((db) => findWritten(db, tripId)),
  noteMoved: async (_, at) => void moved.push(at.getTime()),
  noteVisit: async (_, { place, arrivedAt, leftAt }) =>
    void visits.push([place, secondOf(arrivedAt), leftAt && secondOf(leftAt)]),
  learnFrom: async (_, points) => void learnt.push(...points),
  queues: {
    notify: {
      send: async (message) => {
        const { event, to, data } = queueMessages.notify.event.parse(message);
        expect(event).toBe('location_updated');
        told.push({ to, data });
      },
    },
  },
  clock,
  ids,
};
const positions = openTripPositions(redis);

const atSecond = (second: number) => new Date(startMs + second * 1000).toISOString();
const secondOf = (at: Date) => (at.getTime() - startMs) / 1000;
const noida = { latitude: 28.5355, longitude: 77.391 };

/** A trip, with a row for its segments. The tables that the row would belong to are not needed. */
async function tripOf(change: Partial<KnownTrip> = {}): Promise<KnownTrip> {
  const tripId = randomUUID();
  const trip: KnownTrip = {
    tripId,
    orderId: randomUUID(),
    customerId: randomUUID(),
    transporterId: randomUUID(),
    driverId: randomUUID(),
    status: 'in_transit',
    vehicleNumber: 'KA05MX4321',
    driverName: 'Ramesh',
    acceptedAtMs: startMs - 86_400_000,
    startedAtMs: startMs - 3_600_000,
    endedAtMs: null,
    pickup: noida,
    drop: ahead(noida, 0, 20_000),
    eventVersion: 3,
    ...change,
  };
  const id = `'${tripId}'`;
  await sql(`
    SET session_replication_role = replica;
    INSERT INTO weelo.assignments
      (id, order_id, truck_request_id, hold_id, transporter_id, driver_id, vehicle_id, vehicle_number, answer_by,
       live_vehicle_id, live_driver_id)
    VALUES (${id}, ${id}, ${id}, ${id}, ${id}, ${id}, ${id}, 'KA05MX4321', now(), ${id}, ${id});
    RESET session_replication_role;
  `);
  trips.set(tripId, trip);
  return trip;
}

const sentOf = ({ atMs, ...fix }: Fix): FixOfBatch => ({ ...fix, timestamp: atMs });

/** Points of a truck that drives north at 15 m/s, at these seconds. */
const driving = (...seconds: readonly number[]): FixOfBatch[] =>
  seconds.map((second) => ({
    ...ahead(noida, 0, second * 15),
    timestamp: startMs + second * 1000,
    speed: 15,
    bearing: 0,
    accuracy: 5,
  }));
const every10 = (from: number, to: number) =>
  Array.from({ length: (to - from) / 10 }, (_, i) => from + i * 10);

/** The driver sends points; the time is that of the newest one, or later. */
function send(
  { tripId, driverId }: KnownTrip,
  points: readonly FixOfBatch[],
  { deps = usual, network }: { deps?: TakingDeps; network?: 'good' | 'poor' } = {},
) {
  nowMs = Math.max(nowMs, ...points.map(({ timestamp }) => timestamp ?? 0));
  return takePoints({ tripId, driverId, points, network }, deps);
}

const segmentsOf = (tripId: string) =>
  sql<{ points: number; distance_m: number; track: string; first_at: Date; last_at: Date }>(
    'SELECT * FROM weelo.track_segments WHERE trip_id = $1 ORDER BY first_at',
    [tripId],
  );
const trackOf = (tripId: string) => usual.tracks.read(tripId);
const secondsKept = async (tripId: string) =>
  (await trackOf(tripId))?.track.plausible.map(({ atMs }) => (atMs - startMs) / 1000);

describe('a batch', () => {
  test('is counted, and its newest point is shown and told to the customer', async () => {
    const trip = await tripOf();
    const spike = { ...driving(15)[0], latitude: 12 } as FixOfBatch;
    const answer = await send(trip, [...driving(20, 0, 10, 10), spike]);
    expect(FixesTaken.parse(answer)).toEqual({
      tripId: trip.tripId,
      processed: 5,
      accepted: 3,
      stale: 0,
      duplicate: 1,
      invalid: 1,
      lastAcceptedTimestamp: new Date(startMs + 20_000).toISOString(),
    });
    const [newest] = driving(20);
    const where = {
      latitude: newest?.latitude,
      longitude: newest?.longitude,
      speed: 15,
      bearing: 0,
    };
    const lastUpdated = new Date(startMs + 20_000).toISOString();
    const { orderId, tripId, driverId, customerId } = trip;
    expect(told).toEqual([
      {
        to: [customerId],
        data: {
          orderId,
          bookingId: orderId,
          broadcastId: orderId,
          tripId,
          driverId,
          ...where,
          timestamp: lastUpdated,
          isStale: false,
          locationAgeMs: 0,
          until: new Date(startMs + 80_000).toISOString(),
        },
      },
    ]);
    expect(
      await showTrip({ tripId, caller: { userId: customerId, role: 'customer' } }, reading),
    ).toEqual({
      tripId,
      driverId,
      driverName: 'Ramesh',
      vehicleNumber: 'KA05MX4321',
      status: 'in_transit',
      ...where,
      lastUpdated,
      isInaccurate: false,
      isStale: false,
      staleSince: null,
      staleReason: null,
      distanceDrivenKm: 0,
    });
  });

  test('costs one read and one write in Redis, and asks PostgreSQL nothing', async () => {
    const trip = await tripOf({ pickup: ahead(noida, 90, 9000) });
    await send(trip, driving(0));
    watched.take();
    scripts = 0;
    await send(trip, driving(10, 20, 30, 40, 50));
    expect([scripts, watched.take()]).toEqual([2, []]);
  });

  test('that comes twice changes nothing, and is not written', async () => {
    const trip = await tripOf();
    await send(trip, driving(0, 10, 20));
    const before = await trackOf(trip.tripId);
    nowMs += 100;
    expect(await send(trip, driving(20, 10, 0))).toMatchObject({ accepted: 0, duplicate: 3 });
    expect(await trackOf(trip.tripId)).toEqual(before);
  });

  test('of 20 at once loses no point, and each is counted once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const trip = await tripOf();
      const batches = inBatches(driving(...every10(0, 500)), 5).flatMap((batch) => [batch, batch]);
      const answers = await Promise.all(batches.map((batch) => send(trip, batch)));
      expect(await secondsKept(trip.tripId)).toEqual(every10(0, 500));
      const sum = (of: 'accepted' | 'duplicate') =>
        answers.reduce((all, each) => all + each[of], 0);
      expect([sum('accepted'), sum('duplicate')]).toEqual([50, 50]);
      nowMs = startMs;
    }
  });

  test('is forgotten a day after the last fix', async () => {
    const { tripId, ...trip } = await tripOf();
    await send({ tripId, ...trip }, driving(0));
    for (const key of [`trip:{${tripId}}`, `trip:{${tripId}}:points`]) {
      const left = await cluster.pttl(key);
      expect(left).toBeGreaterThan(86_300_000);
      expect(left).toBeLessThanOrEqual(86_400_000);
    }
  });

  test('may say any number that JSON has: all are counted, and the next batch is taken', async () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.constantFrom('1e308', '-1e308', '1e999', '-1e999', '5e-324', '-0', '9007199254740993'),
      fc.integer({ min: -400, max: 400 }).map(String),
      fc.constantFrom('null', '"x"', '[]'),
    );
    const timestamp = fc.oneof(
      number,
      fc.integer({ min: startMs - 1000, max: startMs + 90_000 }).map(String),
    );
    const near = fc.constantFrom('28.5355', '28.5356');
    const point = fc.record({
      latitude: fc.oneof(number, near),
      longitude: fc.oneof(number, fc.constant('77.391')),
      speed: number,
      bearing: number,
      accuracy: number,
      timestamp,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(point, { maxLength: 100 }), async (points) => {
        nowMs = startMs;
        const trip = await tripOf();
        const json = points.map(
          (each) =>
            `{${Object.entries(each)
              .map(([name, said]) => `"${name}":${said}`)
              .join(',')}}`,
        );
        const sent = z.array(FixOfBatch).parse(JSON.parse(`[${json.join(',')}]`));
        const { tripId, driverId } = trip;
        const take = (some: readonly FixOfBatch[]) =>
          takePoints({ tripId, driverId, points: some }, usual);
        FixesTaken.parse(await take(sent));
        expect(await take(driving(60))).toMatchObject({ processed: 1, stale: 0 });
        await keepRest(tripId, usual);
        for (const { track, distance_m } of await segmentsOf(tripId)) {
          expect(encodeTrack(decodeTrack(track))).toBe(track);
          expect(distance_m).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('of nothing is an answer, too', async () => {
    const trip = await tripOf();
    expect(await send(trip, [])).toMatchObject({ processed: 0, lastAcceptedTimestamp: null });
  });
});

const underWay: readonly AssignmentStatus[] = [
  'driver_accepted',
  'en_route_pickup',
  'at_pickup',
  'loading_complete',
  'in_transit',
  'arrived_at_drop',
];
const notUnderWay: readonly AssignmentStatus[] = [
  'pending',
  'completed',
  'driver_declined',
  'timed_out',
  'cancelled',
];

describe('who may send', () => {
  test.each(underWay)('the driver of a trip that is %s', async (status) => {
    const trip = await tripOf({ status });
    expect(await send(trip, driving(0, 10))).toMatchObject({ accepted: 2 });
  });

  test.each(notUnderWay)(
    'not when it is %s: all is stale, and nothing is kept or told',
    async (status) => {
      const trip = await tripOf({ status });
      expect(await send(trip, driving(0, 10))).toEqual({
        tripId: trip.tripId,
        processed: 2,
        accepted: 0,
        stale: 2,
        duplicate: 0,
        invalid: 0,
        lastAcceptedTimestamp: null,
      });
      expect([await trackOf(trip.tripId), told]).toEqual([undefined, []]);
    },
  );

  test('no other driver, and nobody for a trip that there is not', async () => {
    const trip = await tripOf();
    const other = await tripOf();
    const missing = { code: 'ASSIGNMENT_NOT_FOUND' };
    await expect(send({ ...trip, driverId: other.driverId }, driving(0))).rejects.toMatchObject(
      missing,
    );
    await expect(send({ ...trip, tripId: randomUUID() }, driving(0))).rejects.toMatchObject(
      missing,
    );
    expect(await trackOf(trip.tripId)).toBeUndefined();
  });
});

describe('the customer is told', () => {
  const secondsTold = () => told.map(({ data }) => secondOf(new Date(String(data['timestamp']))));

  test('at most every two seconds, only the newest, and never an older one', async () => {
    const trip = await tripOf();
    await send(trip, driving(10));
    nowMs += 1999;
    await send(trip, driving(11));
    expect(secondsTold()).toEqual([10]);
    nowMs += 1;
    await send(trip, driving(5));
    expect(secondsTold()).toEqual([10, 11]);
    nowMs += 5000;
    await send(trip, driving(6, 7));
    expect(secondsTold()).toEqual([10, 11]);
  });

  test('once, when many batches come at once', async () => {
    const trip = await tripOf();
    nowMs = startMs + 1000_000;
    await Promise.all(driving(...every10(0, 200)).map((point) => send(trip, [point])));
    expect(told).toHaveLength(1);
  });

  test('of an old fix that it is stale, and how old', async () => {
    const trip = await tripOf();
    nowMs = startMs + 90_000;
    await send(trip, driving(20));
    expect(told[0]?.data).toMatchObject({ isStale: true, locationAgeMs: 70_000 });
  });

  test('or not: the batch is taken even if the queue is away', async () => {
    const trip = await tripOf();
    const notify = { send: () => Promise.reject(new Error('away')) };
    const deps = { ...usual, queues: { notify } };
    expect(await send(trip, driving(0), { deps })).toMatchObject({ accepted: 1 });
  });
});

describe('a drive that comes late, twice, with holes and spikes', () => {
  test.each([1, 2, 3, 4])(
    'is measured within 3 percent, and shown without a jump (%i)',
    async (seed) => {
      const trip = await tripOf();
      const random = randomFrom(seed);
      const drive = roadDrive(random, { through: 'city', km: 20, startsAtMs: startMs });
      const { fixes, spikes } = withSpikes(withHoles(drive.fixes, random), random);
      const sent = delayed(doubled(fixes, random), random, 8);
      await trackOf(trip.tripId);
      watched.take();
      const caller = { userId: trip.customerId, role: 'customer' } as const;
      const shown: TrackPoint[] = [];
      for (const batch of inBatches(sent.map(sentOf), 5)) {
        await send(trip, batch);
        const { lastUpdated, ...there } = await showTrip({ tripId: trip.tripId, caller }, reading);
        shown.push({ ...there, atMs: Date.parse(lastUpdated), accuracy: null });
      }
      expect(spikes.size).toBeGreaterThan(3);
      expect(Math.abs((await distanceDriven(trip.tripId, usual)) / drive.metres - 1)).toBeLessThan(
        0.03,
      );
      await keepRest(trip.tripId, usual);
      const segments = await segmentsOf(trip.tripId);
      // One insert a segment, and one look for what was written before.
      expect(watched.take().filter((each) => each.includes('track_segments'))).toHaveLength(
        segments.length + 1,
      );
      expect(segments.length).toBeLessThan(fixes.length / 20);
      const metres = segments.reduce((sum, each) => sum + each.distance_m, 0);
      expect(Math.abs(metres / drive.metres - 1)).toBeLessThan(0.03);
      expect(await distanceDriven(trip.tripId, usual)).toBe(metres);

      const watchers = [
        shown,
        told.map(({ data }) => ({
          latitude: Number(data['latitude']),
          longitude: Number(data['longitude']),
          atMs: Date.parse(String(data['timestamp'])),
          accuracy: null,
        })),
      ];
      for (const seen of watchers) {
        expect(seen.length).toBeGreaterThan(40);
        for (const [i, point] of seen.entries()) {
          expect(couldDrive(seen[i - 1] ?? point, point)).toBe(true);
        }
      }
      const kept = segments.flatMap(({ track }) => decodeTrack(track));
      for (const [i, point] of kept.entries())
        expect(couldDrive(kept[i - 1] ?? point, point)).toBe(true);
    },
  );
});

describe('segments', () => {
  test('are written at 60 points, and the truck is said to have moved', async () => {
    const trip = await tripOf();
    await send(trip, driving(...every10(0, 590)));
    expect(await segmentsOf(trip.tripId)).toEqual([]);
    await send(trip, driving(590, 600));
    const [segment, ...others] = await segmentsOf(trip.tripId);
    expect(others).toEqual([]);
    expect(segment).toMatchObject({
      points: 61,
      distance_m: 9000,
      first_at: new Date(startMs),
      last_at: new Date(startMs + 600_000),
    });
    expect(decodeTrack(segment?.track ?? '').map(({ atMs }) => (atMs - startMs) / 1000)).toEqual(
      every10(0, 610),
    );
    expect([moved, learnt.length]).toEqual([[startMs + 600_000], 61]);
    expect(await send(trip, driving(595, 610))).toMatchObject({ accepted: 1, stale: 1 });
    expect(await distanceDriven(trip.tripId, usual)).toBe(9150);
  });

  test('that could not be written are written later, the same, and nothing is lost meanwhile', async () => {
    const trip = await tripOf();
    const deps = { ...usual, writeSegment: () => Promise.reject(new Error('PostgreSQL is away')) };
    await send(trip, driving(...every10(0, 600)), { deps });
    expect(await send(trip, driving(600, 610))).toMatchObject({ accepted: 2 });
    expect(await segmentsOf(trip.tripId)).toEqual([]);
    expect(await distanceDriven(trip.tripId, usual)).toBe(9150);
    nowMs = startMs + 590_000 + 30_000;
    await send(trip, driving(620));
    expect(await segmentsOf(trip.tripId)).toMatchObject([{ points: 60, distance_m: 8850 }]);
    expect(await secondsKept(trip.tripId)).toEqual([600, 610, 620]);
    expect((await trackOf(trip.tripId))?.writing).toBeNull();
  });

  test('that were written, but not said to be, are written again without doubling', async () => {
    const trip = await tripOf();
    const crashed = {
      ...usual,
      tracks: { ...usual.tracks, finishWriting: () => Promise.reject(new Error('Crashed')) },
    };
    await send(trip, driving(...every10(0, 600)), { deps: crashed });
    expect((await trackOf(trip.tripId))?.writing).not.toBeNull();
    await Promise.all([keepRest(trip.tripId, usual), keepRest(trip.tripId, usual)]);
    nowMs += 30_000;
    await send(trip, driving(620));
    expect(await segmentsOf(trip.tripId)).toMatchObject([{ points: 60, distance_m: 8850 }]);
    expect((await trackOf(trip.tripId))?.writing).toBeNull();
    // Whoever wrote it first crashed before it was learnt from. Better not at all than twice.
    expect(learnt).toHaveLength(0);
    expect(await distanceDriven(trip.tripId, usual)).toBe(9300);
  });

  test('at the end of the trip take the rest, once, however often it ends', async () => {
    const trip = await tripOf();
    await send(trip, driving(0, 10, 20));
    await send(trip, driving(200, 210));
    await Promise.all(Array.from({ length: 5 }, () => keepRest(trip.tripId, usual)));
    const segments = await segmentsOf(trip.tripId);
    expect(segments.map(({ points }) => points)).toEqual([5]);
    expect(learnt).toHaveLength(5);
    expect((await trackOf(trip.tripId))?.track.points).toEqual([]);
    const driven = await distanceDriven(trip.tripId, usual);
    expect(driven).toBe(segments[0]?.distance_m);
    // The hole of 180 s is a tenth longer than the straight line.
    expect(driven).toBe(Math.round(300 + 2700 * 1.1 + 150));
  });

  test('while batches go on lose nothing and double nothing', async () => {
    const trip = await tripOf();
    nowMs = startMs + 3000_000;
    const batches = inBatches(driving(...every10(0, 3000)), 5);
    for (const some of inBatches(batches, 6)) {
      await Promise.all([
        ...some.map((batch) => send(trip, batch)),
        keepRest(trip.tripId, usual).then(() => keepRest(trip.tripId, usual)),
      ]);
    }
    await keepRest(trip.tripId, usual);
    const segments = await segmentsOf(trip.tripId);
    const instants = segments.flatMap(({ track }) => decodeTrack(track).map(({ atMs }) => atMs));
    expect(new Set(instants).size).toBe(instants.length);
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
    const metres = segments.reduce((sum, each) => sum + each.distance_m, 0);
    // What came late to a segment that was ended too early is missing; the way is not.
    expect(metres).toBeGreaterThan(2990 * 15 * 0.99);
    expect(metres).toBeLessThan(2990 * 15 * 1.1);
    expect(await distanceDriven(trip.tripId, usual)).toBe(metres);
  });

  test('tell a track that Redis has lost where it was', async () => {
    const trip = await tripOf();
    await send(trip, driving(...every10(0, 600)));
    await cluster.del(`trip:{${trip.tripId}}`);
    await cluster.del(`trip:{${trip.tripId}}:points`);
    expect(await distanceDriven(trip.tripId, usual)).toBe(8850);
    expect(await send(trip, driving(500, 590, 600, 610))).toMatchObject({ accepted: 2, stale: 2 });
    expect(await distanceDriven(trip.tripId, usual)).toBe(9150);
  });
});

describe('visits', () => {
  const loading = { status: 'at_pickup', startedAtMs: null } as const;
  /** So many metres north of the pickup, at this second. */
  const at = (second: number, metres: number): FixOfBatch => ({
    ...ahead(noida, 0, metres),
    timestamp: startMs + second * 1000,
    speed: null,
    bearing: null,
    accuracy: 5,
  });

  test('are noted once each, and again if they change: across segments, in any order', async () => {
    const trip = await tripOf({ ...loading, drop: ahead(noida, 0, 3000) });
    await send(trip, [at(0, 0), at(10, 20)]);
    await send(trip, [at(20, 20)]);
    expect(visits).toEqual([['pickup', 0, null]]);
    await send(trip, [at(600, 400), at(630, 900)]);
    await send(trip, [at(1300, 900)]);
    expect(visits.splice(0)).toEqual([
      ['pickup', 0, null],
      ['pickup', 0, 600],
    ]);
    // It has come back.
    await send(trip, [at(1350, 50)]);
    expect(visits.splice(0)).toEqual([['pickup', 1350, null]]);
    const startedAtMs = startMs + 1_400_000;
    trips.set(trip.tripId, { ...trip, status: 'in_transit', startedAtMs });
    await send(trip, [at(1500, 2800), at(1790, 2900)]);
    expect(visits).toEqual([]);
    expect((await segmentsOf(trip.tripId)).length).toBeGreaterThan(1);
    await send(trip, [at(1800, 2900)]);
    await send(trip, [at(1810, 2900)]);
    expect(visits).toEqual([['drop', 1500, null]]);
  });

  test('that could not be noted are noted with the next batch, with their own time', async () => {
    const trip = await tripOf(loading);
    const deps = { ...usual, noteVisit: () => Promise.reject(new Error('PostgreSQL is away')) };
    expect(await send(trip, driving(0, 5), { deps })).toMatchObject({ accepted: 2 });
    await send(trip, driving(10));
    await send(trip, driving(12));
    expect(visits).toEqual([['pickup', 0, null]]);
  });

  test('that an older batch notes late do not hide what a newer one has seen', async () => {
    const trip = await tripOf(loading);
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begins } = Promise.withResolvers<void>();
    const noteVisit = async () => {
      begins();
      await held;
    };
    const older = send(trip, [at(0, 0)], { deps: { ...usual, noteVisit } });
    await begun;
    await send(trip, [at(600, 400), at(630, 900), at(1300, 900)]);
    letGo();
    await older;
    expect((await trackOf(trip.tripId))?.visits.pickup).toEqual({
      arrivedAtMs: startMs,
      leftAtMs: startMs + 600_000,
    });
  });
});

describe('before the driver accepted', () => {
  test('positions are stale: they are neither kept, nor shown, nor told, and change nothing', async () => {
    const trip = await tripOf({
      status: 'driver_accepted',
      acceptedAtMs: startMs + 20_000,
      startedAtMs: null,
    });
    const { tripId, customerId: userId } = trip;
    expect(await send(trip, driving(0, 10, 19))).toMatchObject({ accepted: 0, stale: 3 });
    expect([await trackOf(tripId), told, visits]).toEqual([undefined, [], []]);
    const asked = showTrip({ tripId, caller: { role: 'customer', userId } }, reading);
    await expect(asked).rejects.toMatchObject({ code: 'POSITION_UNKNOWN' });
    expect(await send(trip, driving(15, 20, 30))).toMatchObject({ accepted: 2, stale: 1 });
    expect(await secondsKept(tripId)).toEqual([20, 30]);
  });
});

describe('what comes after the trip is completed', () => {
  /** Its phone was out of reach for the last ten minutes. */
  async function completedTrip(change: Partial<KnownTrip> = {}) {
    const trip = await tripOf();
    await send(trip, driving(...every10(0, 100)));
    nowMs = startMs + 700_000;
    trips.set(trip.tripId, { ...trip, status: 'completed', endedAtMs: nowMs, ...change });
    await keepRest(trip.tripId, usual);
    [told, visits, moved] = [[], [], []];
    return trip;
  }
  const kept = async (tripId: string) => {
    const segments = await segmentsOf(tripId);
    const points = segments.flatMap(({ track }) => decodeTrack(track));
    return points.map(({ atMs }) => (atMs - startMs) / 1000);
  };

  test('is kept up to the end, for some hours, and neither shown nor told', async () => {
    const trip = await completedTrip();
    nowMs += 11 * 3_600_000;
    const sent = driving(...every10(50, 400));
    expect(await send(trip, sent)).toMatchObject({ accepted: 30, stale: 5 });
    expect(await send(trip, driving(...every10(400, 720)))).toMatchObject({
      accepted: 31,
      stale: 1,
      lastAcceptedTimestamp: new Date(startMs + 700_000).toISOString(),
    });
    expect(await kept(trip.tripId)).toEqual(every10(0, 710));
    expect(await distanceDriven(trip.tripId, usual)).toBe(10_500);
    expect([told, visits]).toEqual([[], []]);
    expect((await trackOf(trip.tripId))?.track).toMatchObject({
      points: [],
      shown: { atMs: startMs + 90_000 },
    });
    // To send it again changes nothing.
    expect(await send(trip, sent)).toMatchObject({ accepted: 0, stale: 35 });
    expect(await kept(trip.tripId)).toEqual(every10(0, 710));
  });

  test('is stale half a day later, and if the trip was not completed but ended otherwise', async () => {
    const late = await completedTrip();
    nowMs += 12 * 3_600_000 + 1;
    expect(await send(late, driving(200))).toMatchObject({ accepted: 0, stale: 1 });
    nowMs = startMs;
    const lost = await completedTrip({ status: 'cancelled' });
    expect(await send(lost, driving(200))).toMatchObject({ accepted: 0, stale: 1 });
    expect([...(await kept(late.tripId)), ...(await kept(lost.tripId))]).toHaveLength(20);
  });

  test('is of its driver', async () => {
    const trip = await completedTrip();
    const stranger = send({ ...trip, driverId: randomUUID() }, driving(200));
    await expect(stranger).rejects.toMatchObject({ code: 'ASSIGNMENT_NOT_FOUND' });
  });

  test('is sent again by the phone if it could not be kept, and is not lost', async () => {
    const trip = await completedTrip();
    const deps = { ...usual, writeSegment: () => Promise.reject(new Error('PostgreSQL is away')) };
    await expect(send(trip, driving(200, 210), { deps })).rejects.toThrow('PostgreSQL is away');
    expect(await send(trip, driving(200, 210))).toMatchObject({ accepted: 0 });
    expect((await kept(trip.tripId)).slice(-2)).toEqual([200, 210]);
  });
});

const orders = new Map<string, TripsOfOrder>();
const reading = {
  positions,
  tripOf: usual.tripOf,
  tripsOfOrder: async (orderId: string) => orders.get(orderId),
  liveTripsOf: async () => [...trips.values()],
  clock,
};
const people = (trip: KnownTrip): readonly { role: Role; userId: string }[] => [
  { role: 'customer', userId: trip.customerId },
  { role: 'transporter', userId: trip.transporterId },
  { role: 'driver', userId: trip.driverId },
];

describe('a position', () => {
  test('is shown to its customer, transporter and driver alone, under their own roles', async () => {
    const [trip, other] = [await tripOf(), await tripOf()];
    const { tripId } = trip;
    await send(trip, driving(0));
    for (const caller of people(trip)) {
      expect(TripPosition.parse(await showTrip({ tripId, caller }, reading)).tripId).toBe(tripId);
    }
    const strangers = [
      ...people(other),
      ...people(trip).flatMap(({ userId }) =>
        people(trip).flatMap((one) => (one.userId === userId ? [] : [{ role: one.role, userId }])),
      ),
    ];
    for (const caller of strangers) {
      const asked = showTrip({ tripId, caller }, reading);
      await expect(asked).rejects.toMatchObject({ code: 'ASSIGNMENT_NOT_FOUND' });
    }
  });

  test('is known to nobody before the driver has accepted, after the end, and without a fix', async () => {
    const trip = await tripOf();
    const { tripId, orderId, customerId, transporterId } = trip;
    const seen = async () => {
      const views = await Promise.all(
        people(trip).map((caller) =>
          showTrip({ tripId, caller }, reading).then(
            () => 'shown',
            ({ code }: { code: string }) => code,
          ),
        ),
      );
      const caller = { role: 'customer', userId: customerId } as const;
      orders.set(orderId, { customerId, trips: [trips.get(tripId) ?? trip] });
      const { trucks } = await showBookingPositions({ orderId, caller }, reading);
      const { drivers } = await showFleet(transporterId, reading);
      return [...new Set(views), trucks.length, drivers.length];
    };
    expect(await seen()).toEqual(['POSITION_UNKNOWN', 0, 0]);
    await send(trip, driving(0));
    for (const status of underWay) {
      trips.set(tripId, { ...trip, status });
      expect(await seen()).toEqual(['shown', 1, 1]);
    }
    for (const status of notUnderWay) {
      trips.set(tripId, { ...trip, status });
      expect(await seen()).toEqual(['POSITION_UNKNOWN', 0, 0]);
    }
  });

  test('is stale after a minute, since when it was measured, and says why if the phone did', async () => {
    const trip = await tripOf();
    const { tripId, customerId: userId } = trip;
    const staleness = async () => {
      const caller = { role: 'customer', userId } as const;
      const { isStale, staleSince, staleReason } = await showTrip({ tripId, caller }, reading);
      return { isStale, staleSince, staleReason };
    };
    const fresh = { isStale: false, staleSince: null, staleReason: null };
    const staleSince = new Date(startMs + 10_000).toISOString();
    await send(trip, driving(0, 10), { network: 'poor' });
    nowMs += 60_000;
    expect(await staleness()).toEqual(fresh);
    nowMs += 1;
    expect(await staleness()).toEqual({ isStale: true, staleSince, staleReason: 'poor_network' });
    // What a phone does not say does not change what it said.
    await send(trip, driving(5));
    expect(await staleness()).toMatchObject({ staleReason: 'poor_network' });
    await send(trip, [], { network: 'good' });
    expect(await staleness()).toEqual({ isStale: true, staleSince, staleReason: null });
    await send(trip, driving(70));
    expect(await staleness()).toEqual(fresh);
  });

  describe('of a phone with a wrong clock', () => {
    /** Its fixes, by its clock, each sent two seconds after it was measured. */
    async function drive(aheadSeconds: number, measuredAt: readonly number[]) {
      const trip = await tripOf();
      for (const second of measuredAt) {
        nowMs = startMs + (second + 2) * 1000;
        const { tripId, driverId } = trip;
        const points = driving(second + aheadSeconds);
        expect(await takePoints({ tripId, driverId, points }, usual)).toMatchObject({
          accepted: 1,
        });
      }
      const { tripId, customerId: userId } = trip;
      const shown = () => showTrip({ tripId, caller: { role: 'customer', userId } }, reading);
      const fence = async () =>
        (await trackKnown(tripId, { positions, distanceDriven: async () => 0 })).fix?.atMs;
      return { trip, shown, fence };
    }

    test('that is two minutes behind is fresh: as soon as two batches have told so', async () => {
      const { shown, fence } = await drive(-120, [0, 20, 40]);
      expect(await shown()).toMatchObject({ isStale: false, lastUpdated: atSecond(42) });
      expect(told.map(({ data }) => data['isStale'])).toEqual([true, true, false]);
      expect(await fence()).toBe(startMs + 42_000);
      nowMs += 60_001;
      expect(await shown()).toMatchObject({ isStale: true, staleSince: atSecond(42) });
    });

    test('that is a minute ahead is not fresh for longer', async () => {
      const { shown, fence } = await drive(58, [0]);
      expect(await shown()).toMatchObject({ isStale: false, lastUpdated: atSecond(2) });
      expect(await fence()).toBe(startMs + 2000);
      nowMs += 60_001;
      expect(await shown()).toMatchObject({ isStale: true, staleSince: atSecond(2) });
      expect(told[0]?.data).toMatchObject({ timestamp: atSecond(2), locationAgeMs: 0 });
    });

    test('is old when it comes late, although it has just come', async () => {
      const { trip, shown, fence } = await drive(0, [0, 40, 80]);
      nowMs = startMs + 400_000;
      const { tripId, driverId } = trip;
      await takePoints({ tripId, driverId, points: driving(200) }, usual);
      expect(await shown()).toMatchObject({ isStale: true, lastUpdated: atSecond(200) });
      expect(await fence()).toBe(startMs + 200_000);
    });
  });

  test('is marked if it is inaccurate, and has the distance driven', async () => {
    const trip = await tripOf();
    const { tripId, driverId: userId } = trip;
    await send(trip, driving(...every10(0, 200)));
    await send(trip, [{ ...driving(200)[0], accuracy: 80 } as FixOfBatch]);
    const view = await showTrip({ tripId, caller: { role: 'driver', userId } }, reading);
    expect(view).toMatchObject({ isInaccurate: true, distanceDrivenKm: 3 });
  });

  test('is shown of an order to its customer, and to each transporter of its own trucks', async () => {
    const [one, two] = [await tripOf(), await tripOf()];
    const { orderId, customerId } = one;
    orders.set(orderId, { customerId, trips: [one, { ...two, customerId }] });
    await send(one, driving(0));
    await send(two, driving(10));
    const seenBy = async (role: Role, userId: string) => {
      const { bookingId, trucks } = await showBookingPositions(
        { orderId, caller: { role, userId } },
        reading,
      );
      expect(bookingId).toBe(orderId);
      return trucks.map(({ tripId }) => tripId);
    };
    expect(await seenBy('customer', customerId)).toEqual([one.tripId, two.tripId]);
    expect(await seenBy('transporter', two.transporterId)).toEqual([two.tripId]);
    const none = { code: 'ORDER_NOT_FOUND' };
    await expect(seenBy('customer', two.customerId)).rejects.toMatchObject(none);
    await expect(seenBy('transporter', customerId)).rejects.toMatchObject(none);
    await expect(seenBy('transporter', randomUUID())).rejects.toMatchObject(none);
    const unknown = {
      orderId: randomUUID(),
      caller: { role: 'customer', userId: customerId },
    } as const;
    await expect(showBookingPositions(unknown, reading)).rejects.toMatchObject(none);
  });

  test('is shown of a fleet to its transporter: also trips without one are counted', async () => {
    const one = await tripOf();
    await tripOf({ transporterId: one.transporterId });
    await tripOf({ transporterId: one.transporterId, status: 'completed' });
    await send(one, driving(0));
    expect(await showFleet(one.transporterId, reading)).toMatchObject({
      transporterId: one.transporterId,
      activeDrivers: 2,
      drivers: [{ tripId: one.tripId }],
    });
  });
});

describe('while Redis is away', () => {
  const unavailable = { code: 'SERVICE_UNAVAILABLE' };

  test('nothing is taken or shown: the app sends it again', async () => {
    const trip = await tripOf();
    const deps = { ...usual, tracks: openTrackStore(away) };
    await expect(send(trip, driving(0), { deps })).rejects.toMatchObject(unavailable);
    const caller = { role: 'customer', userId: trip.customerId } as const;
    const asked = showTrip(
      { tripId: trip.tripId, caller },
      { ...reading, positions: openTripPositions(away) },
    );
    await expect(asked).rejects.toMatchObject(unavailable);
    expect(await openTripPositions(away).ofOrNone([trip.tripId])).toEqual(new Map());
  });

  test('a trip can end: what is written of its way is known', async () => {
    const trip = await tripOf();
    await send(trip, driving(...every10(0, 600)));
    await send(trip, driving(600));
    const deps = { ...usual, tracks: openTrackStore(away) };
    expect(await distanceDriven(trip.tripId, deps)).toBe(8850);
  });

  test('the end of a track waits for it: to keep it fails, and is tried again', async () => {
    const trip = await tripOf({ status: 'cancelled' });
    trips.set(trip.tripId, { ...trip, status: 'in_transit' });
    await send(trip, driving(0, 10, 20));
    trips.set(trip.tripId, trip);
    const deps = { ...usual, tracks: openTrackStore(away) };
    await expect(keepRest(trip.tripId, deps)).rejects.toMatchObject(unavailable);
    await keepRest(trip.tripId, usual);
    expect(await segmentsOf(trip.tripId)).toMatchObject([{ points: 3 }]);
  });

  test('or late to answer, the end of a track is not lost, and not kept twice', async () => {
    const trip = await tripOf();
    await send(trip, driving(0, 10, 20));
    // Each command is done, but its answer comes too late: first that of the first one, then of the second...
    for (let answered = 0; answered < 3; answered += 1) {
      let left = answered;
      const late: Redis = {
        evaluate: async (...asked) => {
          const answer = await redis.evaluate(...asked);
          left -= 1;
          if (left < 0) throw new Error('Command timed out');
          return answer;
        },
      };
      const kept = keepRest(trip.tripId, { ...usual, tracks: openTrackStore(late) });
      await expect(kept).rejects.toMatchObject(unavailable);
    }
    await keepRest(trip.tripId, usual);
    await keepRest(trip.tripId, usual);
    expect(await segmentsOf(trip.tripId)).toMatchObject([{ points: 3 }]);
    expect(await trackOf(trip.tripId)).toMatchObject({ writing: null, track: { points: [] } });
  });
});

test('a script that is sent twice finds its own work, and one that comes too late changes nothing', async () => {
  const trip = await tripOf();
  const { tripId } = trip;
  await send(trip, driving(0));
  const [before, rev] = [await trackOf(tripId), randomUUID()];
  if (!before) throw new Error('There is no track');
  const how = { was: before.rev, rev, begins: null };
  const write = (how: Parameters<typeof usual.tracks.write>[2]) =>
    usual.tracks.write(tripId, { ...before, networkIsPoor: true }, how);
  expect([await write(how), await write(how)]).toEqual([true, true]);
  expect(await write({ ...how, rev: randomUUID() })).toBe(false);
  expect(await write({ ...how, was: undefined, rev: randomUUID() })).toBe(false);
  expect(await trackOf(tripId)).toEqual({ ...before, networkIsPoor: true, rev });
});
