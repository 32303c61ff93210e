import { logger } from '../platform/observability.ts';
import type { RedisConnection } from '../platform/redis.ts';
import { OrderSnapshot } from './order-snapshot.ts';

/** Seconds. */
const kept = 60;

/**
 * Orders as they were last read, for apps that ask again and again; never the truth. A transition leaves its
 * version behind, so that a reader who was slower than it cannot put back what was before.
 */
export interface OrderCache {
  find(orderId: string): Promise<OrderSnapshot | undefined>;
  keep(snapshot: OrderSnapshot): Promise<void>;
  supersede(changes: readonly { orderId: string; eventVersion: number }[]): Promise<void>;
}

const find = `return redis.call('HGET', KEYS[1], 'snapshot')`;

const keep = `
  local version, snapshot, life = tonumber(ARGV[1]), ARGV[2], ARGV[3]
  if tonumber(redis.call('HGET', KEYS[1], 'version') or '0') > version then return 0 end
  redis.call('HSET', KEYS[1], 'version', version, 'snapshot', snapshot)
  redis.call('EXPIRE', KEYS[1], life)
  return 1
`;

const supersede = `
  local version, life = tonumber(ARGV[1]), ARGV[2]
  if tonumber(redis.call('HGET', KEYS[1], 'version') or '0') >= version then return 0 end
  redis.call('HDEL', KEYS[1], 'snapshot')
  redis.call('HSET', KEYS[1], 'version', version)
  redis.call('EXPIRE', KEYS[1], life)
  return 1
`;

const keyOf = (orderId: string) => `order:${orderId}`;

export function openOrderCache(redis: Pick<RedisConnection, 'evaluate'>): OrderCache {
  return {
    find: async (orderId) => {
      const found = await orNothing(redis.evaluate(find, [keyOf(orderId)], []));
      return typeof found === 'string'
        ? OrderSnapshot.safeParse(JSON.parse(found)).data
        : undefined;
    },
    keep: async (snapshot) => {
      const { id, eventVersion } = snapshot.order;
      const args = [eventVersion, JSON.stringify(snapshot), kept];
      await orNothing(redis.evaluate(keep, [keyOf(id)], args));
    },
    supersede: async (changes) => {
      await Promise.all(
        changes.map(({ orderId, eventVersion }) =>
          orNothing(redis.evaluate(supersede, [keyOf(orderId)], [eventVersion, kept])),
        ),
      );
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
