import { Cluster } from 'ioredis';
import { startRedis } from 'local-cloud/engines';
import { openGeoIndex, type GeoIndex } from '../src/fleet/presence/index/geo-index.ts';
import { openGazetteer } from '../src/places/gazetteer/gazetteer.ts';
import { greatCircleKm, type Position } from '../src/places/position.ts';
import { openPostgres } from '../src/platform/postgres/postgres.ts';
import { SERVICE } from '../test/support/engines/database-server.ts';
import { startOwnPostgres } from '../test/support/engines/own-postgres.ts';
import type { Benchmark, Measured } from './benchmark.ts';
import { measureAt } from './geo/at-places.ts';
import { freeTrucks } from './geo/free-trucks.ts';
import { captainsOfIndia, largest, randomFrom, type Captain } from './geo/captains.ts';
import { geoKey, loadGeo, loadGeoKinds, loadIndex, loadRecords } from './geo/load-captains.ts';
import { storeVehicles } from './geo/stored-vehicles.ts';

const captainsCount = 1_000_000;
const calls = 1000;
const count = 10;
/** Whoever a search may find from beside a place. */
const withinReachKm = 25;

type Say = (progress: string) => void;

const at = (latitude: number, longitude: number): Position => ({ latitude, longitude });
/** Off Goa, off Mangalore, between Madras and the Andamans, in the Bay of Bengal. */
const sea = [at(17, 71.5), at(13.4, 72.4), at(12.5, 85.5), at(17.5, 86.2)];
/** The Thar, eastern Ladakh, the forests of Bastar, the cape's waters. */
const desert = [at(26.9, 70.5), at(27.3, 70), at(34.5, 78.5), at(18.9, 80.9), at(7.5, 77.5)];
const country = [at(24.2, 76), at(23.9, 69.6), at(21.5, 82.5), at(26.2, 73.5), at(14.5, 78.2)];

export const nearest: Benchmark = {
  name: 'nearest',
  summary: `Who is near, of ${captainsCount} captains: the nearest ${count}, and a customer's search for free trucks`,
  against: 'GEOSEARCH',
  run: async (say) => {
    const engine = await startRedis();
    const own = await startOwnPostgres();
    const loader = new Cluster([engine.url], { enableAutoPipelining: true });
    const bare = new Cluster([engine.url]);
    const postgres = openPostgres({
      host: '127.0.0.1',
      port: own.port,
      database: own.database,
      tls: 'off',
      credentials: () => Promise.resolve(SERVICE),
      onError: console.error,
    });
    try {
      await Promise.all([loader.ping(), bare.ping()]);
      const now = Date.now();
      const cities = largest(await openGazetteer(), 20);
      const captains = await captainsOfIndia(captainsCount, randomFrom(7));
      const near = captains.filter(({ position }) =>
        [...cities, ...country].some((place) => greatCircleKm(place, position) < withinReachKm),
      );
      await load(loader, { captains, near, now }, say);
      say(`storing the vehicles of ${near.length} who are near the places of searches`);
      await storeVehicles(own, near);
      await loadGeoKinds(loader, near, now);
      const index = openGeoIndex({
        // The functions' own connection gives up after 300 ms: a busy machine would end the measurement.
        redis: {
          evaluate: (script, keys, args) => bare.eval(script, keys.length, ...keys, ...args),
          getRange: (key, first, last) => bare.getrange(key, first, last),
        },
        clock: { now: () => new Date(now) },
      });
      return [
        ...(await nearestTen({ index, bare, cities }, say)),
        ...(await freeTrucks({ geo: index, bare, postgres, now }, { cities, country }, say)),
      ];
    } finally {
      for (const each of [loader, bare]) each.disconnect();
      await postgres.close();
      await Promise.all([engine.stop(), own.stop()]);
    }
  },
};

interface Places {
  readonly what: string;
  readonly places: readonly Position[];
  readonly radiusKm: number;
  readonly kinds?: readonly string[];
  readonly atMost?: number;
}

interface Sides {
  readonly index: GeoIndex;
  readonly bare: Cluster;
  readonly cities: readonly Position[];
}

/** What a wave of offers asks. */
async function nearestTen({ index, bare, cities }: Sides, say: Say): Promise<readonly Measured[]> {
  say(`${calls} calls of each side in each kind of place`);
  const dense = { places: cities, radiusKm: 15 };
  const rows: Measured[] = [];
  const kindsOfPlaces: readonly Places[] = [
    { ...dense, what: 'in a city, 15 km', atMost: 0.5 },
    { ...dense, what: 'in a city, 100 km', radiusKm: 100, atMost: 0.5 },
    { what: 'at sea, 100 km', places: sea, radiusKm: 100, atMost: 1.5 },
    { what: 'in the desert, 100 km', places: desert, radiusKm: 100, atMost: 1.5 },
    { what: 'in the country, 100 km', places: country, radiusKm: 100, atMost: 1.5 },
    // GEOSEARCH knows no kinds: its side is the same as without.
    { ...dense, what: 'in a city, of a kind that many have', kinds: ['lcv_open_14_ft'] },
    { ...dense, what: 'in a city, of a kind that few have', kinds: ['bulker_32_t'] },
  ];
  for (const { radiusKm, kinds, ...places } of kindsOfPlaces) {
    const ours = async (from: Position) => {
      const found = await index.nearest({ from, radiusKm, count, ...(kinds && { kinds }) });
      return found.map(({ id }) => id);
    };
    const theirs = async ({ latitude, longitude }: Position) => {
      const circle = ['FROMLONLAT', longitude, latitude, 'BYRADIUS', radiusKm, 'km', 'ASC'];
      return String(await bare.call('GEOSEARCH', geoKey, ...circle, 'COUNT', count)).split(',');
    };
    const tell = (ids: readonly string[]) => ({ found: ids.length, facts: ids.join() });
    rows.push(...(await measureAt({ ...places, calls, ours, theirs, tell }, say)));
  }
  return rows;
}

interface Loaded {
  readonly captains: readonly Captain[];
  readonly near: readonly Captain[];
  readonly now: number;
}

async function load(redis: Cluster, { captains, near, now }: Loaded, say: Say) {
  const grown = async (some: readonly Captain[], work: () => Promise<void>) => {
    const before = await usedMemory(redis);
    await work();
    return Math.round(((await usedMemory(redis)) - before) / some.length);
  };
  say('loading them for GEOSEARCH');
  const geo = await grown(captains, () => loadGeo(redis, captains));
  say('loading them into the index');
  const index = await grown(captains, () => loadIndex(redis, captains, now));
  const record = await grown(near, () => loadRecords(redis, near, now));
  say(
    `memory per captain: GEO ${geo} bytes; cells and maps ${index}, what a heartbeat knows ${record}`,
  );
}

async function usedMemory(redis: Cluster): Promise<number> {
  const texts = await Promise.all(redis.nodes('master').map((node) => node.info('memory')));
  const sizes = texts.map((text) => Number(/used_memory:(\d+)/.exec(text)?.[1]));
  return sizes.reduce((sum, size) => sum + size, 0);
}
