import type { Publication } from '../../contract/domain-events/domain-event.ts';
import type { DomainEventMessage, EventMessage, Sendable } from '../../contract/queues.ts';
import type { Telling } from '../../contract/events/event.ts';
import type { Ids } from '../ids.ts';
import { withRequest } from '../logs/request.ts';
import { sql, type Database } from '../postgres/postgres.ts';

/** P8: an event that waits in the outbox: its queue, and the message to send. */
export interface OutboxEvent {
  readonly id: string;
  readonly queue: 'dispatch' | 'notify';
  readonly message: Sendable;
}

/** All events of one transition of an order: each audience gets an event of its own, and the event bus one. */
export interface EventsOfOrder {
  readonly orderId: string;
  /** The order's version after the transition. */
  readonly eventVersion: number;
  readonly events: readonly OutboxEvent[];
}

/** An event for users, for the queue of notify. */
export function eventFor({ event, to, data }: Telling, at: string, ids: Ids): OutboxEvent {
  const id = ids.next();
  const message = { kind: 'event', id, at, event, to, data } as const;
  return { id, queue: 'notify', message: message satisfies Omit<EventMessage, 'event'> };
}

/** A domain event, which notify puts on the event bus. */
export function domainEventFor(publication: Publication, at: string, ids: Ids): OutboxEvent {
  const id = ids.next();
  const message = { kind: 'domain-event', id, at, ...publication } as const;
  return { id, queue: 'notify', message: message satisfies Omit<DomainEventMessage, 'name'> };
}

/** A message for dispatch, which is sent even if the function crashes right after the commit. */
export function dispatchEventFor(message: Sendable, ids: Ids): OutboxEvent {
  return { id: ids.next(), queue: 'dispatch', message };
}

/**
 * Writes the events of transitions, as a part of the statement that writes the transitions. The events of one
 * transition are numbered, so that a second transition to the same version violates the index
 * `outbox_order_id_event_version_part_key`, however many events either has.
 */
export function insertEventsOfOrders(transitions: readonly EventsOfOrder[]) {
  const rows = transitions.flatMap(({ orderId, eventVersion, events }) =>
    events.map((event, part) => ({ ...stamped(event), orderId, eventVersion, part })),
  );
  return sql`
    INSERT INTO weelo.outbox (id, order_id, event_version, part, queue, message)
    SELECT id, "orderId", "eventVersion", part, queue, message
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS e (
      id uuid, "orderId" uuid, "eventVersion" int, part int, queue text, message jsonb
    )
  `;
}

/** Writes events that belong to no order. To be called in the transaction of what they are about. */
export async function writeEvents(db: Database, events: readonly OutboxEvent[]): Promise<void> {
  await db.$executeRaw`
    INSERT INTO weelo.outbox (id, queue, message)
    SELECT id, queue, message
    FROM jsonb_to_recordset(${JSON.stringify(events.map(stamped))}::jsonb) AS e (id uuid, queue text, message jsonb)
  `;
}

/** Whoever sends the event later is not a part of the request that has caused it. */
function stamped(event: OutboxEvent) {
  return { ...event, message: withRequest(event.message) };
}
