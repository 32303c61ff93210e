import type { WaveMessage } from '../contract/queues.ts';
import type { ExpireDeps } from '../orders/expire-orders.ts';
import { openSearch } from '../orders/open-search.ts';
import { logger } from '../platform/observability.ts';
import type { Once } from '../platform/seen-once.ts';

/**
 * A wave of a search begins. It is told of twice, before the order was committed and after: the first message
 * that finds the order acts. Whom to ask comes with offers.
 */
export async function beginWave(
  { id, orderId, wave }: WaveMessage,
  { once, ...deps }: ExpireDeps & { readonly once: Once },
): Promise<void> {
  // An order that was never committed has no search; neither has one that is over.
  if (!(await openSearch(orderId, deps))) return;
  await once(id, async () => {
    logger.info('Wave begun', { orderId, wave });
  });
}
