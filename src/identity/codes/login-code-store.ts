import * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import type { RedisConnection } from '../../platform/redis/redis.ts';
import {
  attemptsPerWindow,
  cooldown,
  lockWindow,
  sendsPerWindow,
  sendWindow,
  type CodeSubject,
} from './login-code.ts';

export type Reservation =
  | { readonly outcome: 'reserved' }
  /** The same caller asked for the same within the cooldown, and the code was sent. */
  | { readonly outcome: 'repeated'; readonly waitMs: number }
  /** A code was sent a moment ago; or the number got too many codes; or it is locked after wrong codes. */
  | { readonly outcome: 'cooling' | 'spent' | 'locked'; readonly waitMs: number };

type Attempt =
  | { readonly outcome: 'right'; readonly leftMs: number }
  | { readonly outcome: 'wrong'; readonly attemptsLeft: number }
  | { readonly outcome: 'locked'; readonly waitMs: number }
  | { readonly outcome: 'none' };

/** Codes that were sent and not used yet. Each method is one script, so nothing else happens in between. */
export interface LoginCodeStore {
  /**
   * P14: stores a code that is about to be sent, if one may be sent now. `sendId` names this sending. A note lives as
   * long as the code would, even if the code is used up.
   */
  reserve(
    subject: CodeSubject,
    digest: string,
    sendId: string,
    note?: string,
  ): Promise<Reservation>;
  /** The note that was stored with the last code of a subject. */
  noteOf(subject: CodeSubject): Promise<string | undefined>;
  forgetNote(subject: CodeSubject): Promise<void>;
  /** Undoes a reservation, unless a newer one has replaced it. */
  giveBack(subject: CodeSubject, sendId: string): Promise<void>;
  /** P13: tries a code. If many try the right code at once, only one succeeds. `attemptId` names this try. */
  attempt(subject: CodeSubject, digest: string, attemptId: string): Promise<Attempt>;
  /** Makes a used code valid again, unless a newer code was sent since. */
  restore(subject: CodeSubject, digest: string, leftMs: number): Promise<void>;
}

/**
 * Two repetitions are recognised. If the Redis client sends the script again, `sendId` is the same. If the caller asks
 * again, the code is still unused, its note is the same, and it is no older than the cooldown.
 */
const reserve = `
  local code, wrong, cooling, sends, noted, former, formerNote = unpack(KEYS)
  local digest, sendId, note = unpack(ARGV, 1, 3)
  local codeMs, coolingMs, sendLimit, sendMs, wrongLimit = unpack(ARGV, 4)
  if redis.call('GET', cooling) == sendId then return { 'reserved', 0 } end
  if tonumber(redis.call('GET', wrong) or '0') >= tonumber(wrongLimit) then
    return { 'locked', redis.call('PTTL', wrong) }
  end
  if tonumber(sendLimit) > 0 then
    local wait = redis.call('PTTL', cooling)
    if wait > 0 then
      local isSame = note ~= '' and redis.call('GET', noted) == note and redis.call('EXISTS', code) == 1
      local isFresh = redis.call('PTTL', noted) > codeMs - coolingMs
      return { isSame and isFresh and 'repeated' or 'cooling', wait }
    end
    if tonumber(redis.call('GET', sends) or '0') >= tonumber(sendLimit) then
      return { 'spent', redis.call('PTTL', sends) }
    end
  end
  redis.call('SET', cooling, sendId, 'PX', coolingMs)
  if redis.call('INCR', sends) == 1 then redis.call('PEXPIRE', sends, sendMs) end
  local kept = redis.call('GET', code)
  if kept then redis.call('SET', former, kept, 'PX', redis.call('PTTL', code)) end
  redis.call('SET', code, digest, 'PX', codeMs)
  local was = redis.call('GET', noted)
  if was then redis.call('SET', formerNote, was, 'PX', redis.call('PTTL', noted)) end
  if note ~= '' then redis.call('SET', noted, note, 'PX', codeMs) end
  return { 'reserved', 0 }
`;

/** The first note stays, so that a code that could not be sent can be sent again. */
const giveBack = `
  local code, cooling, sends, noted, former, formerNote = unpack(KEYS)
  if redis.call('GET', cooling) ~= ARGV[1] then return end
  redis.call('DEL', code, cooling)
  local kept = redis.call('GET', former)
  if kept then redis.call('SET', code, kept, 'PX', redis.call('PTTL', former)) end
  local was = redis.call('GET', formerNote)
  if was then redis.call('SET', noted, was, 'PX', redis.call('PTTL', formerNote)) end
  redis.call('DEL', former, formerNote)
  if redis.call('EXISTS', sends) == 1 then redis.call('DECR', sends) end
`;

/**
 * All bytes are compared, wherever the first difference is: the time does not tell. If the Redis client sends the
 * script again, the attempt's id is known: the attempt counts once, and gets the same answer.
 */
