import type { Cluster } from 'ioredis';
import { vehicleKinds } from '../../src/catalogue/vehicle-kind.ts';
import { cellAt } from '../../src/fleet/presence/index/geo-cells.ts';
import {
  asKept,
  codesOf,
  entryOf,
  offsetInCell,
} from '../../src/fleet/presence/index/geo-entry.ts';
import { captainKey, cellKey, kindsKey } from '../../src/fleet/presence/index/geo-keys.ts';
import { markMaps } from '../../src/fleet/presence/index/geo-map.ts';
import type { Captain } from './captains.ts';

/** Everybody in one sorted set, for `GEOSEARCH`. */
export const geoKey = 'bench:geo';
/** Those who have a kind, and when everybody was seen, for searches with `GEOSEARCH`. */
export const kindGeoKey = (kind: string) => `bench:geo:${kind}`;
export const seenKey = 'bench:seen';

/** Longer than a benchmark takes: what the index keeps for 90 s would be gone before all of it is there. */
const keptMs = 3_600_000;
const atATime = 2000;

export async function loadGeo(
  redis: Cluster,
  captains: readonly Captain[],
  key = geoKey,
): Promise<void> {
  for (let at = 0; at < captains.length; at += atATime) {
    const some = captains.slice(at, at + atATime);
    const members = some.flatMap(({ id, position }) => [position.longitude, position.latitude, id]);
    await redis.call('GEOADD', key, ...members);
  }
}

/** By kind, and when they were seen. */
export async function loadGeoKinds(redis: Cluster, captains: readonly Captain[], now: number) {
  for (const { key } of vehicleKinds) {
    const able = captains.filter(({ kinds }) => kinds.includes(key));
    await loadGeo(redis, able, kindGeoKey(key));
  }
  for (let at = 0; at < captains.length; at += atATime) {
    const some = captains.slice(at, at + atATime);
    await redis.zadd(seenKey, ...some.flatMap(({ id }) => [now, id]));
  }
}

/** Cells and maps, as they are after a heartbeat of everybody at this time, but written with fewer commands. */
export async function loadIndex(redis: Cluster, captains: readonly Captain[], now: number) {
  const cells = new Map<string, (string | number)[]>();
  const kindsOfSquares = new Map<string, { readonly cell: string; readonly codes: Set<string> }>();
  for (const { id, position, kinds } of captains) {
    const { cell, place, codes } = whereabouts(position, kinds);
    const members = cells.get(cell) ?? [];
    members.push(now, entryOf(place, codes.join(''), id));
    cells.set(cell, members);
    const square = kindsOfSquares.get(cell.slice(0, 5)) ?? { cell, codes: new Set() };
    for (const code of codes) square.codes.add(code);
    kindsOfSquares.set(cell.slice(0, 5), square);
  }
  await inBatches(cells, async ([cell, members]) => {
    const key = cellKey(cell);
    await Promise.all([redis.zadd(key, ...members), redis.pexpire(key, keptMs)]);
  });
  const evaluate = (script: string, keys: readonly string[], args: readonly (string | number)[]) =>
    redis.eval(script, keys.length, ...keys, ...args);
  await inBatches(kindsOfSquares.values(), ({ cell, codes }) =>
    markMaps({ evaluate }, cell, [...codes], { now, keptMs }),
  );
}

/** What a heartbeat keeps of each captain by itself. */
export async function loadRecords(redis: Cluster, captains: readonly Captain[], now: number) {
  await inBatches(captains, async ({ id, position, kinds }) => {
    const { cell, place, codes } = whereabouts(position, kinds);
    const written = codes.join('');
    const key = captainKey(id);
    await Promise.all([
      redis.hset(key, { seen: now, cell, place, codes: written, at: now, sure: 1 }),
      redis.pexpire(key, keptMs),
      redis.set(kindsKey(id), written, 'PX', keptMs),
    ]);
  });
}

const knownCodes = new Map<string, readonly string[]>();

function whereabouts(exact: Captain['position'], kinds: readonly string[]) {
  const position = asKept(exact);
  const cell = cellAt(position);
  const codes = knownCodes.get(kinds.join()) ?? codesOf(kinds);
  knownCodes.set(kinds.join(), codes);
  return { cell, place: offsetInCell(position, cell), codes };
}

async function inBatches<T>(all: Iterable<T>, work: (each: T) => Promise<unknown>): Promise<void> {
  let batch: T[] = [];
  for (const each of all) {
    batch.push(each);
    if (batch.length < atATime) continue;
    await Promise.all(batch.map(work));
    batch = [];
  }
  await Promise.all(batch.map(work));
}
