import { AppError } from '../contract/errors.ts';
import { countOne, logger, measure } from '../platform/observability.ts';
import type { Ids } from '../platform/ids.ts';
import type { Postgres } from '../platform/postgres.ts';
import { writeAndAnnounce } from './announce-changes.ts';
import type { OrderCache } from './order-cache.ts';
import { orderEvent } from './order-event.ts';
import { afterDeadline, statusOf } from './order.ts';
import { lockOverdueOrders, overdueOrders, type EndingOrder, type Overdue } from './order-store.ts';
import { relayOwn, type RelayDeps } from './relay-events.ts';
import type { Transition } from './transition-store.ts';

export interface ExpireDeps extends RelayDeps {
  readonly postgres: Postgres;
  readonly cache: OrderCache;
  readonly ids: Ids;
}

/**
 * P6, P7: ends searches whose deadline has passed. Of many orders, those that somebody works on are left to them,
 * and found again if they are overdue still. Says how many ended.
 */
export async function expireOrders(which: Overdue, deps: ExpireDeps): Promise<number> {
  const { orders, transitions } = await deps.postgres.transaction(async (db) => {
    const overdue = await lockOverdueOrders(db, which);
    const expired = overdue.map((order) => expiryOf(order, deps));
    // Where the cache does not hear of it: a search past its deadline is not believed to be open anyway.
    if (expired.length > 0) await writeAndAnnounce(db, expired, deps);
    return { orders: overdue, transitions: expired };
  });
  if (transitions.length === 0) return 0;
  const now = deps.clock.now().getTime();
  for (const { search_deadline } of orders) measure('ExpiryLag', now - search_deadline.getTime());
  for (const { status } of transitions) {
    countOne(status === 'expired' ? 'OrdersExpired' : 'OrdersPartlyFilled');
  }
  await relayOwn(
    transitions.map(({ event }) => event),
    deps,
  );
  return transitions.length;
}

/**
 * For the reconciler: one order that cannot be ended, for a fault of ours, does not keep the others from theirs. It
 * is told, and tried again with the next run.
 */
export async function expireOverdueOrders(most: number, deps: ExpireDeps): Promise<number> {
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

/** What is held lives until its hold ends; the rest was not found. */
export function expiryOf(
  order: EndingOrder,
  { ids, clock }: Pick<ExpireDeps, 'ids' | 'clock'>,
): Transition {
  const trucks = order.trucks.map(({ id, status }) => ({ id, status: afterDeadline(status) }));
  const { needed, claimed, filled } = order;
  const status = statusOf({
    searchOpen: false,
    cancelled: false,
    needed,
    claimed,
    filled,
    trucks: trucks.map((truck) => truck.status),
  });
  const lost = trucks.filter((truck) => truck.status === 'expired').map(({ id }) => id);
  // As far as the search knows: nobody is asked before dispatch is, and so nobody has refused.
  const reasonCode = status === 'expired' ? ('NO_ONLINE_TRANSPORTERS' as const) : null;
  const eventVersion = order.event_version + 1;
  const now = clock.now().toISOString();
  const event = status === 'expired' ? 'order_expired' : 'broadcast_state_changed';
  const message = orderEvent(
    { order, event, status, eventVersion, at: now },
    {
      expiredAt: now,
      totalTrucks: needed,
      trucksFilled: filled,
      expiredTruckRequestIds: lost,
      reasonCode,
      onlineCandidates: 0,
      notifiedTransporters: 0,
    },
    ids,
  );
  return {
    orderId: order.id,
    eventVersion,
    status,
    closesSearch: true,
    claimed,
    filled,
    reasonCode,
    trucks: trucks.filter(({ status: next }, i) => next !== order.trucks[i]?.status),
    event: { id: message.id, queue: 'notify', message },
  };
}
