import { AppError } from '../../contract/errors.ts';
import { countOne, logger, measure } from '../../platform/logs/observability.ts';
import { relayOwn } from '../../platform/outbox/relay-events.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import { writeAndAnnounce } from '../changing/announce-changes.ts';
import { lockOverdueOrders, overdueOrders, type Overdue } from '../order/lock-store.ts';
import { countOutcome } from '../changing/count-outcome.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { transitionOf } from '../order/transition.ts';
import { deadlinePassed } from './deadline-passed.ts';

/**
 * P6, P7: ends searches whose deadline has passed, and answers how many. Among many orders, those that another
 * transaction has locked are left out: the next run finds them if they are still overdue.
 */
export async function expireOrders(which: Overdue, deps: OrderDeps): Promise<number> {
  const { orders, transitions } = await deps.postgres.transaction(async (db) => {
    const overdue = await lockOverdueOrders(db, which);
    const surroundings = { ids: deps.ids, at: deps.clock.now() };
    const expired = overdue.map((order) => transitionOf(order, deadlinePassed, surroundings));
    // It does not matter if the cache is away: a search past its deadline is never shown as open.
    if (expired.length > 0) await writeAndAnnounce(db, expired, deps);
    return { orders: overdue, transitions: expired };
  });
  if (transitions.length === 0) return 0;
  const now = deps.clock.now().getTime();
  for (const [i, order] of orders.entries()) {
    measure('ExpiryLag', now - order.search_deadline.getTime());
    const transition = transitions[i];
    if (transition) countOutcome(order, transition);
  }
  await relayOwn(
    transitions.flatMap(({ events }) => events),
    deps,
  );
  return transitions.length;
}

/**
 * P6: runs a query. If its result has an order whose deadline has passed, ends that search and runs the query again.
 * `overdueIn` answers the id of that order, if there is one.
 */
export async function findInTime<T>(
  find: (db: Database) => Promise<T>,
  overdueIn: (found: T) => string | undefined,
  deps: OrderDeps,
): Promise<T> {
  const found = await deps.postgres.run(find);
  const orderId = overdueIn(found);
  if (orderId === undefined) return found;
  await expireOrders({ orderId }, deps);
  return deps.postgres.run(find);
}

/**
 * For the reconciler. If one search cannot be ended because of a fault of ours, the others still are. It is logged and
 * counted, and the next run tries again.
 */
export async function expireOverdueOrders(most: number, deps: OrderDeps): Promise<number> {
  try {
    return await expireOrders({ most }, deps);
  } catch (error) {
    if (error instanceof AppError) throw error;
    logger.error('Orders could not be ended together', { error });
  }
  let ended = 0;
  for (const orderId of await deps.postgres.run((db) => overdueOrders(db, most))) {
    ended += await expireOrders({ orderId }, deps).catch((error: unknown) => {
      logger.error('An order could not be ended', { orderId, error });
      countOne('OrdersStuck');
      return 0;
    });
  }
  return ended;
}
