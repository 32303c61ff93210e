import { Cluster } from 'ioredis';
import { startRedis } from 'local-cloud/engines';
import { vehicleKinds } from '../src/catalogue/vehicle-kind.ts';
import { openRedis } from '../src/platform/redis/redis.ts';
import { median, type Benchmark, type Measured } from './benchmark.ts';
import { beatIndex } from './geo/beat-index.ts';
import { captainsOfIndia, randomFrom } from './geo/captains.ts';
import { startWeeloCloud } from './weelo-cloud.ts';

type Say = (progress: string) => void;
type Beaten = Awaited<ReturnType<typeof beatIndex>>;

const captainsCount = 480;
const atOnce = 32;
/** 0.7 of the rate. */
const atMost = 1 / 0.7;
const oneKind = ['open_17_ft'];
const thirtyKinds = vehicleKinds.slice(0, 30).map(({ key }) => key);

export const heartbeat: Benchmark = {
  name: 'heartbeat',
  summary: `What heartbeats of ${captainsCount} captains ask of Redis, and what they cost through the function`,
  against: 'bare or one',
  run: async (say) => [...(await atIndex(say)), ...(await atHandler(say))],
};

async function atIndex(say: Say): Promise<readonly Measured[]> {
  const engine = await startRedis();
  const redis = openRedis({ ...engine, onConnect: () => undefined, onError: console.error });
  const bare = new Cluster([engine.url]);
  const pipelined = new Cluster([engine.url], { enableAutoPipelining: true });
  try {
    await Promise.all([redis.ping(), bare.ping(), pipelined.ping()]);
    const captains = await captainsOfIndia(captainsCount, randomFrom(3));
    say('one after the other, as an environment of a function does it');
    const one = await beatIndex({ redis, bare, captains, kinds: oneKind, atOnce: 1 });
    const thirty = await beatIndex({ redis, bare, captains, kinds: thirtyKinds, atOnce: 1 });
    say(`${atOnce} at once`);
    const crowd = await beatIndex({ redis, bare: pipelined, captains, kinds: oneKind, atOnce });
    return [
      rate('a heartbeat, mean, its commands bare', one),
      row('a heartbeat, median, bare', median(one.ours), median(one.floor)),
      rate('30 kinds, mean, bare', thirty),
      row('30 kinds, median, against one kind', median(thirty.ours), median(one.ours), 1.5),
      row('30 kinds, mean, against one kind', mean(thirty.ours), mean(one.ours)),
      rate(`${atOnce} at once, mean, pipelined bare`, crowd),
    ];
  } finally {
    for (const each of [bare, pipelined]) each.disconnect();
    redis.close();
    await engine.stop();
  }
}

async function atHandler(say: Say): Promise<readonly Measured[]> {
  const cloud = await startWeeloCloud(say);
  try {
    // Before anything is loaded that reads its settings at once.
    Object.assign(process.env, cloud.processOf('fleet').variables);
    const { beatHandler } = await import('./geo/beat-handler.ts');
    say('POST heartbeat in a warm function');
    const { small, large } = await beatHandler(cloud.processOf('auth').variables);
    const what = 'POST heartbeat, 200 vehicles of 30 kinds, against one vehicle';
    return [
      row(`${what}, median`, median(large), median(small), 1.5),
      row(`${what}, mean`, mean(large), mean(small)),
    ];
  } finally {
    await cloud.stop();
  }
}

/** That of the middle half minute: what else the machine did in one of them says nothing. */
function rate(what: string, { ours, floor, rounds }: Beaten): Measured {
  return { ...row(what, mean(ours), mean(floor), atMost), ratio: median(rounds) };
}

function row(what: string, took: number, limit: number, most?: number): Measured {
  return { what, took, limit, ratio: took / limit, ...(most !== undefined && { atMost: most }) };
}

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
