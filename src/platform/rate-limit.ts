import * as z from 'zod';
import type { Clock } from './clock.ts';
import type { RedisConnection } from './redis/redis.ts';
import type { StateTable } from './aws/state-table.ts';

interface Rule {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** How many calls with the same key are let through. */
export interface Limit extends Rule {
  readonly key: string;
}

/** The limiter's decision on one more call. */
export interface Verdict {
  readonly allowed: boolean;
  /** The limit that decided. */
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/**
 * Counts one call under `key` in a fixed window, and in the same question under `overall`, whose key has the same hash
 * tag. If one of the limits refuses, the verdict is that limit's. If neither does, it is that of `key`.
 */
export type CountCall = (key: string, rule: Rule, overall?: Limit) => Promise<Verdict>;

/** It is one script: a crash between INCR and PEXPIRE would leave a counter that never expires. */
const countInWindows = `
  local counted = {}
  for i, key in ipairs(KEYS) do
    local calls = redis.call('INCR', key)
    if calls == 1 then redis.call('PEXPIRE', key, ARGV[i]) end
    counted[i] = { calls, redis.call('PTTL', key) }
  end
  return counted
`;

const Counted = z.array(z.tuple([z.int(), z.int()]));

/** For functions in the VPC. A window begins with its first call. */
export function countInRedis(redis: Pick<RedisConnection, 'evaluate'>): CountCall {
  return async (key, rule, overall) => {
    const limits = limitsOf(key, rule, overall);
    const keys = limits.map((each) => each.key);
    const windows = limits.map(({ windowSeconds }) => windowSeconds * 1000);
    const counted = Counted.parse(await redis.evaluate(countInWindows, keys, windows));
    return strictest(
      counted.map(([calls, resetMs], i) => verdictOn(limits[i] ?? rule, calls, resetMs)),
    );
  };
}

/**
 * For functions outside the VPC, which cannot reach Redis. It takes one write per limit, all at once. A window begins
 * at a multiple of its length, so that every call can tell which window it is in.
 */
export function countInTable(table: Pick<StateTable, 'count'>, clock: Clock): CountCall {
  return async (key, rule, overall) => {
    const now = clock.now().getTime();
    const count = async (limit: Limit) => {
      const windowMs = limit.windowSeconds * 1000;
      const begun = now - (now % windowMs);
      const ends = begun + windowMs;
      const calls = await table.count({ pk: limit.key, sk: String(begun) }, new Date(ends));
      return verdictOn(limit, calls, ends - now);
    };
    return strictest(await Promise.all(limitsOf(key, rule, overall).map(count)));
  };
}

function limitsOf(key: string, rule: Rule, overall: Limit | undefined): readonly Limit[] {
  return [{ ...rule, key }, ...(overall ? [overall] : [])];
}

function verdictOn({ limit }: Rule, calls: number, resetMs: number): Verdict {
  return { allowed: calls <= limit, limit, remaining: Math.max(0, limit - calls), resetMs };
}

/** If both limits refuse, the one that refuses for longer decides. */
function strictest(verdicts: readonly Verdict[]): Verdict {
  const refusals = verdicts.filter(({ allowed }) => !allowed);
  const [verdict] = refusals.length > 0 ? refusals.toSorted(longest) : verdicts;
  if (!verdict) throw new Error('A call was counted under no limit');
  return verdict;
}

const longest = (a: Verdict, b: Verdict) => b.resetMs - a.resetMs;
