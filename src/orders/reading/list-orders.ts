import type { BookingFilter, OrderStatus } from '../../contract/http/orders/views.ts';
import { logger } from '../../platform/logs/observability.ts';
import { findInTime } from '../ending/expire-orders.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { snapshotOf, type OrderSnapshot } from '../order/order-snapshot.ts';
import { listedView } from '../order/order-views.ts';
import { bookingView, ordersCalled } from './booking.ts';
import {
  countOrdersOf,
  liveOrderOf,
  ordersOf,
  overdueOrderOf,
  type OrderFilter,
} from './reading-store.ts';
import { endedTripsOf } from './trip-facts-store.ts';

/** A customer's orders, newest first. */
export async function listOrders(
  customerId: string,
  asked: {
    readonly limit: number;
    readonly cursor?: string | undefined;
    readonly status?: OrderStatus | undefined;
  },
  deps: OrderDeps,
) {
  const statuses = asked.status === undefined ? [] : [asked.status];
  const page = { statuses, before: asked.cursor, most: asked.limit };
  const { orders, hasMore, total } = await pageOf(customerId, page, deps);
  const now = deps.clock.now();
  return {
    orders: orders.map((each) => listedView(each, now)),
    hasMore,
    nextCursor: hasMore ? (orders.at(-1)?.order.id ?? null) : null,
    total,
  };
}

/** The same, as the screen "My bookings" shows them. */
export async function listBookings(
  customerId: string,
  asked: {
    readonly page: number;
    readonly limit: number;
    readonly status?: BookingFilter | undefined;
  },
  deps: OrderDeps,
) {
  const { page, limit, status } = asked;
  const those = { ...ordersCalled(status), skip: (page - 1) * limit, most: limit };
  const { orders, hasMore, total } = await pageOf(customerId, those, deps);
  const ids = orders.map(({ order }) => order.id);
  const ended = await deps.postgres.run((db) => endedTripsOf(db, ids));
  const bookings = orders.map((each) => bookingView(each, ended.get(each.order.id)));
  return { bookings, total, hasMore };
}

interface Page extends OrderFilter {
  readonly before?: string | undefined;
  readonly skip?: number;
  readonly most: number;
}

async function pageOf(
  customerId: string,
  page: Page,
  deps: OrderDeps,
): Promise<{
  readonly orders: readonly OrderSnapshot[];
  readonly hasMore: boolean;
  readonly total: number;
}> {
  // P6: first end a search that is overdue. This changes the order's status, and the filter must see the new one.
  await findInTime(
    (db) => overdueOrderOf(db, customerId),
    (overdue) => overdue?.id,
    deps,
  );
  const [rows, total] = await Promise.all([
    deps.postgres.run((db) => ordersOf(db, customerId, { ...page, most: page.most + 1 })),
    deps.postgres.run((db) => countOrdersOf(db, customerId, page)),
  ]);
  const orders = rows.slice(0, page.most).map(snapshotOf);
  return { orders, hasMore: rows.length > page.most, total };
}

/** The order that the app shows when a customer comes back, if there is one. */
export async function findActiveOrder(customerId: string, deps: OrderDeps) {
  const order = await findInTime(
    (db) => liveOrderOf(db, customerId),
    (found) => (found?.is_overdue ? found.id : undefined),
    deps,
  );
  logger.info('getActiveOrderByCustomer', { found: order?.id });
  if (!order) return { hasActiveOrder: false, activeOrder: null };
  const { id: orderId, status, created_at } = order;
  return {
    hasActiveOrder: true,
    activeOrder: { orderId, status, createdAt: created_at.toISOString() },
  };
}
