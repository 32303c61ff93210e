import type { Cluster } from 'ioredis';
import * as z from 'zod';
import { vehicleKinds } from '../../src/catalogue/vehicle-kind.ts';
import { estimateRoute } from '../../src/places/estimate-route.ts';
import { freeNearby, type FreeNearby } from '../../src/fleet/presence/free-nearby.ts';
import type { GeoIndex } from '../../src/fleet/presence/index/geo-index.ts';
import { freeTrucksOf } from '../../src/orders/holds/free-trucks.ts';
import type { Position } from '../../src/places/position.ts';
import type { Postgres } from '../../src/platform/postgres/postgres.ts';
import { geoKey, kindGeoKey, seenKey } from './load-captains.ts';

const radiusKm = 15;
const count = 500;
const unseenAfterMs = 90_000;

interface Stores {
  readonly geo: Pick<GeoIndex, 'nearest'>;
  readonly bare: Cluster;
  readonly postgres: Postgres;
  readonly now: number;
}

interface Near {
  readonly id: string;
  readonly km: number;
  readonly position: Position;
}

/**
 * `freeNearby` as the product calls it, and what would take its place with `GEOSEARCH`: a sorted set of everybody and
 * one of each kind, one of when each was seen, and the very same statement. It asks for the five hundred nearest, and
 * once more for the kinds of which none of those has one free, as the product does.
 */
export function searchSides({ geo, bare, postgres, now }: Stores) {
  const countFree = (ids: readonly string[], kinds: readonly string[]) =>
    postgres.run((db) => freeTrucksOf(db, ids, kinds));
  const freeOf = async (near: readonly Near[], from: Position, kinds: readonly string[]) => {
    const found = new Map<string, { vehicles: number; nearestMinutes: number }>();
    if (near.length === 0) return found;
    const seen = Scores.parse(await bare.zmscore(seenKey, ...near.map(({ id }) => id)));
    const online = near.filter((_, at) => Number(seen[at] ?? 0) > now - unseenAfterMs);
    const ids = online.map(({ id }) => id);
    const rows = (await countFree(ids, kinds)).filter(({ free }) => free > 0);
    const rowsOf = Map.groupBy(rows, ({ transporterId }) => transporterId);
    for (const { id, position } of online) {
      for (const { vehicleKey, free: vehicles } of rowsOf.get(id) ?? []) {
        const nearestMinutes = estimateRoute(position, from).durationMinutes;
        const known = found.get(vehicleKey) ?? { vehicles: 0, nearestMinutes };
        found.set(vehicleKey, { ...known, vehicles: known.vehicles + vehicles });
      }
    }
    return found;
  };
  const nearest = async (from: Position, kinds: readonly string[]) => {
    const keys = kinds.length === vehicleKinds.length ? [geoKey] : kinds.map(kindGeoKey);
    const all = await Promise.all(keys.map((key) => geosearch(bare, key, from)));
    const byId = new Map(all.flat().map((each) => [each.id, each]));
    return [...byId.values()].sort((a, b) => a.km - b.km).slice(0, count);
  };

  return {
    ours: (from: Position, kinds: readonly string[]): Promise<FreeNearby> =>
      freeNearby({ from, kinds }, { geo, freeTrucksOf: countFree }),
    theirs: async (from: Position, kinds: readonly string[]): Promise<FreeNearby> => {
      const near = await nearest(from, kinds);
      const found = await freeOf(near, from, kinds);
      const missing = kinds.filter((kind) => !found.has(kind));
      if (near.length < count || missing.length === 0) return found;
      const others = await freeOf(await nearest(from, missing), from, missing);
      return new Map([...found, ...others]);
    },
  };
}

const Scores = z.array(z.string().nullable());
const Found = z.array(z.tuple([z.string(), z.string(), z.tuple([z.string(), z.string()])]));

async function geosearch(bare: Cluster, key: string, { latitude, longitude }: Position) {
  const circle = ['FROMLONLAT', longitude, latitude, 'BYRADIUS', radiusKm, 'km', 'ASC'];
  const answer = await bare.call(
    'GEOSEARCH',
    key,
    ...circle,
    'COUNT',
    count,
    'WITHCOORD',
    'WITHDIST',
  );
  return Found.parse(answer).map(([id, km, [east, north]]) => ({
    id,
    km: Number(km),
    position: { latitude: Number(north), longitude: Number(east) },
  }));
}
