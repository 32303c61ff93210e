import type { DeadlineMessage } from '../contract/queues.ts';
import { expireOrders, type ExpireDeps } from '../orders/expire-orders.ts';
import { openSearch } from '../orders/open-search.ts';

/** P6: ends a search at its deadline. A message that came early goes back until then. */
export async function meetDeadline(message: DeadlineMessage, deps: ExpireDeps): Promise<void> {
  const ended = await expireOrders({ orderId: message.orderId }, deps);
  if (ended > 0) return;
  const search = await openSearch(message.orderId, deps);
  if (!search) return;
  const delaySeconds = Math.max(1, Math.ceil(search.millisecondsLeft / 1000));
  await deps.queues.dispatch.send(message, { delaySeconds });
}
