import type { Cluster } from 'ioredis';
import { codesOf } from '../../src/fleet/presence/index/geo-entry.ts';
import { openGeoIndex } from '../../src/fleet/presence/index/geo-index.ts';
import { kindsKey } from '../../src/fleet/presence/index/geo-keys.ts';
import type { RedisConnection } from '../../src/platform/redis/redis.ts';
import type { RedisQuestion } from '../login/bare-questions.ts';
import type { Captain } from './captains.ts';
import { beatMs, onTheRoad } from './on-the-road.ts';

const warmUpBeats = 12;
/** Eight minutes of each captain's time. */
const beats = 96;
/** Half a minute: who stands still is written once in it. */
const beatsInRound = 6;

interface Drive {
  readonly redis: RedisConnection;
  readonly bare: Cluster;
  readonly captains: readonly Captain[];
  readonly kinds: readonly string[];
  readonly atOnce: number;
}

let now = Date.now();

/** The same slot, the same work, but nothing that the index has done there already. */
const besides = (key: string) => `bare:${key}`;

/**
 * Each turn by the index, and then the very commands that it asked, all at once and by a bare client. `rounds`: how
 * much longer the index took for all the heartbeats of half a minute.
 */
export async function beatIndex({ redis, bare, captains, kinds, atOnce }: Drive) {
  const asked: Parameters<RedisConnection['evaluate']>[] = [];
  const index = openGeoIndex({
    redis: {
      ...redis,
      evaluate: (...question) => {
        asked.push(question);
        return redis.evaluate(...question);
      },
    },
    clock: { now: () => new Date(now) },
  });
  for (const { id } of captains) {
    await index.forgetKinds(id);
    await bare.set(besides(kindsKey(id)), codesOf(kinds).join(''));
  }
  const times = { ours: new Array<number>(), floor: new Array<number>() };
  const rounds: number[] = [];
  for (let turn = -warmUpBeats; turn < beats; turn += 1) {
    now += beatMs;
    for (let first = 0; first < captains.length; first += atOnce) {
      const some = captains.slice(first, first + atOnce).map(({ id, position }, number) => ({
        id,
        position: onTheRoad(position, first + number, turn * beatMs),
        readKinds: () => Promise.resolve(kinds),
      }));
      asked.length = 0;
      const start = performance.now();
      await Promise.all(some.map((each) => index.noteHeartbeat(each)));
      const took = performance.now() - start;
      const questions = asked.map(([script, keys, args]): RedisQuestion => [
        script,
        keys.length,
        ...keys.map(besides),
        ...args,
      ]);
      const again = performance.now();
      await Promise.all(questions.map((question) => bare.eval(...question)));
      const limit = performance.now() - again;
      if (turn < 0) continue;
      times.ours.push(took);
      times.floor.push(limit);
    }
    if (turn < 0 || (turn + 1) % beatsInRound > 0) continue;
    const calls = beatsInRound * Math.ceil(captains.length / atOnce);
    rounds.push(sum(times.ours.slice(-calls)) / sum(times.floor.slice(-calls)));
  }
  return { ...times, rounds };
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
