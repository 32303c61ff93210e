import * as z from 'zod';
import { greatCircleKm, type Position } from '../places/position.ts';
import type { RedisConnection } from '../platform/redis.ts';
import { cellsOutwards, squaresWithin, type Cell } from './geo-cells.ts';
import { codeOf, entriesIn, hasAny, kindsOf } from './geo-entry.ts';
import { cellKey, entryLifeMs } from './geo-keys.ts';
import { readMaps } from './geo-map.ts';

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

/** In a town somebody is so near, and no map need be read. */
const nearKm = 1;
/** A wider search has had a narrow one before, or is made where nobody is near. */
const narrowKm = 20;
/** Cells of the first batch that a map names; each further batch is twice as many. */
const firstBatch = 32;
const largestBatch = 512;

/** The entries of cells in one slot that count, with when each was seen: `entry seen entry seen …`. */
const readCells = `
  local found = {}
  for i, cell in ipairs(KEYS) do
    local entries = redis.call('ZRANGEBYSCORE', cell, ARGV[1], '+inf', 'WITHSCORES')
    if #entries > 0 then
      found[#found + 1] = tostring(i)
      found[#found + 1] = table.concat(entries, ' ')
    end
  end
  return found
`;

const Found = z.array(z.string());

interface Seen {
  readonly id: string;
  readonly position: Position;
  readonly codes: string;
  readonly km: number;
  readonly at: number;
}

type Redis = Pick<RedisConnection, 'evaluate' | 'getRange'>;

/**
 * The nearest first. Cells are read outwards, a batch in one round trip, until nobody in a cell that was not
 * read can be nearer than the last of those found.
 */
export async function nearestCaptains(
  redis: Redis,
  wanted: Wanted,
  now: number,
): Promise<readonly NearCaptain[]> {
  const { from, radiusKm } = wanted;
  const kinds = (wanted.kinds ?? []).map(codeOf);
  // Who falls silent stands here 90 to 120 s more: whoever must know that somebody is online asks `present`.
  const since = now - entryLifeMs;
  const search = searchFor(wanted, kinds);
  const read = new Set<string>();
  const readAll = async (cells: readonly Cell[]) => {
    const fresh = cells.filter(({ name }) => !read.has(name));
    for (const { name } of fresh) read.add(name);
    await Promise.all(
      bySlot(fresh).map((together) => readSlot(redis, together, since, from, search.add)),
    );
  };

  if (radiusKm <= narrowKm) {
    const withinKm = Math.min(nearKm, radiusKm);
    await readAll([...cellsOutwards(from, withinKm, squaresWithin(from, withinKm))]);
    if (withinKm === radiusKm || search.needsKm() <= withinKm) return search.answer();
  }
  const squares = await readMaps(redis, from, radiusKm, kinds, { now, keptMs: entryLifeMs });
  for (const cells of batches(cellsOutwards(from, radiusKm, squares))) {
    const [nearest] = cells;
    if (nearest && search.needsKm() <= nearest.leastKm) break;
    await readAll(cells);
  }
  return search.answer();
}

/** Who was found so far. A captain that was found twice is where it was seen last. */
function searchFor({ radiusKm, count, exclude }: Wanted, kinds: readonly string[]) {
  const found = new Map<string, Seen>();
  const best = () =>
    [...found.values()]
      .filter(({ km, id, codes }) => km <= radiusKm && !exclude?.has(id) && hasAny(codes, kinds))
      .sort((a, b) => a.km - b.km)
      .slice(0, count);
  return {
    add: (seen: Seen) => {
      const known = found.get(seen.id);
      if (!known || known.at < seen.at) found.set(seen.id, seen);
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

async function readSlot(
  redis: Redis,
  cells: readonly Cell[],
  since: number,
  from: Position,
  add: (seen: Seen) => void,
): Promise<void> {
  const keys = cells.map(({ name }) => cellKey(name));
  const found = Found.parse(await redis.evaluate(readCells, keys, [since]));
  for (let at = 0; at + 1 < found.length; at += 2) {
    const cell = cells[Number(found[at]) - 1]?.name;
    const words = found[at + 1]?.split(' ');
    if (cell === undefined || words === undefined) continue;
    const read = entriesIn(cell);
    for (let word = 0; word + 1 < words.length; word += 2) {
      const { id, position, codes } = read(words[word] ?? '');
      add({ id, position, codes, km: greatCircleKm(from, position), at: Number(words[word + 1]) });
    }
  }
}

function bySlot(cells: readonly Cell[]): readonly (readonly Cell[])[] {
  return [...Map.groupBy(cells, ({ name }) => name.slice(0, 4)).values()];
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
