import type { Database } from '../platform/postgres/postgres.ts';

export interface WaveRow {
  readonly wave: number;
  readonly asked: number;
  readonly reached: number;
  readonly seen: number;
  readonly accepted: number;
  readonly declined: number;
  readonly declineReasons: { reason: string; count: number }[];
}

/**
 * What became of the offers of each wave. An answer shows that the offer was seen, too. What a
 * transporter wrote in its own words is not for the customer.
 */
export function wavesOf(db: Database, orderId: string): Promise<readonly WaveRow[]> {
  return db.$queryRaw<WaveRow[]>`
    WITH offered AS (
      SELECT f.*, f.delivered_at IS NOT NULL OR f.pushed_at IS NOT NULL OR f.answer IS NOT NULL AS is_reached,
             f.seen_at IS NOT NULL OR f.answer IS NOT NULL AS is_seen
      FROM weelo.offers AS f WHERE f.order_id = ${orderId}::uuid
    )
    SELECT f.wave, count(*)::int AS asked,
           (count(*) FILTER (WHERE is_reached))::int AS reached,
           (count(*) FILTER (WHERE is_seen))::int AS seen,
           (count(*) FILTER (WHERE answer = 'accepted'))::int AS accepted,
           (count(*) FILTER (WHERE answer = 'declined'))::int AS declined,
           COALESCE((
             SELECT jsonb_agg(jsonb_build_object('reason', r.reason, 'count', r.offers) ORDER BY r.offers DESC, r.reason)
             FROM (
               SELECT CASE WHEN o.reason IN ('NOT_AVAILABLE', 'VEHICLE_NOT_SUITABLE', 'DISTANCE_TOO_FAR')
                           THEN o.reason ELSE 'OTHER' END AS reason, count(*)::int AS offers FROM offered AS o
               WHERE o.wave = f.wave AND o.answer = 'declined' GROUP BY 1
             ) AS r
           ), '[]') AS "declineReasons"
    FROM offered AS f GROUP BY f.wave ORDER BY f.wave
  `;
}
