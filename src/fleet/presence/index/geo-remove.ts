import * as z from 'zod';
import type { RedisConnection } from '../../../platform/redis/redis.ts';
import { areaOf, captainKey, cellKey, goneKey, unseenAfterMs } from './geo-keys.ts';

/** Answers the captain's entries. If the removal stops half-way, the next heartbeat writes them again. */
const begin = `
  -- A heartbeat came whose kinds were not known: there is no entry yet.
  if redis.call('HEXISTS', KEYS[1], 'cell') == 0 then
    redis.call('DEL', KEYS[1])
    return {}
  end
  redis.call('HSET', KEYS[1], 'sure', '0', 'moved', '0')
  return redis.call('HMGET', KEYS[1], 'at', 'cell', 'offset', 'codes', 'left', 'leftOffset')
`;

/** Removes the captain's entries from an area, and leaves a note that stops the writes of earlier heartbeats. */
const take = `
  local gone, id, at, since = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
  redis.call('ZADD', gone, 'GT', at, id)
  redis.call('ZREMRANGEBYSCORE', gone, '-inf', '(' .. since)
  redis.call('PEXPIRE', gone, ${unseenAfterMs})
  for i = 2, #KEYS do redis.call('ZREM', KEYS[i], ARGV[i + 2]) end
`;

/** Not if a heartbeat has meanwhile written other entries: without this key they could not be removed any more. */
const forget = `
  if redis.call('HGET', KEYS[1], 'at') ~= ARGV[1] then return 0 end
  redis.call('DEL', KEYS[1])
  return 1
`;

const Known = z.array(z.string().nullable());

type Redis = Pick<RedisConnection, 'evaluate'>;

/** Heartbeats come every few seconds, so one may come during a removal, but not three. */
const mostTries = 3;

/** Takes a captain offline. The captain's own key goes last: if this stops half-way, it says what is left to remove. */
export async function removeCaptain(redis: Redis, id: string): Promise<void> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const noted = Known.parse(await redis.evaluate(begin, [captainKey(id)], []));
    const [at, cell, offset, codes, left, leftOffset] = noted;
    if (!at || !cell) return;
    const entries = [{ cell, entry: `${offset}${codes}.${id}` }];
    if (left) entries.push({ cell: left, entry: `${leftOffset}.${id}` });
    const areas = Map.groupBy(entries, (each) => areaOf(each.cell));
    await Promise.all(
      Array.from(areas, ([area, some]) => {
        const keys = [goneKey(area), ...some.map((each) => cellKey(each.cell))];
        const words = [id, at, Number(at) - unseenAfterMs, ...some.map(({ entry }) => entry)];
        return redis.evaluate(take, keys, words);
      }),
    );
    if ((await redis.evaluate(forget, [captainKey(id)], [at])) === 1) return;
  }
}
