import { createHash } from 'node:crypto';
import ngeohash from 'ngeohash';
import { vehicleKinds } from '../../../catalogue/vehicle-kind.ts';
import type { Position } from '../../../places/position.ts';

/**
 * What a cell's sorted set has of a captain: `<south><west><kinds>.<id>`. The way from the cell's corner, four
 * characters each, is exact to seven digits of a degree, a centimetre. Two characters per kind: with up to nine
 * kinds an entry is no longer than 64 bytes, and Redis packs sets of such entries.
 */
export interface Entry {
  readonly id: string;
  readonly position: Position;
  readonly codes: string;
}

const units = 1e7;
const radix = 36;
const wayLength = 4;
const placeLength = 2 * wayLength;

/** As exact as an entry has it. */
export const asKept = ({ latitude, longitude }: Position): Position => ({
  latitude: Math.round(latitude * units) / units,
  longitude: Math.round(longitude * units) / units,
});

/** Where a position, as it is kept, lies in its cell. */
export function placeInCell({ latitude, longitude }: Position, cell: string): string {
  const corner = cornerOf(cell);
  const way = (to: number, line: number) =>
    (Math.round(to * units) - line).toString(radix).padStart(wayLength, '0');
  return way(latitude, corner.south) + way(longitude, corner.west);
}

export const entryOf = (place: string, codes: string, id: string) => `${place}${codes}.${id}`;

/** Reads entries of one cell. */
export function entriesIn(cell: string): (entry: string) => Entry {
  const { south, west } = cornerOf(cell);
  return (entry) => {
    const end = entry.indexOf('.', placeLength);
    const wayNorth = Number.parseInt(entry.slice(0, wayLength), radix);
    const wayEast = Number.parseInt(entry.slice(wayLength, placeLength), radix);
    return {
      id: entry.slice(end + 1),
      position: { latitude: (south + wayNorth) / units, longitude: (west + wayEast) / units },
      codes: entry.slice(placeLength, end),
    };
  };
}

function cornerOf(cell: string) {
  const [south, west] = ngeohash.decode_bbox(cell);
  return { south: Math.floor(south * units), west: Math.floor(west * units) };
}

const codeLength = 2;

/** Two characters that are the same in every release, whatever kinds are added; no two kinds share them. */
export function codeOf(kind: string): string {
  return createHash('sha512').update(kind).digest('base64url').slice(0, codeLength);
}

const kindsByCode = new Map(vehicleKinds.map(({ key }) => [codeOf(key), key]));

export function codesOf(kinds: readonly string[]): readonly string[] {
  return [...new Set(kinds)].sort().map(codeOf);
}

export function splitCodes(codes: string): readonly string[] {
  return codes.match(/../g) ?? [];
}

export function kindsOf(codes: string): readonly string[] {
  return splitCodes(codes).flatMap((code) => kindsByCode.get(code) ?? []);
}
