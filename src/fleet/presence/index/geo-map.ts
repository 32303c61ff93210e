import * as z from 'zod';
import type { Position } from '../../../places/position.ts';
import type { RedisConnection } from '../../../platform/redis/redis.ts';
import { nameOf, onGlobe, squareOf, squaresAround, type Square } from './geo-cells.ts';

/**
 * A map says which squares of a region have anybody in them, so that a search need not read empty ones. It has a letter
 * per square, row by row, that says when the square was last marked. The letters repeat after half an hour: a mark of
 * half an hour ago then looks new. Such a square is read in vain, but none is missed. A region has one map of all
 * captains, and one for each kind.
 */
const squaresInRow = 256;
const rowsInMap = 128;
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const letterMs = 30_000;
const everybody = 'all';

export interface MapTime {
  readonly now: number;
  /** For how long a mark counts. */
  readonly keptMs: number;
}

const mark = `
  for _, map in ipairs(KEYS) do
    redis.call('SETRANGE', map, ARGV[1], ARGV[2])
    redis.call('PEXPIRE', map, ARGV[3])
  end
`;

/** Marks a cell's square: somebody with these kinds is there. */
export async function markMaps(
  redis: Pick<RedisConnection, 'evaluate'>,
  cell: string,
  kinds: readonly string[],
  { now, keptMs }: MapTime,
): Promise<void> {
  const square = squareOf(cell);
  const letter = letters.charAt(letterNumber(now));
  const keys = [everybody, ...kinds].map(keyIn(square));
  await redis.evaluate(mark, keys, [offsetOf(square), letter, keptMs + letterMs]);
}

/**
 * Reads one rectangle of several maps. The letters of a map from the first to the last square also include squares
 * beside the rectangle. These are cut out.
 */
const readRectangle = `
  local first, last, width = ARGV[1], ARGV[2], tonumber(ARGV[3])
  local answer = {}
  for _, map in ipairs(KEYS) do
    local text = redis.call('GETRANGE', map, first, last)
    local rows = {}
    for at = 1, #text, ${squaresInRow} do rows[#rows + 1] = text:sub(at, at + width - 1) end
    if #rows > 0 then answer[#answer + 1] = table.concat(rows) end
  end
  return answer
`;

const Letters = z.array(z.string());

/**
 * The squares that a circle may touch and that were marked for any of these kinds, or, without kinds, for anybody. One
 * question for each region that the circle touches.
 */
export async function readMaps(
  redis: Pick<RedisConnection, 'evaluate' | 'getRange'>,
  from: Position,
  radiusKm: number,
  kinds: readonly string[],
  time: MapTime,
): Promise<readonly Square[]> {
  const names = kinds.length > 0 ? kinds : [everybody];
  const counts = countingLetters(time);
  const read = async (piece: Piece) => {
    const keys = names.map(keyIn(piece.from));
    return markedIn(piece, await readPiece(redis, piece, keys), counts);
  };
  return (await Promise.all(piecesAround(from, radiusKm).map(read))).flat();
}

/** The letters of each map, row by row. A map is no longer than up to the last square that was ever marked. */
async function readPiece(
  redis: Pick<RedisConnection, 'evaluate' | 'getRange'>,
  piece: Piece,
  maps: readonly string[],
): Promise<readonly string[]> {
  const [first, last, width] = [offsetOf(piece.from), offsetOf(piece.to), widthOf(piece)];
  const [map, ...more] = maps;
  if (map === undefined || more.length > 0) {
    return Letters.parse(await redis.evaluate(readRectangle, maps, [first, last, width]));
  }
  // For one map, GETRANGE takes half the time of a script.
  const text = await redis.getRange(map, first, last);
  const rows: string[] = [];
  for (let at = 0; at < text.length; at += squaresInRow) rows.push(text.slice(at, at + width));
  return [rows.join('')];
}

/** The part of one region that a circle may touch, from its south-western to its north-eastern square. */
interface Piece {
  readonly from: Square;
  readonly to: Square;
}

/** One piece in most cases, and four at the corner of a region. */
function piecesAround(from: Position, radiusKm: number): readonly Piece[] {
  const { south, north, west, east } = squaresAround(from, radiusKm);
  const pieces: Piece[] = [];
  for (const [low, high] of cuts(south, north, rowsInMap)) {
    for (const [left, right] of cuts(west, east, squaresInRow)) {
      pieces.push({ from: { column: left, row: low }, to: { column: right, row: high } });
    }
  }
  return pieces;
}

/** The range from first to last, cut at the multiples of a size. */
function cuts(first: number, last: number, size: number): readonly (readonly [number, number])[] {
  const next = (Math.floor(first / size) + 1) * size;
  return last < next ? [[first, last]] : [[first, next - 1], ...cuts(next, last, size)];
}

function markedIn(piece: Piece, maps: readonly string[], counts: Uint8Array): readonly Square[] {
  const marked = new Set<number>();
  for (const map of maps) {
    for (let at = 0; at < map.length; at += 1) if (counts[map.charCodeAt(at)] === 1) marked.add(at);
  }
  const { from } = piece;
  const width = widthOf(piece);
  return Array.from(marked, (at) => ({
    column: from.column + (at % width),
    row: from.row + Math.floor(at / width),
  }));
}

const widthOf = ({ from, to }: Piece) => to.column - from.column + 1;

const keyIn = (square: Square) => {
  const region = nameOf(square).slice(0, 2);
  return (kind: string) => `geo:map:{${region}}:${kind}`;
};

const offsetOf = ({ column, row }: Square) =>
  (row % rowsInMap) * squaresInRow + (onGlobe(column) % squaresInRow);

const letterNumber = (now: number) => Math.floor(now / letterMs) % letters.length;

/** Indexed by character code: 1 for letters that are recent enough, and for one more on either side: clocks differ. */
function countingLetters({ now, keptMs }: MapTime): Uint8Array {
  const counting = new Uint8Array(128);
  const oldest = Math.ceil(keptMs / letterMs) + 1;
  for (let age = -1; age <= oldest; age += 1) {
    counting[letters.charCodeAt(letterNumber(now - age * letterMs))] = 1;
  }
  return counting;
}
