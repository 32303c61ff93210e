import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../../contract/errors.ts';
import { heartbeatLimit } from '../../../contract/http/presence/heartbeat-limit.ts';
import type { Position } from '../../../places/position.ts';
import type { RedisConnection } from '../../../platform/redis/redis.ts';
import { cellAt } from './geo-cells.ts';
import { asKept, codesOf, entryOf, kindsOf, placeInCell, splitCodes } from './geo-entry.ts';
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
  /** The kinds of its fleet: asked for when they are not known from the last five minutes. */
  readonly readKinds: () => Promise<readonly string[]>;
}

const beatsAfterMs = heartbeatLimit.windowSeconds * 1000;
const kindsKeptMs = 300_000;
const askedWithinMs = 10_000;

/**
 * Notes where a captain was seen, and says what the index must be told of it: in most cases nothing.
 *
 *     'early'  it was seen a moment ago, and nothing is noted; with it, how many milliseconds are left to wait
 *     'ask'    its kinds are not known; whoever reads them shows the token, so that kinds which were read
 *              before the fleet changed are not kept after it
 *     'done'   the index has this cell and these kinds since less than 30 s; or it was told of another cell since
 *              less than 10 s; or the captain has gone offline, and this heartbeat was still on its way
 *     'write'  the codes, its place, and up to two places (cell, place) at which it must not be found any more
 *
 * What is written next lies in several slots, and may be written by halves. So it is noted here first, and what
 * has changed is written once more with the next heartbeat ('sure').
 */
const note = `
  local now, cell, place, least = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])
  local id, codes, shown = ARGV[5], ARGV[6], ARGV[7]
  if redis.call('HGET', KEYS[3], 'on') == '0' then return {'done', ''} end
  local last = redis.call('HMGET', KEYS[1], 'seen', 'beat')
  local seen = tonumber(last[1] or 0)
  -- By its id a heartbeat is known that the client sends again, because its connection was lost.
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
    'moved', 'cell', 'place', 'codes', 'at', 'sure', 'left', 'leftPlace')
  local moved, wasCell, wasPlace, wasCodes = was[1] or '0', was[2], was[3], was[4]
  if seen > now then return {'done', codes} end
  redis.call('HSET', KEYS[1], 'seen', ARGV[1], 'beat', id)
  redis.call('PEXPIRE', KEYS[1], ${unseenAfterMs})

  local hasMoved, hasOthers = cell ~= wasCell, codes ~= wasCodes
  if hasMoved and not hasOthers and now - moved < ${movesAfterMs} then return {'done', codes} end
  local changed = hasMoved or hasOthers
  local sure = was[6] == '1'
  if sure and not changed and now - was[5] < ${rewrittenAfterMs} then return {'done', codes} end
  redis.call('HSET', KEYS[1], 'cell', cell, 'place', place, 'codes', codes, 'at', ARGV[1],
    'sure', changed and '0' or '1', 'moved', hasMoved and ARGV[1] or moved)
  redis.call('HDEL', KEYS[1], 'left', 'leftPlace')
  local answer = {'write', codes}
  if wasCell then
    answer[3], answer[4] = wasCell, wasPlace .. wasCodes
    if changed then redis.call('HSET', KEYS[1], 'left', wasCell, 'leftPlace', answer[4]) end
  end
  if not sure and was[7] then
    answer[#answer + 1] = was[7]
    answer[#answer + 1] = was[8]
  end
  return answer
`;

/**
 * Whoever writes to a cell also sweeps it: who is not seen any more takes no place. Who has gone offline since this
 * heartbeat was noted is not written: it would be found until it is swept.
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

/** What was noted as written may not stand there: the next heartbeat writes again, and takes what is left again. */
const unsure = `
  if redis.call('EXISTS', KEYS[1]) == 0 then return end
  redis.call('HSET', KEYS[1], 'sure', '0', 'moved', '0')
  if redis.call('HSETNX', KEYS[1], 'left', ARGV[1]) == 1 then redis.call('HSET', KEYS[1], 'leftPlace', ARGV[2]) end
`;

const take = `redis.call('ZREM', KEYS[1], ARGV[1])`;

const forget = `redis.call('DEL', KEYS[1])`;

const Noted = z.tuple([z.enum(['early', 'ask', 'done', 'write']), z.string()], z.string());

type Redis = Pick<RedisConnection, 'evaluate'>;

/**
 * A heartbeat: one round trip, and a second one when the index must be told. Answers the fleet's kinds; throws
 * RATE_LIMIT_EXCEEDED.
 */
export async function placeCaptain(
  redis: Redis,
  captain: SeenCaptain,
  { now, limitsLifted }: { readonly now: number; readonly limitsLifted: boolean },
): Promise<readonly string[]> {
  const position = asKept(captain.position);
  const cell = cellAt(position);
  const place = placeInCell(position, cell);
  const beatId = randomUUID().slice(0, 8);
  const noted = async (...kinds: readonly string[]) => {
    const keys = [captainKey(captain.id), kindsKey(captain.id), presenceKey(captain.id)];
    const least = limitsLifted ? '' : beatsAfterMs;
    return Noted.parse(
      await redis.evaluate(note, keys, [now, cell, place, least, beatId, ...kinds]),
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
    await write(redis, { id, cell, place, codes: said, left }, now).catch(
      async (error: unknown) => {
        const last = left.length > 0 ? left.slice(-2) : [cell, place + said];
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
  readonly place: string;
  readonly codes: string;
  /** Cell, place, cell, place: where it was. */
  readonly left: readonly string[];
}

async function write(
  redis: Redis,
  { id, cell, place, codes, left }: Write,
  now: number,
): Promise<void> {
  const entry = entryOf(place, codes, id);
  // With no kinds it stands nowhere.
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

/** For whoever changes a fleet, once it is changed: the next heartbeat reads the kinds again. */
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
