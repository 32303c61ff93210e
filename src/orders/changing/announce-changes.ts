import type { OrderChanged } from '../../contract/queues.ts';
import type { Clock } from '../../platform/clock.ts';
import { logger } from '../../platform/logs/observability.ts';
import type { Database, Sql } from '../../platform/postgres/postgres.ts';
import type { Queue } from '../../platform/aws/queues.ts';
import { keptSeconds, type OrderCache, type OrderChange } from '../order/order-cache.ts';
import { writeTransitions } from '../order/transition-store.ts';
import type { Transition } from '../order/transition.ts';

interface Deps {
  readonly cache: OrderCache;
  readonly clock: Clock;
}

interface QueueDeps extends Deps {
  readonly queues: { readonly dispatch: Queue };
}

/** In seconds. Longer than a commit takes, and longer than Redis is away when a connection breaks. */
const soon = 2;

/**
 * Writes transitions, and announces them to the cache before they are committed. From then on the cache has no older
 * snapshot, even if the function crashes right after the commit. If the transaction is rolled back, the order is read
 * from PostgreSQL for a minute. Answers whether the cache was told.
 */
export async function writeAndAnnounce(
  db: Database,
  transitions: readonly Transition[],
  { cache }: Pick<Deps, 'cache'>,
  additions?: readonly Sql[],
): Promise<boolean> {
  const [, heard] = await Promise.all([
    writeTransitions(db, transitions, additions),
    cache.supersede(transitions),
  ]);
  return heard;
}

/** For a change that Redis was not told before the commit. If Redis is still away, dispatch tells it later. */
export async function announceLate(change: OrderChange, deps: QueueDeps): Promise<void> {
  if (!(await deps.cache.supersede([change]))) await announceSoon(change, deps);
}

/**
 * Has dispatch announce a change, in two seconds. Also used before the commit: if the function crashes after it, the
 * cache is still told.
 */
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

/** After a minute there is nothing to announce: the snapshots from before the change have expired. */
export async function announceAgain(change: OrderChanged, { cache, clock }: Deps): Promise<void> {
  const ageSeconds = (clock.now().getTime() - Date.parse(change.at)) / 1000;
  if (ageSeconds > keptSeconds || (await cache.supersede([change]))) return;
  throw new Error('Redis is away: the change is announced when its message comes back');
}
