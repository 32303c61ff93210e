import { AppError } from '../contract/errors.ts';
import { expireOrders, type ExpireDeps } from './expire-orders.ts';
import { isOverdue, snapshotOf, type OrderSnapshot } from './order-snapshot.ts';
import { findOrder } from './order-store.ts';

interface Which {
  readonly orderId: string;
  readonly customerId: string;
}

/**
 * A function that was frozen while it read goes on with its next event. By then nobody remembers in the cache that the
 * order has changed.
 */
const freshMs = 10_000;

/**
 * An order as its customer sees it, from the cache where that will do. P6: a search past its deadline is ended
 * before anybody sees it. P12: somebody else's order is not there.
 */
export async function readOrder(which: Which, deps: ExpireDeps): Promise<OrderSnapshot> {
  const cached = await deps.cache.find(which.orderId);
  if (cached && !isOverdue(cached, deps.clock.now())) return own(cached, which);

  const askedAt = deps.clock.now().getTime();
  const found = await deps.postgres.run((db) => findOrder(db, which));
  if (!found) throw new AppError('ORDER_NOT_FOUND');
  if (!found.is_overdue) {
    const snapshot = snapshotOf(found);
    if (deps.clock.now().getTime() - askedAt < freshMs) await deps.cache.keep(snapshot);
    return snapshot;
  }
  await expireOrders({ orderId: which.orderId }, deps);
  const expired = await deps.postgres.run((db) => findOrder(db, which));
  if (!expired) throw new AppError('ORDER_NOT_FOUND');
  return snapshotOf(expired);
}

function own(snapshot: OrderSnapshot, { customerId }: Which): OrderSnapshot {
  if (snapshot.order.customerId !== customerId) throw new AppError('ORDER_NOT_FOUND');
  return snapshot;
}
