import type { Clock } from '../platform/clock.ts';
import { logger, measure } from '../platform/observability.ts';
import type { Postgres } from '../platform/postgres.ts';
import type { Queue } from '../platform/queues.ts';
import { lockUnrelayed, noteRelayed, type OutboxRow } from './outbox-store.ts';

export interface RelayDeps {
  readonly clock: Clock;
  readonly postgres: Postgres;
  readonly queues: Readonly<Record<OutboxRow['queue'], Queue>>;
}

/** P8: tells what was just committed. What cannot be told now, the reconciler tells. */
export async function relayOwn(events: readonly OutboxRow[], deps: RelayDeps): Promise<void> {
  try {
    await send(events, deps);
    await deps.postgres.run((db) => noteRelayed(db, idsOf(events)));
  } catch (error) {
    logger.warn('Events are left to the reconciler', { events: events.length, error });
  }
}

/**
 * Tells what was left behind; says how many. Two who do it at once share the work. As many at a time as a queue
 * takes in one call: what a slow queue has taken is noted before the time of a transaction is over.
 */
export async function relayLeftBehind(most: number, deps: RelayDeps): Promise<number> {
  const relayed = await deps.postgres.transaction(async (db) => {
    const events = await lockUnrelayed(db, most);
    if (events.length === 0) return events;
    await send(events, deps);
    await noteRelayed(db, idsOf(events));
    return events;
  });
  for (const { created_at } of relayed)
    measure('OutboxAge', deps.clock.now().getTime() - created_at.getTime());
  return relayed.length;
}

async function send(events: readonly OutboxRow[], { queues }: RelayDeps): Promise<void> {
  for (const name of ['dispatch', 'notify'] as const) {
    const theirs = events.filter(({ queue }) => queue === name);
    if (theirs.length > 0) await queues[name].sendAll(theirs.map(({ message }) => ({ message })));
  }
}

const idsOf = (events: readonly OutboxRow[]) => events.map(({ id }) => id);
