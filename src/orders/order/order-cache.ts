import { logger } from '../../platform/logs/observability.ts';
import { Recent } from '../../platform/recent.ts';
import type { RedisConnection } from '../../platform/redis/redis.ts';
import { OrderSnapshot } from './order-snapshot.ts';

/** In seconds: how long a snapshot lives, and how long an announced version. */
export const keptSeconds = 60;

/** An order, and the version that it has now, or will have after the commit. */
export interface OrderChange {
  readonly orderId: string;
  readonly eventVersion: number;
}

/**
 * Snapshots of orders, for apps that poll. PostgreSQL is the truth. A transition writes its version here before it is
 * committed. This removes older snapshots, and a slow reader cannot put one back.
 */
export interface OrderCache {
  find(orderId: string): Promise<OrderSnapshot | undefined>;
  keep(snapshot: OrderSnapshot): Promise<void>;
  /** Answers whether all changes were written to the cache: it may be away. */
  supersede(changes: readonly OrderChange[]): Promise<boolean>;
}

const find = `return redis.call('HGET', KEYS[1], 'snapshot')`;

const keep = `
  local version, snapshot, life = tonumber(ARGV[1]), ARGV[2], ARGV[3]
  if tonumber(redis.call('HGET', KEYS[1], 'version') or '0') > version then return 0 end
  redis.call('HSET', KEYS[1], 'version', version, 'snapshot', snapshot)
  redis.call('EXPIRE', KEYS[1], life)
  return 1
`;

/** A version is announced twice if its first transaction was rolled back. Its time to live then starts again. */
const supersede = `
  local version, life = tonumber(ARGV[1]), ARGV[2]
  local known = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
  if known > version then return 1 end
  if known < version then
    redis.call('HDEL', KEYS[1], 'snapshot')
    redis.call('HSET', KEYS[1], 'version', version)
  end
  redis.call('EXPIRE', KEYS[1], life)
  return 1
`;

const keyOf = (orderId: string) => `order:${orderId}`;

/** How many parsed snapshots one environment remembers: an app that polls gets the same text many times. */
const mostParsed = 500;

export function openOrderCache(redis: Pick<RedisConnection, 'evaluate'>): OrderCache {
  const recent = new Recent<{ readonly text: string; readonly snapshot: OrderSnapshot }>(
    mostParsed,
  );
  const parsed = (orderId: string, text: string) => {
    const known = recent.get(orderId);
    if (known?.text === text) return known.snapshot;
    const snapshot = OrderSnapshot.safeParse(JSON.parse(text)).data;
    if (snapshot) recent.set(orderId, { text, snapshot });
    return snapshot;
  };
  return {
    find: async (orderId) => {
      const found = await orNothing(redis.evaluate(find, [keyOf(orderId)], []));
      return typeof found === 'string' ? parsed(orderId, found) : undefined;
    },
    keep: async (snapshot) => {
      const { id, eventVersion } = snapshot.order;
      const args = [eventVersion, JSON.stringify(snapshot), keptSeconds];
      await orNothing(redis.evaluate(keep, [keyOf(id)], args));
    },
    supersede: async (changes) => {
      const heard = await Promise.all(
        changes.map(({ orderId, eventVersion }) =>
          orNothing(redis.evaluate(supersede, [keyOf(orderId)], [eventVersion, keptSeconds])),
        ),
      );
      return heard.every((each) => each === 1);
    },
  };
}

/** The cache only makes reading faster: while it is away, every read goes to PostgreSQL. */
async function orNothing(asked: Promise<unknown>): Promise<unknown> {
  try {
    return await asked;
  } catch (error) {
    logger.warn('Orders are read without their cache', { error: String(error) });
    return undefined;
  }
}
