import * as z from 'zod';
import { AppError } from '../contract/errors.ts';
import type { RedisConnection } from '../platform/redis.ts';
import {
  attemptsPerWindow,
  codeLife,
  cooldown,
  lockWindow,
  sendsPerWindow,
  sendWindow,
  type CodeSubject,
} from './login-code.ts';

export type Reservation =
  | { readonly outcome: 'reserved' }
  /** A code was sent a moment ago; the number has had its share; it is locked after wrong codes. */
  | { readonly outcome: 'cooling' | 'spent' | 'locked'; readonly waitMs: number };

type Attempt =
  | { readonly outcome: 'right'; readonly leftMs: number }
  | { readonly outcome: 'wrong'; readonly attemptsLeft: number }
  | { readonly outcome: 'locked'; readonly waitMs: number }
  | { readonly outcome: 'none' };

/** Codes that wait for whoever was sent them. Each question is one script: nothing happens in between. */
export interface LoginCodeStore {
  /** P14: keeps a code to be sent, if one may be sent now. `sendId` names this sending. */
  reserve(subject: CodeSubject, digest: string, sendId: string): Promise<Reservation>;
  /** Undoes a reservation, unless another one has followed. */
  giveBack(subject: CodeSubject, sendId: string): Promise<void>;
  /** P13: tries a code. Of many who try the right one at once, one is told so. */
  attempt(subject: CodeSubject, digest: string): Promise<Attempt>;
  /** Undoes the use of a code, unless another one was sent since. */
  restore(subject: CodeSubject, digest: string, leftMs: number): Promise<void>;
}

const reserve = `
  local code, wrong, cooling, sends = unpack(KEYS)
  local digest, sendId = ARGV[1], ARGV[2]
  local codeMs, coolingMs, sendLimit, sendMs, wrongLimit = unpack(ARGV, 3)
  if tonumber(redis.call('GET', wrong) or '0') >= tonumber(wrongLimit) then
    return { 'locked', redis.call('PTTL', wrong) }
  end
  if tonumber(sendLimit) > 0 then
    local wait = redis.call('PTTL', cooling)
    if wait > 0 then return { 'cooling', wait } end
    if tonumber(redis.call('GET', sends) or '0') >= tonumber(sendLimit) then
      return { 'spent', redis.call('PTTL', sends) }
    end
  end
  redis.call('SET', cooling, sendId, 'PX', coolingMs)
  if redis.call('INCR', sends) == 1 then redis.call('PEXPIRE', sends, sendMs) end
  redis.call('SET', code, digest, 'PX', codeMs)
  return { 'reserved', 0 }
`;

const giveBack = `
  local code, cooling, sends = unpack(KEYS)
  if redis.call('GET', cooling) ~= ARGV[1] then return end
  redis.call('DEL', code, cooling)
  if redis.call('EXISTS', sends) == 1 then redis.call('DECR', sends) end
`;

/** Compared to the last byte, wherever the first difference is. */
const attempt = `
  local code, wrong = unpack(KEYS)
  local digest, limit, lockMs = ARGV[1], tonumber(ARGV[2]), ARGV[3]
  local misses = tonumber(redis.call('GET', wrong) or '0')
  if misses >= limit then return { 'locked', redis.call('PTTL', wrong) } end
  local kept = redis.call('GET', code)
  if not kept then return { 'none', 0 } end
  local difference = bit.bxor(#kept, #digest)
  for i = 1, #digest do
    difference = bit.bor(difference, bit.bxor(kept:byte(i) or 0, digest:byte(i)))
  end
  if difference == 0 then
    local left = redis.call('PTTL', code)
    redis.call('DEL', code, wrong)
    return { 'right', left }
  end
  misses = redis.call('INCR', wrong)
  if misses == 1 then redis.call('PEXPIRE', wrong, lockMs) end
  return { 'wrong', limit - misses }
`;

const restore = `redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX')`;

const Answer = z.tuple([
  z.enum(['reserved', 'cooling', 'spent', 'locked', 'right', 'wrong', 'none']),
  z.int(),
]);

interface Settings {
  readonly redis: Pick<RedisConnection, 'evaluate'>;
  /** Lifts the cooldown and the limit of sendings; never the lock after wrong codes. */
  readonly limitsLifted: boolean;
}

export function openLoginCodeStore({ redis, limitsLifted }: Settings): LoginCodeStore {
  const milliseconds = (seconds: number) => seconds * 1000;
  const ask = async (
    script: string,
    keys: readonly string[],
    args: readonly (string | number)[],
  ) => {
    try {
      return await redis.evaluate(script, keys, args);
    } catch (cause) {
      // P14: without its limits nothing is sent, and without its counts nothing is tried.
      throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
    }
  };

  return {
    reserve: async (subject, digest, sendId) => {
      const { code, wrong, cooling, sends } = keysOf(subject);
      const limit = limitsLifted ? 0 : sendsPerWindow;
      const answer = await ask(
        reserve,
        [code, wrong, cooling, sends],
        [
          digest,
          sendId,
          milliseconds(codeLife),
          milliseconds(cooldown),
          limit,
          milliseconds(sendWindow),
          attemptsPerWindow,
        ],
      );
      const [outcome, waitMs] = Answer.parse(answer);
      if (outcome === 'reserved') return { outcome };
      if (outcome === 'cooling' || outcome === 'spent' || outcome === 'locked') {
        return { outcome, waitMs };
      }
      throw new Error(`A reservation ended as ${outcome}`);
    },
    giveBack: async (subject, sendId) => {
      const { code, cooling, sends } = keysOf(subject);
      await ask(giveBack, [code, cooling, sends], [sendId]);
    },
    attempt: async (subject, digest) => {
      const { code, wrong } = keysOf(subject);
      const answer = await ask(
        attempt,
        [code, wrong],
        [digest, attemptsPerWindow, milliseconds(lockWindow)],
      );
      const [outcome, fact] = Answer.parse(answer);
      if (outcome === 'right') return { outcome, leftMs: fact };
      if (outcome === 'wrong') return { outcome, attemptsLeft: fact };
      if (outcome === 'locked') return { outcome, waitMs: fact };
      return { outcome: 'none' };
    },
    restore: async (subject, digest, leftMs) => {
      if (leftMs > 0) await ask(restore, [keysOf(subject).code], [digest, leftMs]);
    },
  };
}

function keysOf({ key }: CodeSubject) {
  return {
    code: key,
    wrong: `{${key}}:wrong`,
    cooling: `{${key}}:cooling`,
    sends: `{${key}}:sends`,
  };
}
