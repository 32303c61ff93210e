import type { WaveMessage } from '../contract/queues.ts';
import { isTestNumber } from '../contract/test-numbers.ts';
import { changeOrder, type Decided } from '../orders/changing/change-order.ts';
import { lockOrderWhere, type OrderInHand } from '../orders/order/locked-order.ts';
import { waves } from '../orders/placing/search-waves.ts';
import { count, logger } from '../platform/logs/observability.ts';
import { relayOf } from '../platform/outbox/relay-events.ts';
import { sql, type Database } from '../platform/postgres/postgres.ts';
import { isRedisAway } from '../platform/redis/redis-errors.ts';
import { notToBeAsked } from './candidates-store.ts';
import { chooseTransporters, usualRules } from './choose-transporters.ts';
import { findCandidates, type DispatchDeps, type Found } from './find-candidates.ts';
import { noteSent, searchToWiden } from './search-store.ts';
import { refreshChanged } from './refresh-changed.ts';
import { searchWidened } from './search-widened.ts';

/**
 * A wave of a search: offers the order to the next nearest transporters who can serve it.
 *
 *     what was left unsent goes out ─ who is near? ─ lock ─ choose ─ COMMIT ─ tell
 *
 * A message that comes twice, late or out of sequence changes nothing: a wave begins only if neither it nor a later one
 * has begun. If Redis is away, the wave does not begin: its second message, or the next wave, finds Redis again.
 */
export async function beginWave(
  { orderId, wave }: Pick<WaveMessage, 'orderId' | 'wave'>,
  deps: DispatchDeps,
): Promise<void> {
  const { postgres } = deps;
  const search = await postgres.run((db) => searchToWiden(db, orderId));
  // There is none if the order was never committed, or is over.
  if (!search) return;
  if (search.hasUnsent) {
    await relayOf(orderId, deps);
    await postgres.run((db) => noteSent(db, orderId));
  }
  if (search.wave >= wave) return;
  const radiusKm = waves.find((each) => each.wave === wave)?.radiusKm ?? 0;
  const found = await unlessRedisIsAway(findCandidates(search, radiusKm, deps));
  if (!found) return;
  const outcome = await changeOrder(
    (db) => lockOrderWhere(db, sql`o.id = ${orderId}::uuid`),
    (order, db) => widen(order, { wave, radiusKm, found }, db, deps),
    deps,
  );
  if (!outcome?.transition) return;
  await postgres.run((db) => noteSent(db, orderId));
  const { verdicts, asked } = outcome.answer;
  const kinds = Object.keys(search.searching);
  await refreshChanged({ orderId, asked, kinds, free: found.free }, deps);
  const { customer_phone: phone } = outcome.order;
  if (!isTestNumber(phone)) count(`OffersInWave${wave}`, verdicts['asked'] ?? 0);
  logger.info('Wave begun', { orderId, wave, verdicts });
}

async function unlessRedisIsAway(finding: Promise<Found>): Promise<Found | undefined> {
  try {
    return await finding;
  } catch (error) {
    if (!isRedisAway(error)) throw error;
    logger.warn('Nobody new is asked: Redis is away', { error: String(error) });
    return undefined;
  }
}

interface Wave {
  readonly wave: number;
  readonly radiusKm: number;
  readonly found: Found;
}

interface Widened {
  /** How many candidates there were for each verdict. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly asked: readonly string[];
}

/** Chooses under the lock: a wave may have asked some of them meanwhile, and an operator may have suspended some. */
async function widen(
  order: OrderInHand,
  { wave, radiusKm, found }: Wave,
  db: Database,
  { rules = usualRules }: DispatchDeps,
): Promise<Decided<Widened>> {
  if (order.search_closed_at !== null || order.wave >= wave) {
    return { answer: { verdicts: {}, asked: [] } };
  }
  const ids = found.candidates.map(({ id }) => id);
  const left = new Set(await notToBeAsked(db, order.id, ids));
  const candidates = found.candidates.map((each) => ({ ...each, wasAsked: left.has(each.id) }));
  const needs = { searching: openByKind(order), radiusKm };
  const choices = chooseTransporters(candidates, needs, rules);
  const verdicts = Map.groupBy(choices, ({ verdict }) => verdict);
  return {
    change: searchWidened(order, { wave, choices, free: found.free }),
    answer: {
      verdicts: Object.fromEntries(
        [...verdicts].map(([verdict, those]) => [verdict, those.length]),
      ),
      asked: (verdicts.get('asked') ?? []).map(({ id }) => id),
    },
  };
}

function openByKind({ trucks }: OrderInHand): Readonly<Record<string, number>> {
  const open = Map.groupBy(
    trucks.filter(({ status }) => status === 'searching'),
    ({ vehicleKey }) => vehicleKey,
  );
  return Object.fromEntries([...open].map(([kind, theirs]) => [kind, theirs.length]));
}
