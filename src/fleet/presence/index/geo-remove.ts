import * as z from 'zod';
import type { RedisConnection } from '../../../platform/redis/redis.ts';
import { areaOf, captainKey, cellKey, goneKey, unseenAfterMs } from './geo-keys.ts';

/** Where it stands; and should this be cut off, the next heartbeat writes there again. */
const begin = `
  -- Whoever beat, and was asked for its kinds, stands nowhere yet.
  if redis.call('HEXISTS', KEYS[1], 'cell') == 0 then
    redis.call('DEL', KEYS[1])
    return {}
  end
  redis.call('HSET', KEYS[1], 'sure', '0', 'moved', '0')
  return redis.call('HMGET', KEYS[1], 'at', 'cell', 'place', 'codes', 'left', 'leftPlace')
`;

/** Takes the entries of an area, and refuses those that are still on their way to it. */
const take = `
  local gone, id, at, since = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
  redis.call('ZADD', gone, 'GT', at, id)
  redis.call('ZREMRANGEBYSCORE', gone, '-inf', '(' .. since)
  redis.call('PEXPIRE', gone, ${unseenAfterMs})
  for i = 2, #KEYS do redis.call('ZREM', KEYS[i], ARGV[i + 2]) end
`;

/** Unless a heartbeat has written other entries meanwhile, which nobody would find any more. */
const forget = `
  if redis.call('HGET', KEYS[1], 'at') ~= ARGV[1] then return 0 end
  redis.call('DEL', KEYS[1])
  return 1
`;

const Known = z.array(z.string().nullable());

type Redis = Pick<RedisConnection, 'evaluate'>;

/** Heartbeats come every few seconds: one may cross a removal, three do not. */
const mostTries = 3;

/** Offline. What is noted of a captain goes last, for it says what is left to take when this was cut off. */
export async function removeCaptain(redis: Redis, id: string): Promise<void> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const noted = Known.parse(await redis.evaluate(begin, [captainKey(id)], []));
    const [at, cell, place, codes, left, leftPlace] = noted;
    if (!at || !cell) return;
    const entries = [{ cell, entry: `${place}${codes}.${id}` }];
    if (left) entries.push({ cell: left, entry: `${leftPlace}.${id}` });
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
