import type { OrderStatus } from '../../contract/http/orders/views.ts';
import type { CancellationTerms } from './cancellation.ts';
import { isLive } from '../order/order.ts';

/** What cancelling an order costs, or has cost, as the customer app shows it. */
export function cancellationView({ stage, fee }: CancellationTerms, status: OrderStatus) {
  const penalty = fee > 0;
  return {
    policyStage: stage,
    cancelDecision: penalty ? ('allowed_with_penalty' as const) : ('allowed' as const),
    reasonRequired: false,
    reasonCode: penalty ? 'CANCEL_AFTER_ASSIGNMENT' : null,
    penaltyBreakdown: { cancellationFee: fee },
    driverCompensationBreakdown: { compensation: fee },
    settlementState: penalty ? ('deferred' as const) : ('none' as const),
    pendingPenaltyAmount: fee,
    message: messageFor(status, fee),
  };
}

function messageFor(status: OrderStatus, fee: number): string {
  if (status === 'cancelled') return 'The order is cancelled.';
  if (!isLive(status)) return 'The order has ended already.';
  return fee > 0 ? `Cancelling now costs ₹${fee}.` : 'You can cancel free of charge.';
}
