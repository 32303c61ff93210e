import { sql, type Database } from '../../platform/postgres/postgres.ts';
import { heldTrucksSql } from './free-trucks.ts';

/** What decides whether a transporter may hold trucks of an order. */
export interface Standing {
  /** Whether the order was ever offered to the transporter, and whether the offer is live. */
  readonly offer: 'live' | 'closed' | null;
  /** Trucks of the kind that are free. */
  readonly free: number;
  /** Trucks of any kind that the transporter holds now. */
  readonly holding: number;
  /** When the transporter's last two holds lapsed, the latest first. */
  readonly lapsedAt: readonly Date[];
  /** The active hold that the same request made before. */
  readonly sameIntent: { readonly id: string; readonly quantity: number } | null;
}

interface Asked {
  readonly orderId: string;
  readonly transporterId: string;
  readonly vehicleKey: string;
  readonly idempotencyKey?: string | undefined;
}

/** To be read under the lock of the transporter. */
export async function standingOf(db: Database, asked: Asked): Promise<Standing> {
  const { orderId, transporterId, vehicleKey, idempotencyKey = null } = asked;
  const [standing] = await db.$queryRaw<Standing[]>(sql`
    SELECT (
      SELECT CASE WHEN f.closed_at IS NULL THEN 'live' ELSE 'closed' END FROM weelo.offers AS f
      WHERE f.order_id = ${orderId}::uuid AND f.transporter_id = owner.id
    ) AS offer, GREATEST(0, (
      SELECT count(*) FROM weelo.vehicles AS v
      WHERE v.transporter_id = owner.id AND v.vehicle_key = ${vehicleKey} AND v.status = 'available'
        AND owner.suspended_at IS NULL
    ) - ${heldTrucksSql(sql`owner.id`, sql`${vehicleKey}`)})::int AS free, (
      SELECT COALESCE(sum(h.quantity), 0)::int FROM weelo.holds AS h
      WHERE h.transporter_id = owner.id AND h.status = 'active'
    ) AS holding, ARRAY (
      SELECT h.ended_at FROM weelo.holds AS h
      WHERE h.transporter_id = owner.id AND h.status = 'lapsed'
      ORDER BY h.ended_at DESC LIMIT 2
    ) AS "lapsedAt", (
      SELECT jsonb_build_object('id', h.id, 'quantity', h.quantity) FROM weelo.holds AS h
      WHERE h.order_id = ${orderId}::uuid AND h.transporter_id = owner.id AND h.vehicle_key = ${vehicleKey}
        AND h.status = 'active' AND h.idempotency_key = ${idempotencyKey}
      LIMIT 1
    ) AS "sameIntent"
    FROM weelo.users AS owner WHERE owner.id = ${transporterId}::uuid
  `);
  if (!standing) throw new Error('A transporter who is logged in has no account');
  return standing;
}
