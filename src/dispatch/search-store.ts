import type { Position } from '../places/position.ts';
import type { Database } from '../platform/postgres/postgres.ts';

/** An open search, as a wave needs it. */
export interface SearchToWiden {
  readonly orderId: string;
  readonly pickup: Position;
  /** Open trucks by kind. */
  readonly searching: Readonly<Record<string, number>>;
  /** Who was asked already. */
  readonly asked: readonly string[];
  /** The last wave that has begun. */
  readonly wave: number;
  /** Whether offers of earlier waves were written, and perhaps never sent. */
  readonly hasUnsent: boolean;
}

/** Nothing if the search is over, or the order was never committed. */
export async function searchToWiden(
  db: Database,
  orderId: string,
): Promise<SearchToWiden | undefined> {
  const [search] = await db.$queryRaw<SearchToWiden[]>`
    SELECT o.id AS "orderId", o.wave,
           jsonb_build_object('latitude', o.pickup_latitude, 'longitude', o.pickup_longitude) AS pickup,
           COALESCE((
             SELECT jsonb_object_agg(open.vehicle_key, open.trucks) FROM (
               SELECT t.vehicle_key, count(*) AS trucks FROM weelo.truck_requests AS t
               WHERE t.order_id = o.id AND t.status = 'searching' GROUP BY t.vehicle_key
             ) AS open
           ), '{}') AS searching,
           ARRAY (
             SELECT f.transporter_id::text FROM weelo.offers AS f WHERE f.order_id = o.id
           ) AS asked,
           EXISTS (
             SELECT FROM weelo.offers AS f WHERE f.order_id = o.id AND f.sent_at IS NULL
           ) AS "hasUnsent"
    FROM weelo.orders AS o
    WHERE o.id = ${orderId}::uuid AND o.search_closed_at IS NULL AND o.search_deadline > clock_timestamp()
  `;
  return search;
}

/**
 * Notes the offers whose event is on its way: none of it waits in the outbox any more. An offer that somebody changes at
 * the moment is left to the next wave.
 */
export async function noteSent(db: Database, orderId: string): Promise<void> {
  await db.$executeRaw`
    UPDATE weelo.offers AS f SET sent_at = clock_timestamp()
    FROM (
      SELECT f.transporter_id FROM weelo.offers AS f
      WHERE f.order_id = ${orderId}::uuid AND f.sent_at IS NULL AND NOT EXISTS (
        SELECT FROM weelo.outbox AS e
        WHERE e.order_id = f.order_id AND e.relayed_at IS NULL
          AND e.message -> 'to' @> to_jsonb(f.transporter_id::text)
      )
      FOR UPDATE OF f SKIP LOCKED
    ) AS sent
    WHERE f.order_id = ${orderId}::uuid AND f.transporter_id = sent.transporter_id
  `;
}
