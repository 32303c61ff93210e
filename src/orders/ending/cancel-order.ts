import { AppError } from '../../contract/errors.ts';
import { countOne } from '../../platform/logs/observability.ts';
import { relayOwn } from '../../platform/outbox/relay-events.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import { announceLate, announceSoon, writeAndAnnounce } from '../order/announce-changes.ts';
import { lockOrder } from '../order/lock-store.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import type { WholeOrder } from '../order/order-row.ts';
import { isLive } from '../order/order.ts';
import { transitionOf, type Transition } from '../order/transition.ts';
import { calledOff } from './called-off.ts';
import { findCancellation, insertCancellation } from './cancellation-store.ts';
import { cancellationView } from './cancellation-view.ts';
import { cancellationTerms } from './cancellation.ts';
import { deadlinePassed } from './deadline-passed.ts';

interface Input {
  readonly orderId: string;
  readonly customerId: string;
  readonly reason?: string | undefined;
}

/**
 * Cancels an order. P4: the order is locked first, then read, then compared with the clock. After its deadline there is
 * nothing left to cancel. An order that is over already is answered as it is, however it ended. So cancelling twice is
 * harmless.
 */
export async function cancelOrder({ reason: given, ...which }: Input, deps: OrderDeps) {
  // An empty reason counts as no reason.
  const reason = given ? given : null;
  const { transition, order, announced } = await deps.postgres.transaction(async (db) => {
    const locked = await lockOrder(db, which);
    if (!locked) throw new AppError('ORDER_NOT_FOUND');
    const decided = decide(locked, reason, deps);
    return { ...decided, order: locked, announced: await write(db, decided, deps) };
  });
  // Also if an earlier try cancelled the order while Redis was away.
  const eventVersion = transition?.eventVersion ?? order.event_version;
  if (!announced) await announceLate({ orderId: order.id, eventVersion }, deps);
  if (transition) {
    countOne(transition.status === 'cancelled' ? 'OrdersCancelled' : 'OrdersExpired');
    await relayOwn(transition.events, deps);
  }
  return answerTo(order, transition, deps);
}

/** The transition of the order, and the cancellation that is written with it. */
interface Decision {
  readonly transition?: Transition;
  readonly addition?: ReturnType<typeof insertCancellation>;
}

function decide(order: WholeOrder, reason: string | null, { ids, clock }: OrderDeps): Decision {
  if (!isLive(order.status)) return {};
  const surroundings = { ids, at: clock.now() };
  if (order.is_overdue) {
    const expiry = transitionOf(order, deadlinePassed, surroundings);
    if (expiry.status === 'expired') return { transition: expiry };
  }
  const terms = cancellationTerms(order.trucks.map((truck) => truck.status));
  return {
    transition: transitionOf(order, calledOff(reason), surroundings),
    addition: insertCancellation(order.id, reason, terms),
  };
}

/** Answers whether the cache was told. */
async function write(
  db: Database,
  { transition, addition }: Decision,
  deps: OrderDeps,
): Promise<boolean> {
  if (!transition) return false;
  const heard = await writeAndAnnounce(db, [transition], deps, addition);
  if (!heard) await announceSoon(transition, deps);
  return heard;
}

async function answerTo(order: WholeOrder, transition: Transition | undefined, deps: OrderDeps) {
  const cancellation = await deps.postgres.run((db) => findCancellation(db, order.id));
  const status = transition?.status ?? order.status;
  const terms = cancellation ?? cancellationTerms(order.trucks.map((truck) => truck.status));
  return {
    orderId: order.id,
    status,
    ...cancellationView(terms, status),
    reason: cancellation?.reason ?? null,
    cancelledAt: cancellation?.created_at.toISOString() ?? null,
    eventId: transition?.events[0]?.id ?? null,
    eventVersion: transition?.eventVersion ?? order.event_version,
    serverTimeMs: deps.clock.now().getTime(),
    ...nobodyElse,
  };
}

/** With dispatch and assignments, more users will be told, and more will end. */
const nobodyElse = {
  disputeId: null,
  transportersNotified: 0,
  driversNotified: 0,
  assignmentsCancelled: 0,
} as const;
