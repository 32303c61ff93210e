import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../../contract/errors.ts';
import { heartbeatLimit } from '../../../contract/http/presence/heartbeat-limit.ts';
import type { Position } from '../../../places/position.ts';
import type { RedisConnection } from '../../../platform/redis/redis.ts';
import { cellAt } from './geo-cells.ts';
import { asKept, codesOf, entryOf, kindsOf, offsetInCell, splitCodes } from './geo-entry.ts';
import {
  areaOf,
  captainKey,
  cellKey,
  goneKey,
  kindsKey,
  movesAfterMs,
  presenceKey,
  rewrittenAfterMs,
  unseenAfterMs,
} from './geo-keys.ts';
import { markMaps } from './geo-map.ts';

export interface SeenCaptain {
  readonly id: string;
  readonly position: Position;
  /** Reads the kinds of its fleet. Called only when Redis has none from the last five minutes. */
  readonly readKinds: () => Promise<readonly string[]>;
}

const beatsAfterMs = heartbeatLimit.windowSeconds * 1000;
const kindsKeptMs = 300_000;
const askedWithinMs = 10_000;

/**
 * Notes where a captain was seen, and answers what must be written to the index. In most cases that is nothing.
 *
 *     'early'  The last heartbeat came less than 2 s ago. Nothing is noted. Answers the milliseconds left to wait.
 *     'ask'    The kinds are not known. Answers a token: the caller reads the kinds and sends them with it. If the
 *              fleet changes meanwhile, the token is no longer valid, and the old kinds are not kept.
 *     'done'   There is nothing to write: the index got this cell and these kinds less than 30 s ago; or it got
 *              another cell less than 10 s ago; or the captain went offline while this heartbeat was on its way.
 *     'write'  Answers the codes, and up to two old entries to remove, each as its cell, and its offset with codes.
 *
 * The index lies in several hash slots, so a write to it may succeed in part. This script therefore notes first what
 * will be written, and a change is written again with the next heartbeat (then 'sure' is set).
 */
const note = `
  local now, cell, offset, least = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])
  local id, codes, shown = ARGV[5], ARGV[6], ARGV[7]
  if redis.call('HGET', KEYS[3], 'on') == '0' then return {'done', ''} end
  local last = redis.call('HMGET', KEYS[1], 'seen', 'beat')
  local seen = tonumber(last[1] or 0)
  -- When a connection is lost, the Redis client sends the script again. The id tells that it is the same heartbeat.
  if least and last[2] ~= id and now - seen < least then
    return {'early', tostring(seen + least - now)}
  end
  local cached = redis.call('GET', KEYS[2])
  if codes then
    if cached == shown then redis.call('SET', KEYS[2], codes, 'PX', ${kindsKeptMs}) end
  elseif cached and cached:sub(1, 1) ~= '?' then
    codes = cached
  else
    local token = '?' .. table.concat(redis.call('TIME'), '.')
    redis.call('SET', KEYS[2], token, 'PX', ${askedWithinMs})
    redis.call('HSET', KEYS[1], 'seen', ARGV[1], 'beat', id)
    redis.call('PEXPIRE', KEYS[1], ${unseenAfterMs})
    return {'ask', token}
  end

  local was = redis.call('HMGET', KEYS[1],
    'moved', 'cell', 'offset', 'codes', 'at', 'sure', 'left', 'leftOffset')
  local moved, wasCell, wasOffset, wasCodes = was[1] or '0', was[2], was[3], was[4]
  if seen > now then return {'done', codes} end
  redis.call('HSET', KEYS[1], 'seen', ARGV[1], 'beat', id)
  redis.call('PEXPIRE', KEYS[1], ${unseenAfterMs})

  local hasMoved, hasOthers = cell ~= wasCell, codes ~= wasCodes
  if hasMoved and not hasOthers and now - moved < ${movesAfterMs} then return {'done', codes} end
  local changed = hasMoved or hasOthers
  local sure = was[6] == '1'
  if sure and not changed and now - was[5] < ${rewrittenAfterMs} then return {'done', codes} end
  redis.call('HSET', KEYS[1], 'cell', cell, 'offset', offset, 'codes', codes, 'at', ARGV[1],
    'sure', changed and '0' or '1', 'moved', hasMoved and ARGV[1] or moved)
  redis.call('HDEL', KEYS[1], 'left', 'leftOffset')
  local answer = {'write', codes}
  if wasCell then
    answer[3], answer[4] = wasCell, wasOffset .. wasCodes
    if changed then redis.call('HSET', KEYS[1], 'left', wasCell, 'leftOffset', answer[4]) end
  end
  if not sure and was[7] then
    answer[#answer + 1] = was[7]
    answer[#answer + 1] = was[8]
  end
  return answer
`;

/**
 * Writes an entry, and removes the cell's entries that are too old to count. If the captain went offline after this
 * heartbeat was noted, nothing is written: otherwise searches would find the captain for another 90 s.
 */
