import { AppError } from '../../contract/errors.ts';
import { findInTime } from '../ending/expire-orders.ts';
import { findOrder } from '../order/lock-store.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { isOverdue, snapshotOf, type OrderSnapshot } from '../order/order-snapshot.ts';

export interface OwnOrder {
  readonly orderId: string;
  readonly customerId: string;
  /** PostgreSQL is only asked after this has succeeded. It fails if the caller asks too often. */
  readonly counted: Promise<void>;
}

/**
 * If Lambda freezes the function, it goes on with the next call. The order that it read may have changed since, and the
 * cache forgets versions after a minute. So an order that was read longer ago than this is not cached.
 */
const freshMs = 10_000;

/**
 * An order as its customer sees it, from the cache if possible. P6: a search past its deadline is ended before the
 * order is shown. P12: another customer's order is not found.
 */
export async function readOrder(which: OwnOrder, deps: OrderDeps): Promise<OrderSnapshot> {
  const cached = await deps.cache.find(which.orderId);
  if (cached && !isOverdue(cached, deps.clock.now())) return own(cached, which);

  await which.counted;
  const askedAt = deps.clock.now().getTime();
  const order = await findInTime(
    (db) => findOrder(db, which),
    (found) => (found?.is_overdue ? found.id : undefined),
    deps,
  );
  if (!order) throw new AppError('ORDER_NOT_FOUND');
  const snapshot = snapshotOf(order);
  if (deps.clock.now().getTime() - askedAt < freshMs) await deps.cache.keep(snapshot);
  return snapshot;
}

function own(snapshot: OrderSnapshot, { customerId }: OwnOrder): OrderSnapshot {
  if (snapshot.order.customerId !== customerId) throw new AppError('ORDER_NOT_FOUND');
  return snapshot;
}
