import type { AnswerDeadline } from '../../contract/queues.ts';
import type { OrderInHand } from '../order/locked-order.ts';
import type { Timer } from './change.ts';

/** Comes back when a hold ends, or a driver has had the time to answer. */
export function answerTimer({ id, read_at }: OrderInHand, at: Date): Timer {
  const message: AnswerDeadline = {
    kind: 'answer-deadline',
    orderId: id,
    at: at.toISOString(),
  };
  return { message, delaySeconds: Math.ceil((at.getTime() - read_at.getTime()) / 1000) };
}
