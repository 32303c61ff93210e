import * as z from 'zod';
import type { RedisConnection } from '../../platform/redis/redis.ts';

export interface Limit {
  readonly name: 'address' | 'known-address' | 'receiver' | 'prefix' | 'open' | 'kept';
  /** What the limit is for, with the day if it is a limit per day. */
  readonly of: string;
  readonly limit: number;
  readonly windowSeconds: number;
  /** Whether it is a limit of test numbers. They are counted apart. */
  readonly isForTests: boolean;
}

type Count =
  /** How many codes are now counted under the last of the limits. */
  | { readonly refusedBy: undefined; readonly calls: number }
  | { readonly refusedBy: Limit; readonly waitMs: number };

/** Counts one code under all of these limits. If one limit is reached, the code is counted under none. */
export type CountCode = (limits: readonly Limit[]) => Promise<Count>;

/**
 * It is one script: a code that one limit stops is counted nowhere, even if other codes are counted at the same time.
 */
const countUnderAll = `
  for i, key in ipairs(KEYS) do
    local limit, windowMs = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
    if tonumber(redis.call('GET', key) or '0') >= limit then
      local left = redis.call('PTTL', key)
      return { i, left > 0 and left or windowMs }
    end
  end
  local calls = 0
  for i, key in ipairs(KEYS) do
    calls = redis.call('INCR', key)
    if calls == 1 then redis.call('PEXPIRE', key, ARGV[2 * i]) end
  end
  return { 0, calls }
`;

const Answer = z.tuple([z.int(), z.int()]);

export function countCodesInRedis(redis: Pick<RedisConnection, 'evaluate'>): CountCode {
  return async (limits) => {
    const args = limits.flatMap(({ limit, windowSeconds }) => [limit, windowSeconds * 1000]);
    const answer = await redis.evaluate(countUnderAll, limits.map(keyOf), args);
    const [position, fact] = Answer.parse(answer);
    const refusedBy = limits[position - 1];
    return refusedBy ? { refusedBy, waitMs: fact } : { refusedBy, calls: fact };
  };
}

/** All in one hash slot, because the script reads them together. */
function keyOf({ name, of, isForTests }: Limit): string {
  return `{otp-budget}:${isForTests ? 'test-' : ''}${name}:${of}`;
}
