import * as z from 'zod';
import type { Clock } from './clock.ts';
import type { RedisConnection } from './redis.ts';
import type { StateTable } from './state-table.ts';

/** What a limiter says of one more call. */
export interface Verdict {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly resetMs: number;
}

/** Counts one call under `key` in a fixed window. */
export type CountCall = (
  key: string,
  rule: { readonly limit: number; readonly windowSeconds: number },
) => Promise<Verdict>;

/** One script: a crash between INCR and PEXPIRE would leave a counter that never ends. */
const countInWindow = `
  local calls = redis.call('INCR', KEYS[1])
  if calls == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return { calls, redis.call('PTTL', KEYS[1]) }
`;

const Counted = z.tuple([z.int(), z.int()]);

/** For functions in the VPC. A window begins with its first call. */
export function countInRedis(redis: Pick<RedisConnection, 'evaluate'>): CountCall {
  return async (key, { limit, windowSeconds }) => {
    const counted = await redis.evaluate(countInWindow, [key], [windowSeconds * 1000]);
    const [calls, resetMs] = Counted.parse(counted);
    return { allowed: calls <= limit, remaining: Math.max(0, limit - calls), resetMs };
  };
}

/**
 * For functions outside it, which do not reach Redis: one write per call. A window begins where the clock has
 * a multiple of its length, so that every call knows by itself which one it is in.
 */
export function countInTable(table: Pick<StateTable, 'count'>, clock: Clock): CountCall {
  return async (key, { limit, windowSeconds }) => {
    const windowMs = windowSeconds * 1000;
    const now = clock.now().getTime();
    const begun = now - (now % windowMs);
    const ends = begun + windowMs;
    const calls = await table.count({ pk: key, sk: String(begun) }, new Date(ends));
    return { allowed: calls <= limit, remaining: Math.max(0, limit - calls), resetMs: ends - now };
  };
}
