import type { OrderStatus } from '../contract/orders.ts';
import { expireOrders, type ExpireDeps } from './expire-orders.ts';
import { snapshotOf, type OrderSnapshot } from './order-snapshot.ts';
import { countOrdersOf, liveOrderOf, ordersOf } from './order-store.ts';

interface Filter {
  readonly statuses: readonly OrderStatus[];
  readonly before?: string | undefined;
  readonly skip?: number;
  readonly most: number;
}

/** A customer's orders, newest first, and whether there are more. */
export async function listOrders(
  customerId: string,
  filter: Filter,
  deps: ExpireDeps,
): Promise<{ readonly orders: readonly OrderSnapshot[]; readonly hasMore: boolean }> {
  const asked = { ...filter, most: filter.most + 1 };
  const read = () => deps.postgres.run((db) => ordersOf(db, customerId, asked));
  let rows = await read();
  // P6: one search at most is open, so one at most is overdue; it may have another status after.
  const overdue = rows.find((row) => row.is_overdue);
  if (overdue) {
    await expireOrders({ orderId: overdue.id }, deps);
    rows = await read();
  }
  return {
    orders: rows.slice(0, filter.most).map(snapshotOf),
    hasMore: rows.length > filter.most,
  };
}

export function countOrders(
  customerId: string,
  statuses: readonly OrderStatus[],
  { postgres }: Pick<ExpireDeps, 'postgres'>,
): Promise<number> {
  return postgres.run((db) => countOrdersOf(db, customerId, statuses));
}

/** The order that a customer comes back to, if there is one. */
export async function findActiveOrder(customerId: string, deps: ExpireDeps) {
  const find = () => deps.postgres.run((db) => liveOrderOf(db, customerId));
  let order = await find();
  if (order?.is_overdue) {
    await expireOrders({ orderId: order.id }, deps);
    order = await find();
  }
  if (!order) return { hasActiveOrder: false, activeOrder: null };
  const { id: orderId, status, created_at } = order;
  return {
    hasActiveOrder: true,
    activeOrder: { orderId, status, createdAt: created_at.toISOString() },
  };
}
