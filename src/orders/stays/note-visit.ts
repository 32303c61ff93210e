import { sql, type Postgres } from '../../platform/postgres/postgres.ts';
import { stayColumns } from './stays-sql.ts';

interface Visit {
  readonly tripId: string;
  readonly place: 'pickup' | 'drop';
  readonly arrivedAt: Date;
  /** Null: the truck is there, also if it was thought to have left. */
  readonly leftAt: Date | null;
}

interface Deps {
  readonly postgres: Postgres;
}

/**
 * Positions show how long a truck is at a place. It changes no state, so the order is not locked for it. The first sign
 * of an arrival counts, whether it is a position or what the driver says: so a position that comes late sets the clock
 * back, and a truck that comes again has arrived when its driver first said so. And the first sign of a departure: what
 * comes after the status that ends a stay does not change it. A stay that was over before the driver said that the truck
 * is there was another one.
 *
 * Nobody pays for waiting before the driver accepted, or at the drop before the truck set out. Nothing is in the future,
 * though the phone's clock may be: a move would come before the arrival then. Nobody leaves before arriving.
 */
export async function noteVisit(
  { tripId, place, arrivedAt, leftAt }: Visit,
  { postgres }: Deps,
): Promise<void> {
  const { arrived, verified, left, begins, ends, saidBy } = placesSql[place];
  const shown = sql`GREATEST(${arrivedAt}::timestamptz, ${begins})`;
  const said = sql`(
    SELECT min(m.at) FROM weelo.trip_moves AS m
    WHERE m.trip_id = a.id AND m.what = 'moved' AND m.status IN (${saidBy})
  )`;
  const arrival = sql`LEAST(${shown}, ${said}, ${ends}, t.now)`;
  const departure = sql`
    CASE WHEN COALESCE(${leftAt}::timestamptz, ${ends}) IS NOT NULL
         THEN GREATEST(LEAST(${leftAt}::timestamptz, ${ends}, t.now), ${arrival}) END
  `;
  await postgres.run(
    (db) => db.$executeRaw`
      UPDATE weelo.assignments AS a
      SET ${verified} = a.${verified} OR COALESCE(${shown} <= ${said}, true),
          ${arrived} = ${arrival}, ${left} = ${departure}, updated_at = t.now
      FROM (SELECT clock_timestamp() AS now) AS t
      WHERE a.id = ${tripId}::uuid AND a.live_driver_id IS NOT NULL AND ${begins} IS NOT NULL
        AND COALESCE(${leftAt}::timestamptz >= ${said}, true)
    `,
  );
}

const placesSql = {
  pickup: {
    ...stayColumns.pickup,
    begins: sql`a.accepted_at`,
    ends: sql`a.started_at`,
    saidBy: sql`'at_pickup', 'loading_complete'`,
  },
  drop: {
    ...stayColumns.drop,
    begins: sql`a.started_at`,
    ends: sql`NULL::timestamptz`,
    saidBy: sql`'arrived_at_drop'`,
  },
};

/** A truck has gone on, by its positions: so it is not one that stands still. */
export async function noteMoved(tripId: string, at: Date, deps: Deps): Promise<void> {
  await deps.postgres.run(
    (db) => db.$executeRaw`
      UPDATE weelo.assignments
      SET moved_at = GREATEST(moved_at, ${at}::timestamptz), stalled_told_at = NULL
      WHERE id = ${tripId}::uuid AND live_driver_id IS NOT NULL
    `,
  );
}
