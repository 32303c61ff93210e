import { AppError } from '../../contract/errors.ts';
import { sql } from '../../platform/postgres/postgres.ts';
import { changeOrder } from '../changing/change-order.ts';
import { lockOrderWhere } from '../order/locked-order.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { mayBeGivenUp } from './assignment.ts';
import { assignmentState } from './assignments-store.ts';
import { driverLost } from './driver-lost.ts';

interface Input {
  readonly assignmentId: string;
  /** The driver, or the transporter. */
  readonly userId: string;
  readonly reason: string;
}

/** Gives up a truck that was assigned. P12: another's assignment is not found. To give it up again changes nothing. */
export async function giveUp(
  { assignmentId, userId, reason }: Input,
  deps: OrderDeps,
): Promise<void> {
  const isOwn = sql`
    o.id = (
      SELECT a.order_id FROM weelo.assignments AS a
      WHERE a.id = ${assignmentId}::uuid AND ${userId}::uuid IN (a.driver_id, a.transporter_id)
    )
  `;
  const outcome = await changeOrder(
    (db) => lockOrderWhere(db, isOwn),
    async (order, db) => {
      const live = order.assignments.find(({ id }) => id === assignmentId);
      if (live && mayBeGivenUp(live.status)) {
        const change = driverLost(order, live, {
          how: 'given_up',
          reason,
          byTransporter: userId !== live.driverId,
          ids: deps.ids,
        });
        return { change, answer: undefined };
      }
      const status = live?.status ?? (await assignmentState(db, assignmentId));
      if (status === 'cancelled') return { answer: undefined };
      throw new AppError('INVALID_ASSIGNMENT_STATE');
    },
    deps,
  );
  if (!outcome) throw new AppError('ASSIGNMENT_NOT_FOUND');
}
