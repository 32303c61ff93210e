import { AppError } from '../../contract/errors.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import { findInTime } from '../ending/expire-orders.ts';
import { findOrder, findOrderById } from '../order/lock-store.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import type { WholeOrder } from '../order/order-row.ts';
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
  const { orderId, customerId, counted } = which;
  const found = await cachedOr(orderId, deps, async (read) => {
    await counted;
    return read((db) => findOrder(db, which));
  });
  if (found?.order.customerId !== customerId) throw new AppError('ORDER_NOT_FOUND');
  return found;
}

/** An order, whoever asks. The caller must check who may see it. */
export function readAnyOrder(orderId: string, deps: OrderDeps): Promise<OrderSnapshot | undefined> {
  return cachedOr(orderId, deps, (read) => read((db) => findOrderById(db, orderId)));
}

type Find = (db: Database) => Promise<WholeOrder | undefined>;

async function cachedOr(
  orderId: string,
  deps: OrderDeps,
  ask: (read: (find: Find) => Promise<WholeOrder | undefined>) => Promise<WholeOrder | undefined>,
): Promise<OrderSnapshot | undefined> {
  const cached = await deps.cache.find(orderId);
  if (cached && !isOverdue(cached, deps.clock.now())) return cached;

  let askedAt = 0;
  const order = await ask((find) => {
    askedAt = deps.clock.now().getTime();
    return findInTime(find, (found) => (found?.is_overdue ? found.id : undefined), deps);
  });
  if (!order) return undefined;
  const snapshot = snapshotOf(order);
  if (deps.clock.now().getTime() - askedAt < freshMs) await deps.cache.keep(snapshot);
  return snapshot;
}
