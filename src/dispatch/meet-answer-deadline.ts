import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerDeadline } from '../contract/queues.ts';
import { meetDeadlines } from '../orders/changing/meet-deadlines.ts';
import type { OrderDeps } from '../orders/order/order-deps.ts';

/** In milliseconds. The message was queued just before the order was committed, so it comes a little early. */
const soon = 1000;

/**
 * P6: a hold ends, or a driver has had the time to answer. A message that comes much too early goes back to the queue:
 * the deadline that it is about is still ahead.
 */
export async function meetAnswerDeadline(message: AnswerDeadline, deps: OrderDeps): Promise<void> {
  const { orderId, at } = message;
  const { now, nextAt } = await meetDeadlines(orderId, deps);
  if (nextAt === undefined) return;
  if (nextAt - now <= soon) {
    await sleep(nextAt - now);
    await meetDeadlines(orderId, deps);
    return;
  }
  const leftMs = Date.parse(at) - now;
  if (leftMs > soon) {
    await deps.queues.dispatch.send(message, { delaySeconds: Math.ceil(leftMs / 1000) });
  }
}
