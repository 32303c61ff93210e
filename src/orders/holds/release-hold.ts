import { AppError } from '../../contract/errors.ts';
import { changeOrder } from '../changing/change-order.ts';
import { lockOrderFor } from '../order/locked-order.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { holdEnded } from './hold-ended.ts';
import { holdOf, ofHold } from './holds-store.ts';

interface WhichHold {
  readonly holdId: string;
  readonly transporterId: string;
}

/** Gives held trucks back. A hold that has ended without trucks is answered likewise. */
export async function releaseHold(which: WhichHold, deps: OrderDeps) {
  const { holdId, transporterId } = which;
  const outcome = await changeOrder(
    (db) => lockOrderFor(db, transporterId, ofHold(which)),
    async (order, db) => {
      const hold = order.holds.find(({ id }) => id === holdId);
      if (hold) return { change: await holdEnded(order, hold, 'released', db), answer: undefined };
      const { status } = await holdOf(db, holdId);
      if (status === 'confirmed') throw new AppError('TRUCK_STATE_CHANGED');
      return { answer: undefined };
    },
    deps,
  );
  if (!outcome) throw new AppError('HOLD_NOT_FOUND');
  return { message: 'You do not hold these trucks any more.' };
}
