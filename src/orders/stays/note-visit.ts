import { sql, type Postgres } from '../../platform/postgres/postgres.ts';

interface Visit {
  readonly tripId: string;
  readonly place: 'pickup' | 'drop';
  readonly what: 'arrived' | 'departed';
  readonly at: Date;
}

interface Deps {
  readonly postgres: Postgres;
}

/**
 * A position shows that a truck has arrived at a place, or has left it. The first sign counts, whether it is a position
 * or a status: so a position that comes late may set the clock back, but not to before the driver accepted: nobody pays
 * for that. Nobody leaves before arriving. It changes no state, so the order is not locked for it.
 */
export async function noteVisit({ tripId, place, what, at }: Visit, deps: Deps): Promise<void> {
  const column = columns[place];
  const { arrived, verified, left } = column;
  const isLive = sql`a.id = ${tripId}::uuid AND a.live_driver_id IS NOT NULL`;
  const then = sql`GREATEST(${at}::timestamptz, a.accepted_at)`;
  const statement =
    what === 'arrived'
      ? sql`
          UPDATE weelo.assignments AS a
          SET ${verified} = true, ${arrived} = ${then}, updated_at = clock_timestamp()
          WHERE ${isLive} AND (a.${arrived} IS NULL OR a.${arrived} > ${then})
        `
      : sql`
          UPDATE weelo.assignments AS a
          SET ${left} = ${then}, updated_at = clock_timestamp()
          WHERE ${isLive} AND a.${arrived} <= ${then}
            AND (a.${left} IS NULL OR a.${left} > ${then})
        `;
  await deps.postgres.run((db) => db.$executeRaw(statement));
}

const columns = {
  pickup: {
    arrived: sql`pickup_arrived_at`,
    verified: sql`pickup_verified`,
    left: sql`pickup_left_at`,
  },
  drop: { arrived: sql`drop_arrived_at`, verified: sql`drop_verified`, left: sql`drop_left_at` },
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
