import { eventSource } from '../contract/domain-events/domain-events.ts';
import type { DomainEventMessage } from '../contract/queues.ts';
import type { PutOnBus } from '../platform/aws/event-bus.ts';
import { countOne, logger } from '../platform/logs/observability.ts';

interface Deps {
  readonly putOnBus: PutOnBus;
}

/**
 * Puts a domain event on the event bus. The bus itself may deliver an event twice, so its consumers know the events
 * that they have seen by their ids, and no repetition is prevented here.
 */
export async function publishEvent(
  { id, at, name, version, data }: DomainEventMessage,
  { putOnBus }: Deps,
): Promise<void> {
  await putOnBus({
    source: eventSource,
    detailType: name,
    at: new Date(at),
    detail: { id, at, version, data },
  });
  countOne('EventsPublished');
  logger.info('Event published', { eventId: id, event: name });
}
