import type { WaveMessage } from '../contract/queues.ts';
import type { OrderDeps } from '../orders/order/order-deps.ts';
import { openSearch } from '../orders/order/open-search.ts';
import { logger } from '../platform/logs/observability.ts';
import type { Once } from '../platform/once/seen-once.ts';

/**
 * A wave of a search begins. There are two messages about it: one queued before the order was committed, one after. The
 * first message that finds the order acts. Offers will be made here.
 */
export async function beginWave(
  { id, orderId, wave }: WaveMessage,
  { once, ...deps }: OrderDeps & { readonly once: Once },
): Promise<void> {
  // There is no search if the order was never committed, or is over.
  if (!(await openSearch(orderId, deps))) return;
  await once(id, async () => {
    logger.info('Wave begun', { orderId, wave });
  });
}