const attempt = `
  local code, wrong, former, mine = unpack(KEYS)
  local digest, limit, lockMs, mineMs = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
  local outcome, fact = (redis.call('GET', mine) or ''):match('^(%a+) (%d+)$')
  if outcome then return { outcome, tonumber(fact) } end
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
    redis.call('DEL', code, wrong, former)
    redis.call('SET', mine, 'right ' .. left, 'PX', mineMs)
    return { 'right', left }
  end
  misses = redis.call('INCR', wrong)
  if misses == 1 then redis.call('PEXPIRE', wrong, lockMs) end
  redis.call('SET', mine, 'wrong ' .. (limit - misses), 'PX', mineMs)
  return { 'wrong', limit - misses }
`;

const noteOf = `return redis.call('GET', KEYS[1])`;
const forgetNote = `redis.call('DEL', KEYS[1])`;
const restore = `redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX')`;

/** Longer than a call of the script and its repetition can take. */
const attemptKnownMs = 5000;

const Answer = z.tuple([
  z.enum(['reserved', 'repeated', 'cooling', 'spent', 'locked', 'right', 'wrong', 'none']),
  z.int(),
]);

interface Settings {
  readonly redis: Pick<RedisConnection, 'evaluate'>;
  /** Lifts the cooldown and the limit on codes sent, but not the lock after wrong codes. */
  readonly limitsLifted: boolean;
}

export function openLoginCodeStore(settings: Settings): LoginCodeStore {
  return new RedisLoginCodes(settings);
}

class RedisLoginCodes implements LoginCodeStore {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  async reserve(
    subject: CodeSubject,
    digest: string,
    sendId: string,
    note = '',
  ): Promise<Reservation> {
    const { code, wrong, cooling, sends, noted, former, formerNote } = keysOf(subject);
    const limit = this.#settings.limitsLifted ? 0 : sendsPerWindow;
    const answer = await this.#ask(
      reserve,
      [code, wrong, cooling, sends, noted, former, formerNote],
      [
        digest,
        sendId,
        note,
        milliseconds(subject.lifeSeconds),
        milliseconds(cooldown),
        limit,
        milliseconds(sendWindow),
        attemptsPerWindow,
      ],
    );
    const [outcome, waitMs] = Answer.parse(answer);
    if (outcome === 'reserved') return { outcome };
    if (outcome === 'right' || outcome === 'wrong' || outcome === 'none') {
      throw new Error(`A reservation ended as ${outcome}`);
    }
    return { outcome, waitMs };
  }

  async giveBack(subject: CodeSubject, sendId: string): Promise<void> {
    const { code, cooling, sends, noted, former, formerNote } = keysOf(subject);
    await this.#ask(giveBack, [code, cooling, sends, noted, former, formerNote], [sendId]);
  }

  async attempt(subject: CodeSubject, digest: string, attemptId: string): Promise<Attempt> {
    const { code, wrong, former } = keysOf(subject);
    const mine = `${subject.beside}:attempt:${attemptId}`;
    const args = [digest, attemptsPerWindow, milliseconds(lockWindow), attemptKnownMs];
    const tryIt = () => this.#ask(attempt, [code, wrong, former, mine], args);
    // A script that did not answer in time may still have run. Called again, it answers what it did.
    const answer = await tryIt().catch(tryIt);
    const [outcome, fact] = Answer.parse(answer);
    if (outcome === 'right') return { outcome, leftMs: fact };
    if (outcome === 'wrong') return { outcome, attemptsLeft: fact };
    if (outcome === 'locked') return { outcome, waitMs: fact };
    return { outcome: 'none' };
  }

  async noteOf(subject: CodeSubject): Promise<string | undefined> {
    const note = await this.#ask(noteOf, [keysOf(subject).noted], []);
    return typeof note === 'string' ? note : undefined;
  }

  async forgetNote(subject: CodeSubject): Promise<void> {
    await this.#ask(forgetNote, [keysOf(subject).noted], []);
  }

  async restore(subject: CodeSubject, digest: string, leftMs: number): Promise<void> {
    if (leftMs > 0) await this.#ask(restore, [keysOf(subject).code], [digest, leftMs]);
  }

  async #ask(script: string, keys: readonly string[], args: readonly (string | number)[]) {
    try {
      return await this.#settings.redis.evaluate(script, keys, args);
    } catch (cause) {
      // P14: without Redis there are no limits and counts, so no code is sent, and none is tried.
      throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
    }
  }
}

const milliseconds = (seconds: number) => seconds * 1000;

function keysOf({ key, beside, sendings }: CodeSubject) {
  return {
    code: key,
    wrong: `${beside}:wrong`,
    cooling: `${sendings}:cooling`,
    sends: `${sendings}:sends`,
    noted: `${beside}:note`,
    former: `${beside}:former`,
    formerNote: `${beside}:former-note`,
  };
}
