import { sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';
import {
  isManningSql,
  isOverdueSql,
  storedOrder,
  type OrderRow,
  type WholeOrder,
} from './order-row.ts';
import { partInOrderSql } from './locked-order.ts';
import type { LockedOrder } from './changed.ts';

interface OwnedOrder {
  readonly orderId: string;
  readonly customerId: string;
}

/** P12: another customer's order is not found. */
export function findOrder(
  db: Database,
  { orderId, customerId }: OwnedOrder,
): Promise<WholeOrder | undefined> {
  return orderWhere(db, sql`o.id = ${orderId}::uuid AND o.customer_id = ${customerId}::uuid`);
}

/** Whoever asks. */
export function findOrderById(db: Database, orderId: string): Promise<WholeOrder | undefined> {
  return orderWhere(db, sql`o.id = ${orderId}::uuid`);
}

async function orderWhere(db: Database, condition: Sql): Promise<WholeOrder | undefined> {
  const [order] = await db.$queryRaw<WholeOrder[]>(sql`
    SELECT ${storedOrder}
    FROM weelo.orders AS o JOIN weelo.users AS u ON u.id = o.customer_id
    WHERE ${condition}
  `);
  return order;
}

/** Either one overdue order, waiting for its lock, or some overdue orders, without those that are locked. */
export type Overdue = { readonly orderId: string } | { readonly most: number };

/** Only the fields that are needed to end a search. For many orders at once, the other fields would cost the most. */
export type EndingOrder = LockedOrder & Pick<OrderRow, 'search_deadline' | 'customer_phone'>;

const isOverdue = isOverdueSql(sql`o`);

/** P6: locks orders whose search should have ended by now. */
export async function lockOverdueOrders(
  db: Database,
  which: Overdue,
): Promise<readonly EndingOrder[]> {
  const those =
    'orderId' in which
      ? sql`AND o.id = ${which.orderId}::uuid FOR UPDATE`
      : sql`ORDER BY o.search_deadline LIMIT ${which.most}::int FOR UPDATE SKIP LOCKED`;
  const locked = await db.$queryRaw<{ id: string }[]>(sql`
    SELECT o.id FROM weelo.orders AS o WHERE ${isOverdue} ${those}
  `);
  if (locked.length === 0) return [];
  return db.$queryRaw<EndingOrder[]>`
    SELECT o.id, o.customer_id, u.phone AS customer_phone, o.status, o.needed, o.event_version, o.search_closed_at, o.search_deadline, o.wave,
           o.online_candidates, o.notified_transporters, t.trucks, COALESCE(f.offers, '[]') AS offers
    FROM weelo.orders AS o JOIN weelo.users AS u ON u.id = o.customer_id, LATERAL (
      SELECT jsonb_agg(jsonb_build_object(
        'id', t.id, 'status', t.status, 'holdId', t.hold_id,
        'assigned', CASE WHEN a.id IS NOT NULL THEN jsonb_build_object('transporterId', a.transporter_id) END
      ) ORDER BY t.number) AS trucks
      FROM weelo.truck_requests AS t
      LEFT JOIN weelo.assignments AS a ON a.truck_request_id = t.id AND ${isManningSql(sql`a`)}
      WHERE t.order_id = o.id
    ) AS t, LATERAL (
      SELECT jsonb_agg(jsonb_build_object(
        'transporterId', f.transporter_id, ${partInOrderSql(sql`f`)}
      )) AS offers
      FROM weelo.offers AS f WHERE f.order_id = o.id AND f.closed_at IS NULL
    ) AS f
    WHERE o.id = ANY (${locked.map(({ id }) => id)}::uuid[])
  `;
}

/** Orders whose search should have ended, the latest first: earlier ones have been tried already. */
export async function overdueOrders(db: Database, most: number): Promise<readonly string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>(sql`
    SELECT o.id FROM weelo.orders AS o WHERE ${isOverdue}
    ORDER BY o.search_deadline DESC
    LIMIT ${most}::int
  `);
  return rows.map(({ id }) => id);
}

/** The time left of an open search, by the database's clock. */
export async function searchOf(
  db: Database,
  orderId: string,
): Promise<{ readonly millisecondsLeft: number } | undefined> {
  const [search] = await db.$queryRaw<{ millisecondsLeft: number }[]>`
    SELECT GREATEST(0, extract(epoch FROM search_deadline - clock_timestamp()) * 1000)::float8
             AS "millisecondsLeft"
    FROM weelo.orders
    WHERE id = ${orderId}::uuid AND search_closed_at IS NULL
  `;
  return search;
}
