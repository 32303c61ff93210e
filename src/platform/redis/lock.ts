import { randomUUID } from 'node:crypto';
import { logger } from '../logs/observability.ts';
import type { RedisConnection } from './redis.ts';

/** A courtesy, not a promise: what must hold is kept by PostgreSQL. */
export interface Locks {
  /**
   * The lease, or null while somebody else has it. When Redis does not answer, that is a lease, too: two who
   * both go on are told apart by the database.
   */
  acquire(key: string, ttlMs: number): Promise<Lease | null>;
}

interface Lease {
  release(): Promise<void>;
}

/** An OK whose reply was lost, and which is asked again, is known by its token. */
const acquire = `
  if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
  return redis.call('GET', KEYS[1]) == ARGV[1] and 1 or 0
`;

/** Only one's own: a lease that ran out may be somebody else's by now. */
const release = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('DEL', KEYS[1])
`;

export function redisLocks(redis: Pick<RedisConnection, 'evaluate'>): Locks {
  return {
    acquire: async (key, ttlMs) => {
      const token = randomUUID();
      try {
        if ((await redis.evaluate(acquire, [key], [token, ttlMs])) !== 1) return null;
        logger.info('Lock acquired', { key });
      } catch (error) {
        logger.warn('Going on without a lock', { key, error: String(error) });
      }
      return {
        release: async () => {
          try {
            await redis.evaluate(release, [key], [token]);
            logger.info('Lock released', { key });
          } catch (error) {
            logger.warn('A lock runs out by itself', { key, error: String(error) });
          }
        },
      };
    },
  };
}
