import { logger } from '../../platform/logs/observability.ts';
import { Recent } from '../../platform/recent.ts';
import type { RedisConnection } from '../../platform/redis/redis.ts';
import { OrderSnapshot } from './order-snapshot.ts';

/** Seconds: how long an entry lives, and a version that was announced. */
export const keptSeconds = 60;

/** An order, and the version that it has by now, or will have once it is committed. */
export interface OrderChange {
  readonly orderId: string;
  readonly eventVersion: number;
}

/**
 * Orders as they were last read, for apps that ask again and again; never the truth. A transition leaves its
 * version behind before it is committed: what is older is gone from then on, and a reader who was slower than the
 * transition cannot put it back.
 */
export interface OrderCache {
  find(orderId: string): Promise<OrderSnapshot | undefined>;
  keep(snapshot: OrderSnapshot): Promise<void>;
  /** Says whether the cache has heard of all of them: it may be away. */
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

/** The same version may be announced twice, when its first transaction was rolled back: it begins its life anew. */
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

/** Entries that one environment remembers having parsed: an app that polls finds the same text again and again. */
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

/** It makes reading faster: where it is away, everything is read. */
async function orNothing(asked: Promise<unknown>): Promise<unknown> {
  try {
    return await asked;
  } catch (error) {
    logger.warn('Orders are read without their cache', { error: String(error) });
    return undefined;
  }
}
