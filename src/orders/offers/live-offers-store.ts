import { sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';
import { storedOrder, type WholeOrder } from '../order/order-row.ts';

/** An offer, with its order and the transporter's holds of it. */
export interface OfferOfOrder extends WholeOrder {
  readonly distance_km_away: number;
  readonly offer_is_live: boolean;
  readonly holds: readonly { readonly transporterId: string; readonly vehicleKey: string }[];
}

function offersWhere(transporterId: string, condition: Sql): Sql {
  return sql`
    SELECT ${storedOrder}, f.distance_km AS distance_km_away, f.closed_at IS NULL AS offer_is_live, COALESCE((
      SELECT jsonb_agg(jsonb_build_object('transporterId', h.transporter_id, 'vehicleKey', h.vehicle_key))
      FROM weelo.holds AS h
      WHERE h.order_id = o.id AND h.transporter_id = f.transporter_id AND h.status = 'active'
    ), '[]') AS holds
    FROM weelo.offers AS f
    JOIN weelo.orders AS o ON o.id = f.order_id
    JOIN weelo.users AS u ON u.id = o.customer_id
    WHERE f.transporter_id = ${transporterId}::uuid AND ${condition}
    ORDER BY f.created_at DESC, o.id DESC
  `;
}

/** More than a transporter is ever offered at once. */
const most = 200;

/** P6: a search past its deadline offers nothing, even if nobody has ended it yet. */
const isLive = sql`
  f.closed_at IS NULL AND o.search_closed_at IS NULL AND o.search_deadline > clock_timestamp()
`;

export function liveOffersOf(
  db: Database,
  transporterId: string,
): Promise<readonly OfferOfOrder[]> {
  return db.$queryRaw<OfferOfOrder[]>(
    sql`${offersWhere(transporterId, isLive)} LIMIT ${most}::int`,
  );
}

/** P12: an order that was never offered to a transporter is not found. */
export async function offerOf(
  db: Database,
  { orderId, transporterId }: { readonly orderId: string; readonly transporterId: string },
): Promise<OfferOfOrder | undefined> {
  const [offer] = await db.$queryRaw<OfferOfOrder[]>(
    offersWhere(transporterId, sql`f.order_id = ${orderId}::uuid`),
  );
  return offer;
}

/** The orders on offer to a transporter. If a kind is given: only those that want, or have offered, trucks of it. */
export async function ordersOnOfferTo(
  db: Database,
  transporterId: string,
  vehicleKey: string | undefined,
): Promise<readonly string[]> {
  const key = vehicleKey ?? null;
  const rows = await db.$queryRaw<{ orderId: string }[]>`
    SELECT f.order_id AS "orderId" FROM weelo.offers AS f
    WHERE f.transporter_id = ${transporterId}::uuid AND f.closed_at IS NULL AND (
      ${key}::text IS NULL OR ${key}::text = ANY (f.told_kinds) OR EXISTS (
        SELECT FROM weelo.truck_requests AS t
        WHERE t.order_id = f.order_id AND t.vehicle_key = ${key}::text AND t.status = 'searching'
      )
    )
  `;
  return rows.map(({ orderId }) => orderId);
}
