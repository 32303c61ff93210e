import { AppError } from '../contract/errors.ts';
import { announceLate, announceSoon, writeAndAnnounce } from './announce-changes.ts';
import { cancellationTerms } from './cancellation.ts';
import { expiryOf, type ExpireDeps } from './expire-orders.ts';
import { cancellationView } from './cancellation-view.ts';
import { countOne } from '../platform/observability.ts';
import { orderEvent } from './order-event.ts';
import { afterCancelling, isLive, statusOf } from './order.ts';
import { findCancellation } from './cancellation-store.ts';
import { lockOrder, type WholeOrder } from './order-store.ts';
import { relayOwn } from './relay-events.ts';
import type { Transition } from './transition-store.ts';

interface Input {
  readonly orderId: string;
  readonly customerId: string;
  readonly reason: string | null;
}

/**
 * Calls an order off. P4: it is locked first, then looked at, then at the clock: past its deadline there is nothing
 * to call off any more. What is over already, however it ended, is answered as it is: to cancel it twice is to have
 * cancelled it, and an app that gives up on a search goes on either way.
 */
export async function cancelOrder(input: Input, deps: ExpireDeps) {
  const { transition, order, announced } = await deps.postgres.transaction(async (db) => {
    const locked = await lockOrder(db, input);
    if (!locked) throw new AppError('ORDER_NOT_FOUND');
    const decided = decide(locked, input, deps);
    const heard = decided !== undefined && (await writeAndAnnounce(db, [decided], deps));
    if (decided && !heard) await announceSoon(decided, deps);
    return { transition: decided, order: locked, announced: heard };
  });
  // Also when an earlier try did it, and Redis was away then.
  const eventVersion = transition?.eventVersion ?? order.event_version;
  if (!announced) await announceLate({ orderId: order.id, eventVersion }, deps);
  if (transition) {
    countOne(transition.status === 'cancelled' ? 'OrdersCancelled' : 'OrdersExpired');
    await relayOwn([transition.event], deps);
  }
  const cancellation = await deps.postgres.run((db) => findCancellation(db, input.orderId));
  const status = transition?.status ?? order.status;
  return {
    orderId: order.id,
    status,
    ...cancellationView(
      cancellation ?? cancellationTerms(order.trucks.map((truck) => truck.status)),
      status,
    ),
    reason: cancellation?.reason ?? null,
    cancelledAt: cancellation?.created_at.toISOString() ?? null,
    eventId: transition?.event.id ?? null,
    eventVersion,
    serverTimeMs: deps.clock.now().getTime(),
    ...nobodyElse,
  };
}

/** Who else is told, and what else ends, comes with dispatch and assignments. */
const nobodyElse = {
  disputeId: null,
  transportersNotified: 0,
  driversNotified: 0,
  assignmentsCancelled: 0,
} as const;

function decide(order: WholeOrder, input: Input, deps: ExpireDeps): Transition | undefined {
  if (!isLive(order.status)) return undefined;
  const expiry = order.is_overdue ? expiryOf(order, deps) : undefined;
  return expiry?.status === 'expired' ? expiry : cancellationOf(order, input, deps);
}

function cancellationOf(
  order: WholeOrder,
  { reason }: Input,
  { ids, clock }: ExpireDeps,
): Transition {
  const trucks = order.trucks.map(({ id, status }) => ({ id, status: afterCancelling(status) }));
  const { needed } = order;
  const completed = trucks.filter((truck) => truck.status === 'completed').length;
  const status = statusOf({
    searchOpen: false,
    cancelled: true,
    needed,
    claimed: completed,
    filled: completed,
    trucks: trucks.map((truck) => truck.status),
  });
  const eventVersion = order.event_version + 1;
  const at = clock.now().toISOString();
  const message = orderEvent(
    { order, event: 'order_cancelled', status, eventVersion, at },
    { reason, cancelledAt: at },
    ids,
  );
  return {
    orderId: order.id,
    eventVersion,
    status,
    closesSearch: true,
    claimed: completed,
    filled: completed,
    reasonCode: null,
    trucks: trucks.filter(({ status: next }, i) => next !== order.trucks[i]?.status),
    event: { id: message.id, queue: 'notify', message },
    cancellation: { reason, ...cancellationTerms(order.trucks.map((truck) => truck.status)) },
  };
}
