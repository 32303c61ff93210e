import type { OrderEvent } from '../contract/queues.ts';
import { countOne, logger } from '../platform/observability.ts';
import type { Once } from '../platform/seen-once.ts';

/**
 * P8: an event arrives at those it is for, once. Until there are sockets to post to, they learn of it when they
 * ask: everything it says can be read by HTTP.
 */
export async function deliverEvent(
  { id, event, data }: OrderEvent,
  { once }: { readonly once: Once },
): Promise<void> {
  await once(id, async () => {
    const { orderId, eventVersion } = data;
    logger.info('Event delivered', { eventId: id, event, orderId, eventVersion });
    countOne('EventsDelivered');
  });
}
