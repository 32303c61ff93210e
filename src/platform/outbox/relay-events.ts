import type { Clock } from '../clock.ts';
import { count, logger, measure } from '../logs/observability.ts';
import type { Database, Postgres } from '../postgres/postgres.ts';
import type { Queue, Sent } from '../aws/queues.ts';
import type { OutboxEvent } from './events.ts';
import {
  countUnsent,
  lockUnrelayed,
  noteParked,
  noteRelayed,
  type ParkedEvent,
} from './relay-store.ts';

export interface RelayDeps {
  readonly clock: Clock;
  readonly postgres: Postgres;
  readonly queues: Readonly<Record<OutboxEvent['queue'], Queue>>;
}

/** P8: sends the events that were just committed. The reconciler sends those that cannot be sent now. */
export async function relayOwn(events: readonly OutboxEvent[], deps: RelayDeps): Promise<void> {
  try {
    const told = await send(events, deps);
    report(await deps.postgres.run((db) => note(db, told)));
    complainOf(told);
  } catch (error) {
    logger.warn('Events are left to the reconciler', { events: events.length, error });
  }
}

/**
 * Sends the events that were left behind, and answers how many were handled. Two runs at once share the work. A run
 * takes as many events as a queue takes in one call. So even with a slow queue, the result is noted in time for the
 * transaction.
 */
export async function relayLeftBehind(most: number, deps: RelayDeps): Promise<number> {
  const { told, parked } = await deps.postgres.transaction(async (db) => {
    const sent = await send(await lockUnrelayed(db, most), deps);
    return { told: sent, parked: await note(db, sent) };
  });
  report(parked);
  for (const [{ created_at }, sent] of told) {
    if (sent === 'taken') measure('RelayLag', deps.clock.now().getTime() - created_at.getTime());
  }
  complainOf(told);
  return told.length;
}

/** The same for the events of one order, for whoever cannot wait for the reconciler. */
export async function relayOf(orderId: string, deps: RelayDeps): Promise<void> {
  const { told, parked } = await deps.postgres.transaction(async (db) => {
    const sent = await send(await lockUnrelayed(db, mostOfOrder, orderId), deps);
    return { told: sent, parked: await note(db, sent) };
  });
  report(parked);
  complainOf(told);
}

/** Enough for two waves. */
const mostOfOrder = 100;

/**
 * Reports how long the oldest unsent event has waited, and how many events wait for an operator. Zero is reported too,
 * so that the alarms end.
 */
export async function reportOutbox({ postgres }: Pick<RelayDeps, 'postgres'>): Promise<void> {
  const { oldestSeconds, parked } = await postgres.run(countUnsent);
  measure('OutboxAge', 1000 * oldestSeconds);
  count('EventsParked', parked);
}

/** What became of each event. */
type Told<E> = readonly (readonly [event: E, sent: Sent])[];

async function send<E extends OutboxEvent>(
  events: readonly E[],
  { queues }: RelayDeps,
): Promise<Told<E>> {
  const told = (['dispatch', 'notify'] as const).map(async (name) => {
    const theirs = events.filter(({ queue }) => queue === name);
    return theirs.length > 0 ? queues[name].sendEach(theirs) : [];
  });
  return (await Promise.all(told)).flat();
}

/** Notes the events that were sent. Parks those that their queue refuses, so that they do not block the others. */
async function note(db: Database, told: Told<OutboxEvent>): Promise<readonly ParkedEvent[]> {
  const relayed = told.flatMap(([{ id }, sent]) => (sent === 'taken' ? id : []));
  const refused = told.flatMap(([{ id }, sent]) =>
    sent !== 'taken' && 'refusedFor' in sent ? { event: id, reason: sent.refusedFor } : [],
  );
  if (relayed.length > 0) await noteRelayed(db, relayed);
  return refused.length > 0 ? noteParked(db, refused) : [];
}

/** Logs parked events for the operators, without their content: it must not be in the log. */
function report(parked: readonly ParkedEvent[]): void {
  for (const { id: eventId, orderId, parkedFor } of parked) {
    logger.error('Event parked', { eventId, orderId, parkedFor });
  }
}

/** Logs events that failed because of a fault of their queue. They are sent later. */
function complainOf(told: Told<OutboxEvent>): void {
  for (const [, sent] of told) {
    if (sent !== 'taken' && 'failedWith' in sent) throw sent.failedWith;
  }
}
