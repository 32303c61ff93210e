import { AppError } from '../../contract/errors.ts';
import { sql } from '../../platform/postgres/postgres.ts';
import { changeOrder, type Decided, type Outcome } from '../changing/change-order.ts';
import { announceLate } from '../changing/announce-changes.ts';
import { lockOrderWhere, type OrderInHand } from '../order/locked-order.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { isLive } from '../order/order.ts';
import { calledOff } from './called-off.ts';
import { findCancellation } from './cancellation-store.ts';
import { cancellationView } from './cancellation-view.ts';
import { cancellationTerms, isBlocked, needsReason } from './cancellation.ts';
import { trucksToCancel } from './trucks-to-cancel.ts';

interface Input {
  readonly orderId: string;
  readonly customerId: string;
  readonly reason?: string | undefined;
}

/**
 * Cancels an order. An order that is over already is answered as it is, however it ended: so cancelling twice is
 * harmless, and after a search that found nothing there is nothing left to cancel.
 */
export async function cancelOrder({ orderId, customerId, reason: given }: Input, deps: OrderDeps) {
  // An empty reason counts as no reason.
  const reason = given ? given : null;
  const isOwn = sql`o.id = ${orderId}::uuid AND o.customer_id = ${customerId}::uuid`;
  const outcome = await changeOrder(
    (db) => lockOrderWhere(db, isOwn),
    (order) => decide(order, reason),
    deps,
  );
  if (!outcome) throw new AppError('ORDER_NOT_FOUND');
  const { order, transition } = outcome;
  // An earlier try may have cancelled the order while Redis was away.
  if (!transition) {
    await announceLate({ orderId: order.id, eventVersion: order.event_version }, deps);
  }
  return answerTo(outcome, deps);
}

function decide(order: OrderInHand, reason: string | null): Decided<undefined> {
  if (!isLive(order.status)) return { answer: undefined };
  const terms = cancellationTerms(trucksToCancel(order.trucks), order.read_at);
  if (isBlocked(terms)) throw new AppError('CANCEL_BLOCKED_DISPUTE_ONLY');
  if (needsReason(terms) && reason === null) {
    // Not a mistake of the body alone: the driver may have left again by the next try.
    throw new AppError('CANCEL_REASON_REQUIRED');
  }
  return { change: calledOff(order, { reason, terms }), answer: undefined };
}

async function answerTo({ order, transition }: Outcome<undefined>, deps: OrderDeps) {
  const cancellation = await deps.postgres.run((db) => findCancellation(db, order.id));
  const status = transition?.status ?? order.status;
  const now = deps.clock.now();
  const terms = cancellation ?? cancellationTerms(trucksToCancel(order.trucks), now);
  return {
    orderId: order.id,
    status,
    ...cancellationView(terms, status),
    reason: cancellation?.reason ?? null,
    cancelledAt: cancellation?.created_at.toISOString() ?? null,
    eventId: transition?.events[0]?.id ?? null,
    eventVersion: transition?.eventVersion ?? order.event_version,
    serverTimeMs: now.getTime(),
    disputeId: null,
    transportersNotified: cancellation?.transporters_told ?? 0,
    driversNotified: cancellation?.drivers_told ?? 0,
    assignmentsCancelled: cancellation?.assignments_cancelled ?? 0,
  };
}
