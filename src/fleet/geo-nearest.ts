import { greatCircleKm, type Position } from '../places/position.ts';
import type { RedisConnection } from '../platform/redis.ts';
import { areasAround, cellsOutwards, squaresWithin, type Cell } from './geo-cells.ts';
import { codeOf, hasAny, kindsOf } from './geo-entry.ts';
import { unseenAfterMs } from './geo-keys.ts';
import { readMaps } from './geo-map.ts';
import { readCells, type SeenEntry } from './geo-read.ts';

export interface Wanted {
  readonly from: Position;
  readonly radiusKm: number;
  readonly count: number;
  /** Whoever has any of these; without them, everybody. */
  readonly kinds?: readonly string[];
  readonly exclude?: ReadonlySet<string>;
}

export interface NearCaptain {
  readonly id: string;
  readonly position: Position;
  readonly distanceKm: number;
  readonly kinds: readonly string[];
}

/** Where no more are wanted, a town has them so near that no map need be read. */
const some = 50;
const nearKm = 1;
/** A large town has five hundred so near. */
const cityKm = 4;
/** A wider search has had a narrow one before, or is made where nobody is near. */
const narrowKm = 20;
/** Cells of the first batch that a map names; each further batch is twice as many. */
const firstBatch = 32;
const largestBatch = 512;

type Redis = Pick<RedisConnection, 'evaluate' | 'getRange'>;

/**
 * The nearest first. Cells are read outwards, a batch in one round trip, until nobody in a cell that was not read
 * can be nearer than the last of those found. More than fifty within 20 km are looked for in one batch, or
 * two where they lie in one area: in at most four questions.
 */
export async function nearestCaptains(
  redis: Redis,
  wanted: Wanted,
  now: number,
): Promise<readonly NearCaptain[]> {
  const { from, radiusKm, count, exclude } = wanted;
  const codes = (wanted.kinds ?? []).map(codeOf);
  const search = searchFor(wanted, codes);
  const which = { since: now - unseenAfterMs, codes, enough: count + (exclude?.size ?? 0) };
  const read = new Set<string>();
  const readAll = async (cells: readonly Cell[]) => {
    const fresh = cells.filter(({ name }) => !read.has(name));
    for (const { name } of fresh) read.add(name);
    for (const entry of await readCells(redis, fresh, which)) search.add(entry);
  };
  const marked = () => readMaps(redis, from, radiusKm, codes, { now, keptMs: unseenAfterMs });

  if (radiusKm <= narrowKm && count > some) {
    const areas = areasAround(from, radiusKm);
    // Where four areas meet, four maps may meet, too: they would cost more questions than they save.
    const squares = areas > 2 ? squaresWithin(from, radiusKm) : await marked();
    for (const withinKm of areas === 1 ? [cityKm, radiusKm] : [radiusKm]) {
      await readAll([...cellsOutwards(from, withinKm, squares)]);
      if (search.needsKm() <= withinKm) break;
    }
    return search.answer();
  }
  if (radiusKm <= narrowKm) {
    const withinKm = Math.min(nearKm, radiusKm);
    await readAll([...cellsOutwards(from, withinKm, squaresWithin(from, withinKm))]);
    if (withinKm === radiusKm || search.needsKm() <= withinKm) return search.answer();
  }
  for (const cells of batches(cellsOutwards(from, radiusKm, await marked()))) {
    const [nearest] = cells;
    if (nearest && search.needsKm() <= nearest.leastKm) break;
    await readAll(cells);
  }
  return search.answer();
}

/** Who was found so far. A captain that was found twice is where it was seen last. */
function searchFor({ from, radiusKm, count, exclude }: Wanted, kinds: readonly string[]) {
  const found = new Map<string, SeenEntry & { readonly km: number }>();
  const best = () =>
    [...found.values()]
      .filter(({ km, id, codes }) => km <= radiusKm && !exclude?.has(id) && hasAny(codes, kinds))
      .sort((a, b) => a.km - b.km)
      .slice(0, count);
  return {
    add: (seen: SeenEntry) => {
      const known = found.get(seen.id);
      if (known && known.at >= seen.at) return;
      found.set(seen.id, { ...seen, km: greatCircleKm(from, seen.position) });
    },
    /** How far must be looked at the most: whoever is further away than this is not wanted. */
    needsKm: () => best()[count - 1]?.km ?? Infinity,
    answer: () =>
      best().map(({ id, position, km, codes }) => ({
        id,
        position,
        distanceKm: km,
        kinds: kindsOf(codes),
      })),
  };
}

function* batches(cells: Iterable<Cell>): Generator<readonly Cell[]> {
  let size = firstBatch;
  let batch: Cell[] = [];
  for (const cell of cells) {
    batch.push(cell);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
    size = Math.min(size * 2, largestBatch);
  }
  if (batch.length > 0) yield batch;
}
