import type { OrderChanged } from '../../contract/queues.ts';
import type { Clock } from '../../platform/clock.ts';
import { logger } from '../../platform/logs/observability.ts';
import type { Database, Sql } from '../../platform/postgres/postgres.ts';
import type { Queue } from '../../platform/aws/queues.ts';
import { keptSeconds, type OrderCache, type OrderChange } from './order-cache.ts';
import { writeTransitions } from './transition-store.ts';
import type { Transition } from './transition.ts';

interface Deps {
  readonly cache: OrderCache;
  readonly clock: Clock;
}

interface QueueDeps extends Deps {
  readonly queues: { readonly dispatch: Queue };
}

/** Seconds: longer than it takes to commit, and than Redis is away when a connection breaks. */
const soon = 2;

/**
 * Writes transitions, and announces them before they are committed: from then on nobody believes an older snapshot,
 * also when the function crashes right after the commit. Where it is rolled back, the order is read from PostgreSQL
 * for a minute. Says whether the cache has heard of it.
 */
export async function writeAndAnnounce(
  db: Database,
  transitions: readonly Transition[],
  { cache }: Pick<Deps, 'cache'>,
  addition?: Sql,
): Promise<boolean> {
  const [, heard] = await Promise.all([
    writeTransitions(db, transitions, addition),
    cache.supersede(transitions),
  ]);
  return heard;
}

/** Redis was away before the commit: it may be back by now, or dispatch reaches it. */
export async function announceLate(change: OrderChange, deps: QueueDeps): Promise<void> {
  if (!(await deps.cache.supersede([change]))) await announceSoon(change, deps);
}

/** Has dispatch announce a change, also one that is not committed yet: should the function crash, it is known soon. */
export async function announceSoon(
  { orderId, eventVersion }: OrderChange,
  { clock, queues }: QueueDeps,
): Promise<void> {
  const at = clock.now().toISOString();
  const message: OrderChanged = { kind: 'order-changed', orderId, eventVersion, at };
  await queues.dispatch.send(message, { delaySeconds: soon }).catch((error: unknown) => {
    logger.warn('An order may be shown as it was for a minute', { orderId, error });
  });
}

/** What was cached before a change that is older than a minute has ended by itself. */
export async function announceAgain(change: OrderChanged, { cache, clock }: Deps): Promise<void> {
  const ageSeconds = (clock.now().getTime() - Date.parse(change.at)) / 1000;
  if (ageSeconds > keptSeconds || (await cache.supersede([change]))) return;
  throw new Error('Redis is away: the change is announced when its message comes back');
}
