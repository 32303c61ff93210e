import type { OrderStatus } from '../../contract/http/orders/views.ts';
import { isBlocked, needsReason, type CancellationTerms } from './cancellation.ts';
import { isLive } from '../order/order.ts';

/** What cancelling an order costs, or has cost, as the customer app shows it. */
export function cancellationView(terms: CancellationTerms, status: OrderStatus) {
  const { stage, fee, rows } = terms;
  const penalty = fee > 0;
  return {
    policyStage: stage,
    cancelDecision: decisionOf(terms),
    reasonRequired: needsReason(terms),
    reasonCode: penalty ? 'CANCEL_AFTER_ASSIGNMENT' : null,
    penaltyBreakdown: { cancellationFee: fee },
    driverCompensationBreakdown: { compensation: fee },
    feeRows: [...rows],
    settlementState: penalty ? ('deferred' as const) : ('none' as const),
    pendingPenaltyAmount: fee,
    message: messageFor(terms, status),
  };
}

function decisionOf(terms: CancellationTerms) {
  if (isBlocked(terms)) return 'blocked_dispute_only' as const;
  return terms.fee > 0 ? ('allowed_with_penalty' as const) : ('allowed' as const);
}

function messageFor(terms: CancellationTerms, status: OrderStatus): string {
  if (status === 'cancelled') return 'The order is cancelled.';
  if (!isLive(status)) return 'The order has ended already.';
  if (isBlocked(terms)) return 'A truck is on the road already. You can open a dispute.';
  return terms.fee > 0 ? `Cancelling now costs ₹${terms.fee}.` : 'You can cancel free of charge.';
}
