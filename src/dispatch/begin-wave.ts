import type { WaveMessage } from '../contract/queues.ts';
import type { OrderDeps } from '../orders/order/order-deps.ts';
import { openSearch } from '../orders/order/open-search.ts';
import { logger } from '../platform/logs/observability.ts';
import type { Once } from '../platform/once/seen-once.ts';

/**
 * A wave of a search begins. It is told of twice, before the order was committed and after: the first message
 * that finds the order acts. Whom to ask comes with offers.
 */
export async function beginWave(
  { id, orderId, wave }: WaveMessage,
  { once, ...deps }: OrderDeps & { readonly once: Once },
): Promise<void> {
  // An order that was never committed has no search; neither has one that is over.
  if (!(await openSearch(orderId, deps))) return;
  await once(id, async () => {
    logger.info('Wave begun', { orderId, wave });
  });
}
