import type { Postgres } from '../../platform/postgres/postgres.ts';

interface Which {
  readonly hours: number;
  readonly most: number;
}

/** Trips that have gone on neither by a status nor by a position for so long, and of which nobody was told. */
export async function stalledTrips(
  { hours, most }: Which,
  { postgres }: { readonly postgres: Postgres },
): Promise<readonly string[]> {
  const rows = await postgres.run(
    (db) => db.$queryRaw<{ id: string }[]>`
      SELECT id FROM weelo.assignments
      WHERE live_driver_id IS NOT NULL AND stalled_told_at IS NULL
        AND COALESCE(moved_at, accepted_at) <= clock_timestamp() - ${hours}::int * interval '1 hour'
      ORDER BY COALESCE(moved_at, accepted_at) DESC
      LIMIT ${most}::int
    `,
  );
  return rows.map(({ id }) => id);
}
