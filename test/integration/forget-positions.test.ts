import type { ScheduledEvent } from 'aws-lambda';
import { beforeEach, describe, expect, test } from 'vitest';
import { openPostgres } from '../../src/platform/postgres/postgres.ts';
import { forgetPositions } from '../../src/trips/keeping/forget-positions.ts';
import { SERVICE } from '../support/engines/database-server.ts';
import { whenDone } from '../support/engines/when-done.ts';
import { lambdaContext } from '../support/invoke.ts';
import { tripWorld } from '../support/worlds/trip-world.ts';

const { underWay, sql, orders, move, variables } = await tripWorld();

const postgres = openPostgres({
  host: variables.DATABASE_HOST,
  port: Number(variables.DATABASE_PORT),
  database: variables.DATABASE_NAME,
  tls: 'off',
  credentials: async () => SERVICE,
  onError: () => undefined,
});
whenDone(() => postgres.close());

/** Forgets, as if so many days had passed. */
const forgetAfter = (days: number, most = 100) =>
  forgetPositions(most, {
    postgres,
    clock: { now: () => new Date(Date.now() + days * 86_400_000) },
  });

/** What other tests have left would be counted as well. */
beforeEach(async () => {
  await sql('DELETE FROM weelo.track_segments', []);
  await sql('DELETE FROM weelo.trip_moves', []);
});

/** A trip with two pieces of a track and two moves with a position, just now. */
async function driven() {
  const trip = await underWay();
  await move(trip.driver, trip.tripId, 'in_transit');
  await sql(
    `INSERT INTO weelo.track_segments (trip_id, first_at, last_at, points, distance_m, track)
     SELECT $1, now() - n * interval '2 min', now() - n * interval '1 min', 1, 10, 'a track'
     FROM generate_series(1, 2) AS n`,
    [trip.tripId],
  );
  await sql(
    `INSERT INTO weelo.trip_moves (trip_id, id, what, status, latitude, longitude, distance_m)
     SELECT $1, gen_random_uuid(), 'moved', 'in_transit', 28.5, 77.3, 40 FROM generate_series(1, 2)`,
    [trip.tripId],
  );
  return trip;
}
type Trip = Awaited<ReturnType<typeof driven>>;

const end = ({ tripId }: Trip) =>
  sql(
    `UPDATE weelo.assignments SET status = 'completed', live_driver_id = NULL,
       live_vehicle_id = NULL, ended_at = now() WHERE id = $1`,
    [tripId],
  );

/** How many pieces of the trip's track, and how many positions in its log, are known. */
async function known({ tripId }: Trip) {
  const [row] = await sql(
    `SELECT (SELECT count(*)::int FROM weelo.track_segments WHERE trip_id = $1) AS pieces,
            (SELECT count(*)::int FROM weelo.trip_moves
             WHERE trip_id = $1 AND (latitude IS NOT NULL OR longitude IS NOT NULL)) AS positions`,
    [tripId],
  );
  return row;
}
const all = { pieces: 2, positions: 2 };
const none = { pieces: 0, positions: 0 };

describe('where a truck was', () => {
  test('is forgotten 90 days after the end of its trip, and not before', async () => {
    const trip = await driven();
    await end(trip);
    expect(await forgetAfter(89.9)).toBe(0);
    expect(await known(trip)).toEqual(all);
    expect(await forgetAfter(90.1)).toBe(4);
    expect(await known(trip)).toEqual(none);
    // The log itself stays.
    const log = await sql(
      'SELECT what, distance_m FROM weelo.trip_moves WHERE trip_id = $1 AND distance_m = 40',
      [trip.tripId],
    );
    expect(log).toHaveLength(2);
    expect(await forgetAfter(90.1)).toBe(0);
  });

  test('is kept while the trip has not ended', async () => {
    const trip = await driven();
    expect(await forgetAfter(1000)).toBe(0);
    expect(await known(trip)).toEqual(all);
  });

  test('is kept while its order is disputed, until that is settled', async () => {
    const trip = await driven();
    const body = { notes: 'The goods are wet' };
    await orders.disputeCancellation({ token: trip.token, params: trip.params, body });
    await end(trip);
    expect(await forgetAfter(200)).toBe(0);
    expect(await known(trip)).toEqual(all);
    await sql(
      `UPDATE weelo.disputes SET settled_at = now(), settlement = 'Paid' WHERE order_id = $1`,
      [trip.orderId],
    );
    expect(await forgetAfter(200)).toBe(4);
    expect(await known(trip)).toEqual(none);
  });

  test('is forgotten in batches, and what must stay is not in their way', async () => {
    const [stays, goes] = [await driven(), await driven()];
    await end(goes);
    const batches = [];
    for (let i = 0; i < 5; i++) batches.push(await forgetAfter(91, 1));
    expect(batches).toEqual([1, 1, 1, 1, 0]);
    expect([await known(stays), await known(goes)]).toEqual([all, none]);
  });
});

test('the reconciler does it', async () => {
  const trip = await driven();
  await end(trip);
  const past = `interval '91 days'`;
  await sql(`UPDATE weelo.assignments SET ended_at = ended_at - ${past} WHERE id = $1`, [
    trip.tripId,
  ]);
  await sql(
    `UPDATE weelo.track_segments SET first_at = first_at - ${past}, last_at = last_at - ${past}
     WHERE trip_id = $1`,
    [trip.tripId],
  );
  await sql(`UPDATE weelo.trip_moves SET at = at - ${past} WHERE trip_id = $1`, [trip.tripId]);
  const { handler } = await import('../../functions/reconcile.ts');
  await handler({} as ScheduledEvent, lambdaContext(60_000));
  expect(await known(trip)).toEqual(none);
});
