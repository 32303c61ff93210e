import { expireOrders, type ExpireDeps } from './expire-orders.ts';
import { snapshotOf, type OrderSnapshot } from './order-snapshot.ts';
import { logger } from '../platform/observability.ts';
import {
  countOrdersOf,
  liveOrderOf,
  ordersOf,
  overdueOrderOf,
  type OrderFilter,
} from './order-store.ts';

interface Page extends OrderFilter {
  readonly before?: string | undefined;
  readonly skip?: number;
  readonly most: number;
}

/** A customer's orders, newest first, and whether there are more. */
export async function listOrders(
  customerId: string,
  page: Page,
  deps: ExpireDeps,
): Promise<{ readonly orders: readonly OrderSnapshot[]; readonly hasMore: boolean }> {
  const asked = { ...page, most: page.most + 1 };
  await expireOverdueOf(customerId, deps);
  const rows = await deps.postgres.run((db) => ordersOf(db, customerId, asked));
  return {
    orders: rows.slice(0, page.most).map(snapshotOf),
    hasMore: rows.length > page.most,
  };
}

export function countOrders(
  customerId: string,
  filter: OrderFilter,
  { postgres }: Pick<ExpireDeps, 'postgres'>,
): Promise<number> {
  return postgres.run((db) => countOrdersOf(db, customerId, filter));
}

/** P6: one search of a customer is open at most; what is overdue has another status before anything is filtered. */
async function expireOverdueOf(customerId: string, deps: ExpireDeps): Promise<void> {
  const overdue = await deps.postgres.run((db) => overdueOrderOf(db, customerId));
  if (overdue) await expireOrders({ orderId: overdue.id }, deps);
}

/** The order that a customer comes back to, if there is one. */
export async function findActiveOrder(customerId: string, deps: ExpireDeps) {
  const find = () => deps.postgres.run((db) => liveOrderOf(db, customerId));
  let order = await find();
  if (order?.is_overdue) {
    await expireOrders({ orderId: order.id }, deps);
    order = await find();
  }
  logger.info('getActiveOrderByCustomer', { found: order?.id });
  if (!order) return { hasActiveOrder: false, activeOrder: null };
  const { id: orderId, status, created_at } = order;
  return {
    hasActiveOrder: true,
    activeOrder: { orderId, status, createdAt: created_at.toISOString() },
  };
}
