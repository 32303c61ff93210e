import { AppError } from '../../contract/errors.ts';
import { countOne } from '../../platform/logs/observability.ts';
import { sql } from '../../platform/postgres/postgres.ts';
import { changeOrder } from '../changing/change-order.ts';
import { lockOrderWhere } from '../order/locked-order.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { cancellationTerms, isBlocked } from './cancellation.ts';
import { openDispute } from './dispute-store.ts';
import { trucksToCancel } from './trucks-to-cancel.ts';

interface Input {
  readonly orderId: string;
  readonly customerId: string;
  readonly reasonCode: string;
  readonly notes: string | null;
}

/**
 * Where an order cannot be cancelled any more, its customer may say what is wrong. An operator settles it. An order has
 * one dispute: to open it again changes nothing.
 */
export async function disputeOrder({ orderId, customerId, ...said }: Input, deps: OrderDeps) {
  const isOwn = sql`o.id = ${orderId}::uuid AND o.customer_id = ${customerId}::uuid`;
  const outcome = await changeOrder(
    (db) => lockOrderWhere(db, isOwn),
    async (order, db) => {
      const terms = cancellationTerms(trucksToCancel(order.trucks), order.read_at);
      if (!isBlocked(terms)) throw new AppError('CANCEL_NOT_BLOCKED');
      const { stage } = terms;
      const id = deps.ids.next();
      const dispute = await openDispute(db, { id, orderId, customerId, stage, ...said });
      return { answer: { ...dispute, isNew: dispute.id === id } };
    },
    deps,
  );
  if (!outcome) throw new AppError('ORDER_NOT_FOUND');
  const { id, stage, isNew } = outcome.answer;
  if (isNew) countOne('DisputesOpened');
  return { disputeId: id, stage, message: 'We have written down your dispute, and will call you.' };
}
