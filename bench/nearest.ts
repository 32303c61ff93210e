import { Cluster } from 'ioredis';
import { startRedis } from '../local/engines/redis.ts';
import { openGeoIndex, type GeoIndex } from '../src/fleet/geo-index.ts';
import { openGazetteer } from '../src/places/gazetteer.ts';
import type { Position } from '../src/places/position.ts';
import { openRedis } from '../src/platform/redis.ts';
import type { Benchmark, Measured } from './benchmark.ts';
import { captainsOfIndia, largest, randomFrom, type Captain } from './geo/captains.ts';
import { geoKey, loadGeo, loadIndex, loadRecords } from './geo/load-captains.ts';

const captainsCount = 1_000_000;
const recordsCount = 100_000;
const calls = 1000;
const warmUp = 100;
const count = 10;

interface Places {
  readonly what: string;
  readonly places: readonly Position[];
  readonly radiusKm: number;
  readonly kinds?: readonly string[];
  readonly atMost?: number;
}

const at = (latitude: number, longitude: number): Position => ({ latitude, longitude });
/** Off Goa, off Mangalore, between Madras and the Andamans, in the Bay of Bengal. */
const sea = [at(17, 71.5), at(13.4, 72.4), at(12.5, 85.5), at(17.5, 86.2)];
/** The Thar, eastern Ladakh, the forests of Bastar, the cape's waters. */
const desert = [at(26.9, 70.5), at(27.3, 70), at(34.5, 78.5), at(18.9, 80.9), at(7.5, 77.5)];
const country = [at(24.2, 76), at(23.9, 69.6), at(21.5, 82.5), at(26.2, 73.5), at(14.5, 78.2)];

export const nearest: Benchmark = {
  name: 'nearest',
  summary: `The nearest ${count} of ${captainsCount} captains, against one sorted set of all of them`,
  against: 'GEOSEARCH',
  run: async (say) => {
    const engine = await startRedis();
    const loader = new Cluster([engine.url], { enableAutoPipelining: true });
    const bare = new Cluster([engine.url]);
    const redis = openRedis({ ...engine, onConnect: () => undefined, onError: console.error });
    try {
      await Promise.all([loader.ping(), bare.ping(), redis.ping()]);
      const now = Date.now();
      await load(loader, now, say);
      const index = openGeoIndex({ redis, clock: { now: () => new Date(now) } });
      const cities = largest(await openGazetteer(), 20);
      say(`${calls} calls of each side in each kind of place`);
      const dense = { places: cities, radiusKm: 15 };
      const rows: Measured[] = [];
      for (const places of [
        { ...dense, what: 'in a city, 15 km', atMost: 0.5 },
        { ...dense, what: 'in a city, 100 km', radiusKm: 100, atMost: 0.5 },
        { what: 'at sea, 100 km', places: sea, radiusKm: 100, atMost: 1.5 },
        { what: 'in the desert, 100 km', places: desert, radiusKm: 100, atMost: 1.5 },
        { what: 'in the country, 100 km', places: country, radiusKm: 100, atMost: 1.5 },
        // GEOSEARCH knows no kinds: its side is the same as without.
        { ...dense, what: 'in a city, of a kind that many have', kinds: ['lcv_open_14_ft'] },
        { ...dense, what: 'in a city, of a kind that few have', kinds: ['bulker_32_t'] },
      ]) {
        rows.push(...(await measure(places, index, bare, say)));
      }
      return rows;
    } finally {
      for (const each of [loader, bare]) each.disconnect();
      redis.close();
      await engine.stop();
    }
  },
};

async function load(redis: Cluster, now: number, say: (progress: string) => void) {
  const captains = await captainsOfIndia(captainsCount, randomFrom(7));
  const grown = async (some: readonly Captain[], work: () => Promise<void>) => {
    const before = await usedMemory(redis);
    await work();
    return Math.round(((await usedMemory(redis)) - before) / some.length);
  };
  say('loading them for GEOSEARCH');
  const geo = await grown(captains, () => loadGeo(redis, captains));
  say('loading them into the index');
  const index = await grown(captains, () => loadIndex(redis, captains, now));
  const some = captains.slice(0, recordsCount);
  const record = await grown(some, () => loadRecords(redis, some, now));
  say(
    `memory per captain: GEO ${geo} bytes; cells and maps ${index}, what a heartbeat knows ${record}`,
  );
}

async function usedMemory(redis: Cluster): Promise<number> {
  const texts = await Promise.all(redis.nodes('master').map((node) => node.info('memory')));
  const sizes = texts.map((text) => Number(/used_memory:(\d+)/.exec(text)?.[1]));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Both sides in turn, each time from another spot: a kilometre or some from a place. */
async function measure(
  { what, places, radiusKm, kinds, atMost }: Places,
  index: GeoIndex,
  bare: Cluster,
  say: (progress: string) => void,
): Promise<readonly Measured[]> {
  const random = randomFrom(11);
  const beside = (degrees: number) => degrees + (random() - 0.5) * 0.08;
  const ours: number[] = [];
  const theirs: number[] = [];
  let [found, same] = [0, 0];
  for (let call = -warmUp; call < calls; call += 1) {
    const place = places[(call + warmUp) % places.length] ?? at(0, 0);
    const from = at(beside(place.latitude), beside(place.longitude));
    const start = performance.now();
    const answer = await index.nearest({ from, radiusKm, count, ...(kinds && { kinds }) });
    const between = performance.now();
    const geo = await geosearch(bare, from, radiusKm);
    const end = performance.now();
    if (call < 0) continue;
    ours.push(between - start);
    theirs.push(end - between);
    found += answer.length;
    if (answer.map(({ id }) => id).join() === String(geo)) same += 1;
  }
  // GEOSEARCH rounds to 60 cm: two who are so near to each other may change places.
  say(`${what}: ${(found / calls).toFixed(1)} found, ${same} of ${calls} answers are GEOSEARCH's`);
  return [0.5, 0.99].map((share) => {
    const [took, limit] = [quantile(ours, share), quantile(theirs, share)];
    const row = { what: `${what}, p${share * 100}`, took, limit, ratio: took / limit };
    return { ...row, ...(atMost !== undefined && { atMost }) };
  });
}

const geosearch = (redis: Cluster, { latitude, longitude }: Position, radiusKm: number) =>
  redis.geosearch(
    geoKey,
    'FROMLONLAT',
    longitude,
    latitude,
    'BYRADIUS',
    radiusKm,
    'km',
    'ASC',
    'COUNT',
    count,
  );

function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}
