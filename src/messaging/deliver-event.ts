import type { EventMessage } from '../contract/queues.ts';
import { countOne, logger } from '../platform/logs/observability.ts';
import type { Once } from '../platform/once/seen-once.ts';

/**
 * P8: an event arrives at those it is for, once. Until there are sockets to post to, they learn of it when they
 * ask: everything it says can be read by HTTP.
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
