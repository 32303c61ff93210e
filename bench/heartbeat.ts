import { Cluster } from 'ioredis';
import { startRedis } from '../local/engines/redis.ts';
import { vehicleKinds } from '../src/catalogue/vehicle-kind.ts';
import { codesOf } from '../src/fleet/geo-entry.ts';
import { openGeoIndex } from '../src/fleet/geo-index.ts';
import { kindsKey } from '../src/fleet/geo-keys.ts';
import { openRedis, type RedisConnection } from '../src/platform/redis.ts';
import { median, type Benchmark, type Measured } from './benchmark.ts';
import { captainsOfIndia, randomFrom, type Captain } from './geo/captains.ts';
import type { RedisQuestion } from './login/bare-questions.ts';

const captainsCount = 480;
const warmUpBeats = 12;
/** Three minutes of each captain's time. */
const beats = 36;
const beatMs = 5000;
const atOnce = 32;
/** 0.7 of the rate. */
const atMost = 1 / 0.7;
const oneKind = ['open_17_ft'];
const thirtyKinds = vehicleKinds.slice(0, 30).map(({ key }) => key);

export const heartbeat: Benchmark = {
  name: 'heartbeat',
  summary: `What heartbeats of ${captainsCount} captains ask of Redis, over three minutes of their time`,
  against: 'bare or one',
  run: async (say) => {
    const engine = await startRedis();
    const redis = openRedis({ ...engine, onConnect: () => undefined, onError: console.error });
    const bare = new Cluster([engine.url]);
    const pipelined = new Cluster([engine.url], { enableAutoPipelining: true });
    try {
      await Promise.all([redis.ping(), bare.ping(), pipelined.ping()]);
      const captains = await captainsOfIndia(captainsCount, randomFrom(3));
      say('one after the other, as an environment of a function does it');
      const one = await beat({ redis, bare, captains, kinds: oneKind, atOnce: 1 });
      const thirty = await beat({ redis, bare, captains, kinds: thirtyKinds, atOnce: 1 });
      say(`${atOnce} at once`);
      const crowd = await beat({ redis, bare: pipelined, captains, kinds: oneKind, atOnce });
      return [
        row('a heartbeat, mean, its commands bare', mean(one.ours), mean(one.floor), atMost),
        row('a heartbeat, median, bare', median(one.ours), median(one.floor)),
        row('30 kinds, mean, bare', mean(thirty.ours), mean(thirty.floor), atMost),
        row('30 kinds, median, against one kind', median(thirty.ours), median(one.ours), 1.5),
        row('30 kinds, mean, against one kind', mean(thirty.ours), mean(one.ours)),
        row(`${atOnce} heartbeats at once, pipelined bare`, mean(crowd.ours), mean(crowd.floor)),
      ];
    } finally {
      for (const each of [bare, pipelined]) each.disconnect();
      redis.close();
      await engine.stop();
    }
  },
};

interface Round {
  readonly redis: RedisConnection;
  readonly bare: Cluster;
  readonly captains: readonly Captain[];
  readonly kinds: readonly string[];
  readonly atOnce: number;
}

let now = Date.now();

/** The same slot, the same work, but nothing that the index has done there already. */
const besides = (key: string) => `bare:${key}`;

/** Each turn by the index, and then the very commands that it asked, all at once and by a bare client. */
async function beat({ redis, bare, captains, kinds, atOnce }: Round) {
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
  for (let turn = -warmUpBeats; turn < beats; turn += 1) {
    now += beatMs;
    for (let first = 0; first < captains.length; first += atOnce) {
      const some = captains.slice(first, first + atOnce).map(({ id, position }, number) => {
        // Every third truck is on its way, at 40 km/h.
        const north = (first + number) % 3 === 0 ? (turn * beatMs) / 1e7 : 0;
        const spot = { ...position, latitude: position.latitude + north };
        return { id, position: spot, readKinds: () => Promise.resolve(kinds) };
      });
      asked.length = 0;
      const start = performance.now();
      await Promise.all(some.map((each) => index.place(each)));
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
  }
  return times;
}

function row(what: string, took: number, limit: number, most?: number): Measured {
  return { what, took, limit, ratio: took / limit, ...(most !== undefined && { atMost: most }) };
}

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
