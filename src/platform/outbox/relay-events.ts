import type { Clock } from '../clock.ts';
import { count, logger, measure } from '../logs/observability.ts';
import type { Database, Postgres } from '../postgres/postgres.ts';
import type { Queue, Sent } from '../aws/queues.ts';
import type { OutboxEvent } from './events.ts';
import {
  countParked,
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

/** P8: tells what was just committed. What cannot be told now, the reconciler tells. */
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
 * Tells what was left behind; says how many are dealt with. Two who do it at once share the work. As many at a time as
 * a queue takes in one call: what a slow queue has taken is noted before the time of a transaction is over.
 */
export async function relayLeftBehind(most: number, deps: RelayDeps): Promise<number> {
  const { told, parked } = await deps.postgres.transaction(async (db) => {
    const sent = await send(await lockUnrelayed(db, most), deps);
    return { told: sent, parked: await note(db, sent) };
  });
  report(parked);
  for (const [{ created_at }, sent] of told) {
    if (sent === 'taken') measure('OutboxAge', deps.clock.now().getTime() - created_at.getTime());
  }
  complainOf(told);
  return told.length;
}

/** Tells the operators how many events wait for them; none is told, too, so that the alarm ends. */
export async function reportParked({ postgres }: Pick<RelayDeps, 'postgres'>): Promise<void> {
  count('EventsParked', await postgres.run(countParked));
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

/** Notes what is told, and puts aside what never can be as it is: it must not stand in the way of the others. */
async function note(db: Database, told: Told<OutboxEvent>): Promise<readonly ParkedEvent[]> {
  const relayed = told.flatMap(([{ id }, sent]) => (sent === 'taken' ? id : []));
  const refused = told.flatMap(([{ id }, sent]) =>
    sent !== 'taken' && 'refusedFor' in sent ? { event: id, reason: sent.refusedFor } : [],
  );
  if (relayed.length > 0) await noteRelayed(db, relayed);
  return refused.length > 0 ? noteParked(db, refused) : [];
}

/** An operator's matter now. What it says is nobody's who reads the log. */
function report(parked: readonly ParkedEvent[]): void {
  for (const { id: eventId, orderId, parkedFor } of parked) {
    logger.error('Event parked', { eventId, orderId, parkedFor });
  }
}

/** What was not told for a fault of its queue is told later, and is no secret until then. */
function complainOf(told: Told<OutboxEvent>): void {
  for (const [, sent] of told) {
    if (sent !== 'taken' && 'failedWith' in sent) throw sent.failedWith;
  }
}