const put = `
  local cell, gone, now, entry, id, since = KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
  for i = 5, #ARGV do redis.call('ZREM', cell, ARGV[i]) end
  local goneAt = redis.call('ZSCORE', gone, id)
  if goneAt and tonumber(goneAt) >= tonumber(now) then return end
  redis.call('ZADD', cell, 'GT', now, entry)
  redis.call('ZREMRANGEBYSCORE', cell, '-inf', '(' .. since)
  redis.call('PEXPIRE', cell, ${unseenAfterMs})
`;

/** A write failed, so the index may differ from what was noted. The next heartbeat writes and removes again. */
const unsure = `
  if redis.call('EXISTS', KEYS[1]) == 0 then return end
  redis.call('HSET', KEYS[1], 'sure', '0', 'moved', '0')
  if redis.call('HSETNX', KEYS[1], 'left', ARGV[1]) == 1 then redis.call('HSET', KEYS[1], 'leftOffset', ARGV[2]) end
`;

const take = `redis.call('ZREM', KEYS[1], ARGV[1])`;

const forget = `redis.call('DEL', KEYS[1])`;

const Noted = z.tuple([z.enum(['early', 'ask', 'done', 'write']), z.string()], z.string());

type Redis = Pick<RedisConnection, 'evaluate'>;

/**
 * A heartbeat takes one round trip to Redis, and a second one when the index must be written. Answers the fleet's
 * kinds. Throws RATE_LIMIT_EXCEEDED.
 */
export async function noteHeartbeat(
  redis: Redis,
  captain: SeenCaptain,
  { now, limitsLifted }: { readonly now: number; readonly limitsLifted: boolean },
): Promise<readonly string[]> {
  const position = asKept(captain.position);
  const cell = cellAt(position);
  const offset = offsetInCell(position, cell);
  const beatId = randomUUID().slice(0, 8);
  const noted = async (...kinds: readonly string[]) => {
    const keys = [captainKey(captain.id), kindsKey(captain.id), presenceKey(captain.id)];
    const least = limitsLifted ? '' : beatsAfterMs;
    return Noted.parse(
      await redis.evaluate(note, keys, [now, cell, offset, least, beatId, ...kinds]),
    );
  };
  let [what, said, ...left] = await noted();
  if (what === 'early') throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterMs: Number(said) });
  if (what === 'ask') {
    const codes = codesOf(await captain.readKinds());
    [what, said, ...left] = await noted(codes.join(''), said);
  }
  if (what === 'write') {
    const { id } = captain;
    await write(redis, { id, cell, offset, codes: said, left }, now).catch(
      async (error: unknown) => {
        const last = left.length > 0 ? left.slice(-2) : [cell, offset + said];
        await redis.evaluate(unsure, [captainKey(id)], last).catch(() => undefined);
        throw error;
      },
    );
  }
  return kindsOf(said);
}

interface Write {
  readonly id: string;
  readonly cell: string;
  readonly offset: string;
  readonly codes: string;
  /** The old entries to remove: cell, offset with codes, cell, offset with codes. */
  readonly left: readonly string[];
}

async function write(
  redis: Redis,
  { id, cell, offset, codes, left }: Write,
  now: number,
): Promise<void> {
  const entry = entryOf(offset, codes, id);
  // A captain without kinds has no entry.
  const at = codes === '' ? undefined : cell;
  const gone = pairs(left).map(([was, rest]) => ({ at: was, entry: `${rest}.${id}` }));
  const drops = gone.filter((each) => each.at === at && each.entry !== entry);
  const taken = gone
    .filter((each) => each.at !== at)
    .map((each) => redis.evaluate(take, [cellKey(each.at)], [each.entry]));
  const words = [now, entry, id, now - unseenAfterMs, ...drops.map((each) => each.entry)];
  const written = at !== undefined && [
    redis.evaluate(put, [cellKey(at), goneKey(areaOf(at))], words),
    markMaps(redis, at, splitCodes(codes), { now, keptMs: unseenAfterMs }),
  ];
  await Promise.all([...(written || []), ...taken]);
}

/** To be called after a fleet has changed. The next heartbeat then reads the kinds again. */
export async function forgetKinds(redis: Redis, id: string): Promise<void> {
  await redis.evaluate(forget, [kindsKey(id)], []);
}

export async function lastSeen(redis: Redis, id: string): Promise<Date | undefined> {
  const seen = await redis.evaluate(seenAt, [captainKey(id)], []);
  return typeof seen === 'string' ? new Date(Number(seen)) : undefined;
}

const seenAt = `return redis.call('HGET', KEYS[1], 'seen')`;

function pairs(words: readonly string[]): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  for (let at = 0; at + 1 < words.length; at += 2) {
    found.push([words[at] ?? '', words[at + 1] ?? '']);
  }
  return found;
}
