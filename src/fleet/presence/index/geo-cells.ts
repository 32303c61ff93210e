import ngeohash from 'ngeohash';
import type { Position } from '../../../places/position.ts';
import { leastKm, rectangleAround } from './geo-rectangle.ts';

/**
 * Geohashes of three lengths. A cell (six characters, 1.2 by 0.6 km) holds captains. A square (five, 4.9 by 4.9 km) is
 * what a wide search looks at first. A region (two, 1,250 by 625 km) has one map, which shows its squares.
 */
export interface Square {
  /** Counted eastwards from the antimeridian, and on beyond it. Rows are counted northwards from the South Pole. */
  readonly column: number;
  readonly row: number;
}

export interface Cell {
  readonly name: string;
  /** The distance to the nearest point of the cell: nobody in it is nearer. */
  readonly leastKm: number;
}

const squareDegrees = 180 / 4096;
const columns = 8192;
const rows = 4096;
const squaresInArea = 32;

/** The cells of a square: four columns, eight rows, in the order of the alphabet of geohashes. */
const alphabet = '0123456789bcdefghjkmnpqrstuvwxyz';
const cellWidth = squareDegrees / 4;
const cellHeight = squareDegrees / 8;
const cellsInSquare = Array.from(alphabet, (letter) => {
  const [south, west] = ngeohash.decode_bbox(`s0000${letter}`);
  return { letter, south, west };
});

export function cellAt({ latitude, longitude }: Position): string {
  return ngeohash.encode(latitude, longitude, 6);
}

export function squareOf(cell: string): Square {
  const [south, west] = ngeohash.decode_bbox(cell.slice(0, 5));
  return {
    column: Math.round((west + 180) / squareDegrees),
    row: Math.round((south + 90) / squareDegrees),
  };
}

/** Columns and rows of the squares that a circle may touch. */
export function squaresAround(from: Position, radiusKm: number) {
  const { south, west, north, east } = rectangleAround(from, radiusKm);
  const line = (angle: number) => Math.floor(angle / squareDegrees);
  return {
    // A point on the line between two squares counts as in both.
    west: line(west + 180 - tiny),
    east: line(east + 180),
    south: Math.max(0, line(south + 90 - tiny)),
    north: Math.min(rows - 1, line(north + 90)),
  };
}

const tiny = 1e-9;

/** Radii in km. With small steps, few cells are looked at and sorted as long as somebody is near. */
const rings = [1, 4, 10, 25, 50];

/**
 * The cells of these squares within a radius, nearest first. They are made ring by ring: a caller who stops after the
 * first cells does not pay for the last ones.
 */
export function* cellsOutwards(
  from: Position,
  radiusKm: number,
  squares: readonly Square[],
): Generator<Cell> {
  let further = squares;
  let waiting: readonly Cell[] = [];
  for (const ringKm of [...rings.filter((ring) => ring < radiusKm), radiusKm]) {
    const around = squaresAround(from, ringKm);
    const isNear = (square: Square) =>
      isBetween(square, around) && leastKm(from, rectangleOf(square)) <= ringKm;
    const { near = [], far = [] } = Object.groupBy(further, (each) =>
      isNear(each) ? 'near' : 'far',
    );
    const known = [...waiting, ...near.flatMap((square) => cellsOf(square, from))];
    yield* known.filter((cell) => cell.leastKm <= ringKm).sort(nearestFirst);
    waiting = known.filter((cell) => cell.leastKm > ringKm);
    further = far;
    if (waiting.length + further.length === 0) return;
  }
}

const nearestFirst = (a: Cell, b: Cell) => a.leastKm - b.leastKm;

const isBetween = ({ column, row }: Square, around: ReturnType<typeof squaresAround>) =>
  column >= around.west && column <= around.east && row >= around.south && row <= around.north;

/** How many areas, of 32 by 32 squares each, a circle may touch. */
export function areasAround(from: Position, radiusKm: number): number {
  const { west, east, south, north } = squaresAround(from, radiusKm);
  const across = (first: number, last: number) =>
    Math.floor(last / squaresInArea) - Math.floor(first / squaresInArea) + 1;
  return across(west, east) * across(south, north);
}

/** All squares that are no further away than the radius in either direction. */
export function squaresWithin(from: Position, radiusKm: number): readonly Square[] {
  const { west, east, south, north } = squaresAround(from, radiusKm);
  const squares: Square[] = [];
  for (let row = south; row <= north; row += 1) {
    for (let column = west; column <= east; column += 1) squares.push({ column, row });
  }
  return squares;
}

function cellsOf(square: Square, from: Position): readonly Cell[] {
  const { south, west } = rectangleOf(square);
  const name = nameOf(square);
  return cellsInSquare.map((cell) => ({
    name: name + cell.letter,
    leastKm: leastKm(from, {
      south: south + cell.south,
      west: west + cell.west,
      north: south + cell.south + cellHeight,
      east: west + cell.west + cellWidth,
    }),
  }));
}

function rectangleOf({ column, row }: Square) {
  const [south, west] = [row * squareDegrees - 90, column * squareDegrees - 180];
  return { south, west, north: south + squareDegrees, east: west + squareDegrees };
}

export function nameOf({ column, row }: Square): string {
  const { south, west } = rectangleOf({ column: onGlobe(column), row });
  return ngeohash.encode(south + squareDegrees / 2, west + squareDegrees / 2, 5);
}

/** The column's number on the globe: a count beyond the antimeridian begins again at 0. */
export const onGlobe = (column: number) => (column + columns) % columns;
