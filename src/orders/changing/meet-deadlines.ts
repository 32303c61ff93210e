import { logger, countOne } from '../../platform/logs/observability.ts';
import { sql } from '../../platform/postgres/postgres.ts';
import { lockOrderWhere } from '../order/locked-order.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { changeOrder } from './change-order.ts';
import { ordersWithDue } from './due-store.ts';
import { nextDueIn } from './what-is-due.ts';

/**
 * P6: has happen to an order what is overdue: its search ends, its holds lapse, its drivers have not answered. Answers
 * the database's time, and when the next hold or answer is due, if one is: in milliseconds since 1970.
 */
export async function meetDeadlines(
  orderId: string,
  deps: OrderDeps,
): Promise<{ readonly now: number; readonly nextAt: number | undefined }> {
  const outcome = await changeOrder(
    (db) => lockOrderWhere(db, sql`o.id = ${orderId}::uuid`),
    () => ({ answer: undefined }),
    deps,
  );
  if (!outcome) return { now: 0, nextAt: undefined };
  return { now: outcome.order.read_at.getTime(), nextAt: nextDueIn(outcome.order) };
}

/**
 * For the reconciler: meets the deadlines of holds and drivers that no timer has met, and answers of how many orders. If
 * one order fails because of a fault of ours, the others do not.
 */
export async function meetOverdue(most: number, deps: OrderDeps): Promise<number> {
  let met = 0;
  for (const orderId of await deps.postgres.run((db) => ordersWithDue(db, most))) {
    await meetDeadlines(orderId, deps).then(
      () => (met += 1),
      (error: unknown) => {
        logger.error('The deadlines of an order could not be met', { orderId, error });
        countOne('OrdersStuck');
      },
    );
  }
  return met;
}
