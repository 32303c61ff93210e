import { AppError } from '../../contract/errors.ts';
import { logger } from '../../platform/logs/observability.ts';
import { dispatchEventFor, writeEvents, type OutboxEvent } from '../../platform/outbox/events.ts';
import { relayOwn } from '../../platform/outbox/relay-events.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import { announceLate, announceSoon, writeAndAnnounce } from './announce-changes.ts';
import { readLocked, type OrderInHand } from '../order/locked-order.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { countOutcome, measureWaiting } from './count-outcome.ts';
import { transitionOf, type Transition } from '../order/transition.ts';
import type { Change, Timer } from './change.ts';
import { firstDueIn } from './what-is-due.ts';

/** What a use case decides about a locked order: what it answers, and the change, if it changes anything. */
export interface Decided<T> {
  readonly change?: Change | undefined;
  readonly answer: T;
}

export interface Outcome<T> {
  readonly order: OrderInHand;
  readonly answer: T;
  /** Set if the use case changed the order. */
  readonly transition?: Transition;
}

/**
 * The way in which every use case changes an order that exists.
 *
 *     lock ─ read, and the clock ─ meet deadlines that have passed ─ decide ─ write ─ COMMIT ─ tell
 *
 * P4: the order is locked first, and then read and compared with the database's clock. P6: what is overdue happens
 * before anything else, so nobody decides by a state that is over. If the use case refuses, that is still committed.
 * Answers nothing if `lock` finds no order.
 */
export async function changeOrder<T>(
  lock: (db: Database) => Promise<string | undefined>,
  decide: (order: OrderInHand, db: Database) => Decided<T> | Promise<Decided<T>>,
  deps: OrderDeps,
): Promise<Outcome<T> | undefined> {
  const done = await deps.postgres.transaction(async (db) => {
    const orderId = await lock(db);
    if (orderId === undefined) return undefined;
    const writing = openWriting(db, deps);
    const order = await upToDate(db, orderId, writing, deps);
    const decided = await unlessRefused(async () => decide(order, db));
    const change = 'refusal' in decided ? undefined : decided.change;
    const transition = change && (await writing.write(order, change));
    return { order, decided, transition, writing };
  });
  if (!done) return undefined;
  const { order, decided, transition, writing } = done;
  await tellOf(order, writing, deps);
  if ('refusal' in decided) throw decided.refusal;
  return { order, answer: decided.answer, ...(transition && { transition }) };
}

type Writing = ReturnType<typeof openWriting>;

function openWriting(db: Database, deps: OrderDeps) {
  const written: Transition[] = [];
  const lateTimers: OutboxEvent[] = [];
  let heard = true;
  return {
    written,
    /** Timers that the queue did not take in time. */
    lateTimers,
    /** Whether the cache heard of everything that was written. */
    heard: () => heard,
    write: async (order: OrderInHand, { happening, additions, timers = [] }: Change) => {
      const transition = transitionOf(order, happening, { ids: deps.ids, at: deps.clock.now() });
      const [announced, late] = await Promise.all([
        writeAndAnnounce(db, [transition], deps, additions),
        queueTimers(timers, deps),
      ]);
      if (late.length > 0) await writeEvents(db, late);
      lateTimers.push(...late);
      if (!announced) await announceSoon(transition, deps);
      heard &&= announced;
      written.push(transition);
      return transition;
    },
  };
}

/** Each deadline that has passed is met in its turn, with a transition of its own. */
async function upToDate(
  db: Database,
  orderId: string,
  { write }: Writing,
  { ids }: OrderDeps,
): Promise<OrderInHand> {
  for (;;) {
    const order = await readLocked(db, orderId);
    if (!order) throw new Error('A locked order is gone');
    const due = await firstDueIn(order, db, ids);
    if (!due) return order;
    await write(order, due);
  }
}

async function unlessRefused<T>(decide: () => Promise<T>): Promise<T | { refusal: AppError }> {
  try {
    return await decide();
  } catch (error) {
    if (error instanceof AppError) return { refusal: error };
    throw error;
  }
}

/** In milliseconds. The order is locked meanwhile, and others wait for it. */
const timersTake = 500;

/**
 * Answers the timers that the queue did not take in time. They go into the outbox and then come too early. What is due is
 * met all the same, because a timer that comes early goes back to the queue.
 */
async function queueTimers(
  timers: readonly Timer[],
  { queues, ids }: OrderDeps,
): Promise<readonly OutboxEvent[]> {
  if (timers.length === 0) return [];
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timeOut = setTimeout(() => reject(new Error('The queue is slow')), timersTake);
  try {
    await Promise.race([queues.dispatch.sendAll(timers), tooLate]);
    return [];
  } catch (error) {
    logger.warn('Timers are left to the outbox', { error: String(error) });
    return timers.map(({ message }) => dispatchEventFor(message, ids));
  } finally {
    clearTimeout(timeOut);
  }
}

async function tellOf(
  order: OrderInHand,
  { written, lateTimers, heard }: Writing,
  deps: OrderDeps,
): Promise<void> {
  const last = written.at(-1);
  for (const transition of written) {
    countOutcome(order, transition);
    measureWaiting(order, transition);
  }
  if (last === undefined) return;
  if (!heard()) await announceLate(last, deps);
  await relayOwn([...written.flatMap(({ events }) => events), ...lateTimers], deps);
}
