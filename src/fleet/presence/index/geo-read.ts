import * as z from 'zod';
import type { Position } from '../../../places/position.ts';
import type { RedisConnection } from '../../../platform/redis/redis.ts';
import type { Cell } from './geo-cells.ts';
import { entriesIn } from './geo-entry.ts';
import { areaOf, cellKey } from './geo-keys.ts';

export interface SeenEntry {
  readonly id: string;
  readonly position: Position;
  readonly codes: string;
  /** When it was written. */
  readonly at: number;
}

interface Which {
  /** Entries that were written earlier do not count. */
  readonly since: number;
  /** Only captains with at least one of these kinds. If empty, all captains. */
  readonly codes: readonly string[];
  /** How many of the nearest captains are wanted. In each area, reading stops once they are known. */
  readonly enough: number;
}

/** Cells are read in rings of this width. */
const ringKm = 0.35;
/** This many rings are wider than a cell's diagonal, 1.37 km. */
const ringsPerCell = 4;

/**
 * Reads cells ring by ring. The last cell of ring n is the key number ARGV[3 + n]. When enough captains are found, the
 * next rings are still read, as far as a cell's diagonal: somebody there may be nearer than the last one found.
 * Answers `cell entries cell entries …`, the entries as `entry at entry at …`. The kinds of an entry begin with its
 * ninth character and end at its dot.
 */
const readRings = `
  local since, enough, codes = ARGV[1], tonumber(ARGV[2]), ARGV[3]
  local wanted = {}
  for code in codes:gmatch('..') do wanted[code] = true end

  local function hasAny(entry)
    for at = 9, entry:find('.', 9, true) - 1, 2 do
      if wanted[entry:sub(at, at + 1)] then return true end
    end
  end
  local function chosen(entries)
    if codes == '' then return entries end
    local some = {}
    for i = 1, #entries, 2 do
      if hasAny(entries[i]) then
        some[#some + 1] = entries[i]
        some[#some + 1] = entries[i + 1]
      end
    end
    return some
  end

  local answer, found, read, further = {}, 0, 0, ${ringsPerCell}
  for ring = 4, #ARGV do
    local last = tonumber(ARGV[ring])
    for i = read + 1, last do
      local entries = chosen(redis.call('ZRANGEBYSCORE', KEYS[i], since, '+inf', 'WITHSCORES'))
      if #entries > 0 then
        found = found + #entries / 2
        answer[#answer + 1] = tostring(i)
        answer[#answer + 1] = table.concat(entries, ' ')
      end
    end
    read = last
    if found >= enough then
      if further == 0 then break end
      further = further - 1
    end
  end
  return answer
`;

const Answer = z.array(z.string());

/** Reads the entries of these cells, with one question for each area. The cells must come nearest first. */
export async function readCells(
  redis: Pick<RedisConnection, 'evaluate'>,
  cells: readonly Cell[],
  which: Which,
): Promise<readonly SeenEntry[]> {
  const areas = Map.groupBy(cells, ({ name }) => areaOf(name));
  const read = await Promise.all(
    Array.from(areas.values(), (some) => readArea(redis, some, which)),
  );
  return read.flat();
}

async function readArea(
  redis: Pick<RedisConnection, 'evaluate'>,
  cells: readonly Cell[],
  { since, enough, codes }: Which,
): Promise<readonly SeenEntry[]> {
  const keys = cells.map(({ name }) => cellKey(name));
  const words = [since, enough, codes.join(''), ...ringsOf(cells)];
  const answer = Answer.parse(await redis.evaluate(readRings, keys, words));
  const found: SeenEntry[] = [];
  for (let at = 0; at + 1 < answer.length; at += 2) {
    const cell = cells[Number(answer[at]) - 1]?.name;
    const words = answer[at + 1]?.split(' ');
    if (cell === undefined || words === undefined) continue;
    const read = entriesIn(cell);
    for (let word = 0; word + 1 < words.length; word += 2) {
      found.push({ ...read(words[word] ?? ''), at: Number(words[word + 1]) });
    }
  }
  return found;
}

/** For each ring, how many cells lie in it or in the rings before it. */
function ringsOf(cells: readonly Cell[]): readonly number[] {
  const begin = cells[0]?.leastKm ?? 0;
  const rings: number[] = [];
  for (const [before, { leastKm }] of cells.entries()) {
    while (leastKm > begin + rings.length * ringKm) rings.push(before);
  }
  return [...rings, cells.length];
}
