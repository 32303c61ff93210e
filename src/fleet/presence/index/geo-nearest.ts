import { greatCircleKm, type Position } from '../../../places/position.ts';
import type { RedisConnection } from '../../../platform/redis/redis.ts';
import { areasAround, cellsOutwards, squaresWithin, type Cell } from './geo-cells.ts';
import { codeOf, kindsOf } from './geo-entry.ts';
import { unseenAfterMs } from './geo-keys.ts';
import { readMaps } from './geo-map.ts';
import { readCells, type SeenEntry } from './geo-read.ts';

export interface Wanted {
  readonly from: Position;
  readonly radiusKm: number;
  readonly count: number;
  /** Only captains with at least one of these kinds. Default: all captains. */
  readonly kinds?: readonly string[];
  readonly exclude?: ReadonlySet<string>;
}

export interface NearCaptain {
  readonly id: string;
  readonly position: Position;
  readonly distanceKm: number;
  readonly kinds: readonly string[];
}

/** If no more than this are wanted, a town has them within `nearKm`, and no map need be read. */
const some = 50;
const nearKm = 1;
/** A large town has five hundred captains within this distance. */
const cityKm = 4;
/** A search wider than this follows a narrow one, or is made where nobody is near. So it reads the maps first. */
const narrowKm = 20;
/** How many cells the first batch has, once the maps are read. Each further batch has twice as many. */
const firstBatch = 32;
const largestBatch = 512;

type Redis = Pick<RedisConnection, 'evaluate' | 'getRange'>;

/**
 * The nearest captains, nearest first. Cells are read outwards, each batch in one round trip. Reading stops when nobody
 * in an unread cell can be nearer than the last captain needed.
 */
export async function nearestCaptains(
  redis: Redis,
  wanted: Wanted,
  now: number,
): Promise<readonly NearCaptain[]> {
  const search = openSearch(redis, wanted, now);
  const areMany = wanted.radiusKm <= narrowKm && wanted.count > some;
  await (areMany ? readMany(search, wanted) : readSome(search, wanted));
  return search.answer();
}

/**
 * At most four questions to Redis. In one area: a map and two batches. In two areas: a map and a batch of each. In four
 * areas: a batch of each, and no map.
 */
async function readMany(search: Search, { from, radiusKm }: Wanted): Promise<void> {
  const areas = areasAround(from, radiusKm);
  // Where four areas meet, four maps may meet, too. Reading them would cost more questions than it saves.
  const squares = areas > 2 ? squaresWithin(from, radiusKm) : await search.markedSquares();
  for (const withinKm of areas === 1 ? [cityKm, radiusKm] : [radiusKm]) {
    await search.read([...cellsOutwards(from, withinKm, squares)]);
    if (search.needsKm() <= withinKm) return;
  }
}

async function readSome(search: Search, { from, radiusKm }: Wanted): Promise<void> {
  if (radiusKm <= narrowKm) {
    const withinKm = Math.min(nearKm, radiusKm);
    await search.read([...cellsOutwards(from, withinKm, squaresWithin(from, withinKm))]);
    if (withinKm === radiusKm || search.needsKm() <= withinKm) return;
  }
  for (const cells of batches(cellsOutwards(from, radiusKm, await search.markedSquares()))) {
    const [nearest] = cells;
    if (nearest && search.needsKm() <= nearest.leastKm) return;
    await search.read(cells);
  }
}

type Search = ReturnType<typeof openSearch>;

/** What was read and found so far. If a captain is found twice, the newer entry counts. */
function openSearch(redis: Redis, wanted: Wanted, now: number) {
  const { from, radiusKm, count, exclude } = wanted;
  const codes = (wanted.kinds ?? []).map(codeOf);
  const which = { since: now - unseenAfterMs, codes, enough: count + (exclude?.size ?? 0) };
  const read = new Set<string>();
  const found = new Map<string, SeenEntry & { readonly km: number }>();
  const best = () =>
    [...found.values()]
      .filter(({ km, id }) => km <= radiusKm && !exclude?.has(id))
      .sort((a, b) => a.km - b.km)
      .slice(0, count);
  return {
    read: async (cells: readonly Cell[]) => {
      const fresh = cells.filter(({ name }) => !read.has(name));
      for (const { name } of fresh) read.add(name);
      for (const entry of await readCells(redis, fresh, which)) {
        const known = found.get(entry.id);
        if (known && known.at >= entry.at) continue;
        found.set(entry.id, { ...entry, km: greatCircleKm(from, entry.position) });
      }
    },
    markedSquares: () => readMaps(redis, from, radiusKm, codes, { now, keptMs: unseenAfterMs }),
    /** How far out to read, in km. Once enough captains are found, one who is further away is not wanted. */
    needsKm: () => best()[count - 1]?.km ?? Infinity,
    answer: (): readonly NearCaptain[] =>
      best().map(({ id, position, km, codes: kinds }) => ({
        id,
        position,
        distanceKm: km,
        kinds: kindsOf(kinds),
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
