import type { OrderStatus } from '../../contract/http/orders/views.ts';
import { sql, type Database } from '../../platform/postgres/postgres.ts';
import { isOverdueSql, storedOrder, type OrderRow, type WholeOrder } from '../order/order-row.ts';

export interface OrderFilter {
  /** If empty: every status. */
  readonly statuses: readonly OrderStatus[];
  /** True: only orders whose search has ended with trucks. False: only the others. Unset: both. */
  readonly foundAndClosed?: boolean | undefined;
}

const matches = (customerId: string, { statuses, foundAndClosed: found }: OrderFilter) => sql`
  o.customer_id = ${customerId}::uuid
  AND (cardinality(${[...statuses]}::weelo.order_status[]) = 0 OR o.status = ANY (${[...statuses]}::weelo.order_status[]))
  AND (${found ?? null}::boolean IS NULL
       OR ${found ?? null}::boolean = (o.search_closed_at IS NOT NULL AND o.filled > 0))
`;

/** A customer's orders, newest first. If `before` is given, only older ones. */
export function ordersOf(
  db: Database,
  customerId: string,
  filter: OrderFilter & {
    readonly before?: string | undefined;
    readonly skip?: number;
    readonly most: number;
  },
): Promise<readonly WholeOrder[]> {
  const { before, skip = 0, most } = filter;
  return db.$queryRaw<WholeOrder[]>(sql`
    SELECT ${storedOrder}
    FROM weelo.orders AS o JOIN weelo.users AS u ON u.id = o.customer_id
    WHERE ${matches(customerId, filter)}
      AND (${before ?? null}::uuid IS NULL OR o.id < ${before ?? null}::uuid)
    ORDER BY o.id DESC
    LIMIT ${most}::int OFFSET ${skip}::int
  `);
}

export async function countOrdersOf(
  db: Database,
  customerId: string,
  filter: OrderFilter,
): Promise<number> {
  const [counted] = await db.$queryRaw<{ total: number }[]>(sql`
    SELECT count(*)::int AS total FROM weelo.orders AS o WHERE ${matches(customerId, filter)}
  `);
  return counted?.total ?? 0;
}

type LiveOrder = Pick<OrderRow, 'id' | 'status' | 'created_at' | 'is_overdue'>;

/** The newest order that is not over, and whether its search is overdue. */
export async function liveOrderOf(
  db: Database,
  customerId: string,
): Promise<LiveOrder | undefined> {
  const [order] = await db.$queryRaw<LiveOrder[]>(sql`
    SELECT o.id, o.status, o.created_at, ${isOverdueSql(sql`o`)} AS is_overdue
    FROM weelo.orders AS o
    WHERE o.customer_id = ${customerId}::uuid AND o.status NOT IN ('completed', 'cancelled', 'expired')
    ORDER BY o.id DESC
    LIMIT 1
  `);
  return order;
}

/** A customer's order whose search should have ended by now. */
export async function overdueOrderOf(
  db: Database,
  customerId: string,
): Promise<{ readonly id: string } | undefined> {
  const [order] = await db.$queryRaw<{ id: string }[]>(sql`
    SELECT o.id FROM weelo.orders AS o
    WHERE o.customer_id = ${customerId}::uuid AND ${isOverdueSql(sql`o`)}
  `);
  return order;
}
