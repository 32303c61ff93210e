import * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { RedisConnection } from '../../platform/redis/redis.ts';
import { presenceKey } from './index/geo-keys.ts';

const windowMs = 300_000;
/** The limits of A8, and those for load tests on one machine. */
const held = { cooldownMs: 5000, mostInWindow: 10 } as const;
const lifted = { cooldownMs: 0, mostInWindow: Number.MAX_SAFE_INTEGER } as const;
/** Longer than a shift. After that the switch is forgotten, as if it had never been set. */
const keptMs = 24 * 3_600_000;

type Switched =
  | { readonly outcome: 'same' | 'changed'; readonly at: Date; readonly coolingMs: number }
  | { readonly outcome: 'refused'; readonly waitMs: number };

interface Said {
  readonly on: boolean;
  /** When it last changed. */
  readonly at: Date;
  /** When the transporter last said "on", even if it was on already. Unset after `forgetHeard`. */
  readonly heard: Date | undefined;
  readonly coolingMs: number;
}

/** Whether a transporter wants offers: what it said last. Each method is one script, so no two run at once. */
export interface PresenceSwitch {
  /** The least time between two changes. */
  readonly cooldownMs: number;
  set(id: string, on: boolean): Promise<Switched>;
  get(id: string): Promise<Said | undefined>;
  /** The switch stays as it is, but from now on only a heartbeat shows that the transporter is there. */
  forgetHeard(id: string): Promise<void>;
}

const set = `
  local switch, changes = unpack(KEYS)
  local on, now, cooldown, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  local was = redis.call('HMGET', switch, 'on', 'at')
  local cooling = was[2] and math.max(0, was[2] + cooldown - now) or 0
  if was[1] == on then
    if on == '1' then redis.call('HSET', switch, 'heard', now) end
    redis.call('PEXPIRE', switch, ${keptMs})
    return { 'same', tonumber(was[2]), cooling }
  end
  if cooling > 0 then return { 'refused', cooling, 0 } end
  if tonumber(redis.call('GET', changes) or '0') >= most then
    return { 'refused', redis.call('PTTL', changes), 0 }
  end
  if redis.call('INCR', changes) == 1 then redis.call('PEXPIRE', changes, ${windowMs}) end
  redis.call('HSET', switch, 'on', on, 'at', now)
  if on == '1' then redis.call('HSET', switch, 'heard', now) end
  redis.call('PEXPIRE', switch, ${keptMs})
  return { 'changed', now, cooldown }
`;

const get = `return redis.call('HMGET', KEYS[1], 'on', 'at', 'heard')`;
const forgetHeard = `return redis.call('HDEL', KEYS[1], 'heard')`;

const Answer = z.tuple([z.enum(['same', 'changed', 'refused']), z.int(), z.int()]);
const Kept = z.tuple([z.string(), z.coerce.number(), z.string().nullable()]);

export function openPresenceSwitch(deps: {
  readonly redis: Pick<RedisConnection, 'evaluate'>;
  readonly clock: Clock;
  /** Default: no. */
  readonly limitsLifted?: boolean;
}): PresenceSwitch {
  const { redis, clock, limitsLifted = false } = deps;
  const { cooldownMs, mostInWindow } = limitsLifted ? lifted : held;
  const ask = async (script: string, keys: readonly string[], args: readonly (string | number)[]) =>
    redis.evaluate(script, keys, args).catch((cause: unknown) => {
      throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
    });
  return {
    cooldownMs,
    set: async (id, on) => {
      const keys = [presenceKey(id), `${presenceKey(id)}:changes`];
      const words = [on ? '1' : '0', clock.now().getTime(), cooldownMs, mostInWindow];
      const answer = await ask(set, keys, words);
      const [outcome, fact, coolingMs] = Answer.parse(answer);
      if (outcome === 'refused') return { outcome, waitMs: fact };
      return { outcome, at: new Date(fact), coolingMs };
    },
    get: async (id) => {
      const kept = Kept.safeParse(await ask(get, [presenceKey(id)], []));
      if (!kept.success) return undefined;
      const [on, at, heard] = kept.data;
      const coolingMs = Math.max(0, at + cooldownMs - clock.now().getTime());
      return {
        on: on === '1',
        at: new Date(at),
        heard: heard === null ? undefined : new Date(Number(heard)),
        coolingMs,
      };
    },
    forgetHeard: async (id) => {
      await ask(forgetHeard, [presenceKey(id)], []);
    },
  };
}
