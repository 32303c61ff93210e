import type { EventMessage } from '../contract/queues.ts';
import { countOne, logger } from '../platform/logs/observability.ts';
import type { Once } from '../platform/once/seen-once.ts';

/**
 * P8: an event reaches each of its receivers once. There are no sockets to post to yet. Until then, receivers learn of
 * the event when they ask, because everything that it says can be read over HTTP.
 */
export async function deliverEvent(
  { id, event, to }: EventMessage,
  { once }: { readonly once: Once },
): Promise<void> {
  await once(id, async () => {
    logger.info('Event delivered', { eventId: id, event, receivers: to.length });
    countOne('EventsDelivered');
  });
}
