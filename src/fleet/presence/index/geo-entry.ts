import { createHash } from 'node:crypto';
import ngeohash from 'ngeohash';
import { vehicleKinds } from '../../../catalogue/vehicle-kind.ts';
import type { Position } from '../../../places/position.ts';

/**
 * One captain in the sorted set of a cell: `<north><east><kinds>.<id>`. The offset is how far north and east of the
 * cell's south-western corner the captain is: four characters each, exact to seven digits of a degree, a centimetre.
 * A kind takes two characters. So an entry with up to nine kinds is no longer than 64 bytes, and Redis stores sets of
 * such entries compactly.
 */
export interface Entry {
  readonly id: string;
  readonly position: Position;
  readonly codes: string;
}

const units = 1e7;
const radix = 36;
const stepLength = 4;
const offsetLength = 2 * stepLength;

/** A position, rounded to what an entry can hold. */
export const asKept = ({ latitude, longitude }: Position): Position => ({
  latitude: Math.round(latitude * units) / units,
  longitude: Math.round(longitude * units) / units,
});

/** The offset of a position, rounded by `asKept`, from the corner of its cell. */
export function offsetInCell({ latitude, longitude }: Position, cell: string): string {
  const corner = cornerOf(cell);
  const step = (to: number, line: number) =>
    (Math.round(to * units) - line).toString(radix).padStart(stepLength, '0');
  return step(latitude, corner.south) + step(longitude, corner.west);
}

export const entryOf = (offset: string, codes: string, id: string) => `${offset}${codes}.${id}`;

/** Makes a function that reads entries of this cell. */
export function entriesIn(cell: string): (entry: string) => Entry {
  const { south, west } = cornerOf(cell);
  return (entry) => {
    const end = entry.indexOf('.', offsetLength);
    const stepNorth = Number.parseInt(entry.slice(0, stepLength), radix);
    const stepEast = Number.parseInt(entry.slice(stepLength, offsetLength), radix);
    return {
      id: entry.slice(end + 1),
      position: { latitude: (south + stepNorth) / units, longitude: (west + stepEast) / units },
      codes: entry.slice(offsetLength, end),
    };
  };
}

function cornerOf(cell: string) {
  const [south, west] = ngeohash.decode_bbox(cell);
  return { south: Math.floor(south * units), west: Math.floor(west * units) };
}

const codeLength = 2;

/** Two characters that stay the same in every release, also when kinds are added. No two kinds share them. */
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
