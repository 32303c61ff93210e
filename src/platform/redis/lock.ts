import { randomUUID } from 'node:crypto';
import { logger } from '../logs/observability.ts';
import type { RedisConnection } from './redis.ts';

/** A courtesy, not a promise: PostgreSQL keeps the promises. */
export interface Locks {
  /**
   * Answers the lease, or null while another request has it. If Redis does not answer, it also answers a lease: if two
   * requests both go on, the database decides which one succeeds.
   */
  acquire(key: string, ttlMs: number): Promise<Lease | null>;
}

interface Lease {
  release(): Promise<void>;
}

/** If the reply was lost and the client asks again, the token tells that the lock is already ours. */
const acquire = `
  if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
  return redis.call('GET', KEYS[1]) == ARGV[1] and 1 or 0
`;

/** Releases only our own lock: after our lease has expired, another request may have the lock. */
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
            logger.warn('A lock could not be released; it expires', { key, error: String(error) });
          }
        },
      };
    },
  };
}
