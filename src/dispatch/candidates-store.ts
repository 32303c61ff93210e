import { heldTrucksSql } from '../orders/holds/free-trucks.ts';
import { sql, type Database } from '../platform/postgres/postgres.ts';

export interface CandidateRow {
  readonly id: string;
  readonly freeTrucks: Readonly<Record<string, number>>;
  readonly allTrucks: Readonly<Record<string, number>>;
  readonly openOffers: Readonly<Record<string, number>>;
  readonly lapsedAt: readonly string[];
  readonly sinceOfferedMs: number | null;
  readonly sinceWonMs: number | null;
  readonly offered: number;
  readonly accepted: number;
  readonly declined: number;
}

interface Asked {
  readonly orderId: string;
  readonly ids: readonly string[];
  readonly kinds: readonly string[];
}

/** How many vehicles of each kind a fleet has in service, and how many of them are free. */
const fleetSql = (kinds: readonly string[]) => sql`
      SELECT jsonb_object_agg(v.vehicle_key, v.vehicles) AS vehicles,
             jsonb_object_agg(v.vehicle_key, GREATEST(0, v.available - ${heldTrucksSql(sql`owner.id`, sql`v.vehicle_key`)})) AS free
      FROM (
        SELECT v.vehicle_key, count(*)::int AS vehicles,
               (count(*) FILTER (WHERE v.status = 'available'))::int AS available
        FROM weelo.vehicles AS v
        WHERE v.transporter_id = owner.id AND v.vehicle_key = ANY (${[...kinds]}::text[])
          AND v.status IN ('available', 'on_hold', 'in_transit')
        GROUP BY v.vehicle_key
      ) AS v
`;

/** What PostgreSQL knows of transporters that the geo index has found. One who is suspended is left out. */
export function candidatesOf(
  db: Database,
  { orderId, ids, kinds }: Asked,
): Promise<readonly CandidateRow[]> {
  return db.$queryRaw<CandidateRow[]>(sql`
    SELECT owner.id, fleet.free AS "freeTrucks", fleet.vehicles AS "allTrucks",
           COALESCE(live.offers, '{}') AS "openOffers",
           ARRAY (
             SELECT h.ended_at::text FROM weelo.holds AS h
             WHERE h.transporter_id = owner.id AND h.status = 'lapsed' ORDER BY h.ended_at DESC LIMIT 2
           ) AS "lapsedAt",
           extract(epoch FROM clock_timestamp() - lately.offered_at)::float8 * 1000 AS "sinceOfferedMs",
           extract(epoch FROM clock_timestamp() - (
             SELECT a.created_at FROM weelo.assignments AS a WHERE a.transporter_id = owner.id
             ORDER BY a.id DESC LIMIT 1
           ))::float8 * 1000 AS "sinceWonMs",
           lately.offered, lately.accepted, lately.declined
    FROM weelo.users AS owner
    JOIN LATERAL (${fleetSql(kinds)}) AS fleet ON fleet.free IS NOT NULL
    LEFT JOIN LATERAL (
      SELECT jsonb_object_agg(each.kind, each.offers) AS offers FROM (
        SELECT kind, count(*)::int AS offers
        FROM weelo.offers AS f, unnest(f.told_kinds) AS kind
        WHERE f.transporter_id = owner.id AND f.closed_at IS NULL AND f.order_id <> ${orderId}::uuid
        GROUP BY kind
      ) AS each
    ) AS live ON true
    CROSS JOIN LATERAL (
      SELECT max(f.created_at) AS offered_at, count(*)::int AS offered,
             (count(*) FILTER (WHERE f.answer = 'accepted'))::int AS accepted,
             (count(*) FILTER (WHERE f.answer = 'declined'))::int AS declined
      FROM (
        SELECT f.created_at, f.answer FROM weelo.offers AS f
        WHERE f.transporter_id = owner.id AND f.created_at > now() - interval '1 day'
        ORDER BY f.created_at DESC LIMIT 50
      ) AS f
    ) AS lately
    WHERE owner.id = ANY (${[...ids]}::uuid[]) AND owner.suspended_at IS NULL
  `);
}

/** Those of these transporters who were asked already, or were suspended. To be read under the lock of the order. */
export async function notToBeAsked(
  db: Database,
  orderId: string,
  ids: readonly string[],
): Promise<readonly string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT owner.id FROM weelo.users AS owner
    WHERE owner.id = ANY (${[...ids]}::uuid[]) AND (
      owner.suspended_at IS NOT NULL OR EXISTS (
        SELECT FROM weelo.offers AS f
        WHERE f.order_id = ${orderId}::uuid AND f.transporter_id = owner.id
      )
    )
  `;
  return rows.map(({ id }) => id);
}
