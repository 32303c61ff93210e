import { setTimeout as sleep } from 'node:timers/promises';
import type { DeadlineMessage } from '../contract/queues.ts';
import { expireOrders } from '../orders/ending/expire-orders.ts';
import type { OrderDeps } from '../orders/order/order-deps.ts';
import { openSearch } from '../orders/changing/open-search.ts';

/** P6: ends a search at its deadline. A message that comes too early goes back to the queue until then. */
export async function meetSearchDeadline(message: DeadlineMessage, deps: OrderDeps): Promise<void> {
  const { orderId } = message;
  if ((await expireOrders({ orderId }, deps)) > 0) return;
  const search = await openSearch(orderId, deps);
  if (!search) return;
  // The message is queued before the order is committed, so it comes a little before the deadline.
  if (search.millisecondsLeft < 1000) {
    await sleep(Math.ceil(search.millisecondsLeft));
    await expireOrders({ orderId }, deps);
    return;
  }
  const delaySeconds = Math.ceil(search.millisecondsLeft / 1000);
  await deps.queues.dispatch.send(message, { delaySeconds });
}
