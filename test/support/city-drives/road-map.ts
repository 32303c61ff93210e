import type { Random } from './random.ts';

/** A point on the plane of the city, in metres east and north of its centre. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface Road {
  readonly from: number;
  readonly to: number;
  /** Its shape: roads bend. */
  readonly line: readonly Spot[];
  readonly metres: number;
  /** Metres per second on an empty road. */
  readonly freeSpeed: number;
}

export interface RoadMap {
  readonly junctions: readonly Spot[];
  /** The roads that leave each junction. */
  readonly roadsFrom: readonly (readonly Road[])[];
}

const across = 41;
const spacing = 1500;
const kmh = (speed: number) => speed / 3.6;

export const flatMetres = (a: Spot, b: Spot) => Math.hypot(b.x - a.x, b.y - a.y);

/**
 * A city of 60 by 60 km: an uneven grid of streets with gaps, every fourth line an arterial, every tenth a trunk road,
 * and a river, over which only the arterials and trunk roads have bridges.
 */
export function makeRoadMap(random: Random): RoadMap {
  const junctions = Array.from({ length: across * across }, (_, index) => ({
    x: ((index % across) - (across - 1) / 2) * spacing + random.between(-400, 400),
    y: (Math.floor(index / across) - (across - 1) / 2) * spacing + random.between(-400, 400),
  }));
  const roadsFrom: Road[][] = junctions.map(() => []);
  const riverRow = 24;
  const lay = (from: number, to: number, line: number, isOverRiver: boolean) => {
    const isTrunk = line % 10 === 0;
    const isArterial = line % 4 === 0;
    const isStreet = !isTrunk && !isArterial;
    if (isStreet && (isOverRiver || random.chance(0.18))) return;
    const [a, b] = [junctions[from], junctions[to]];
    if (!a || !b) return;
    // Lights, crossings and carts slow down every road in town, the trunk roads too.
    const inTown = flatMetres(a, { x: 0, y: 0 }) < 13_000 ? 0.7 : 1;
    const freeSpeed = kmh(isTrunk ? 55 : isArterial ? 40 : 30) * inTown * random.factor(0.1);
    const bend = {
      x: (a.x + b.x) / 2 + random.normal(150),
      y: (a.y + b.y) / 2 + random.normal(150),
    };
    const metres = flatMetres(a, bend) + flatMetres(bend, b);
    roadsFrom[from]?.push({ from, to, line: [a, bend, b], metres, freeSpeed });
    roadsFrom[to]?.push({ from: to, to: from, line: [b, bend, a], metres, freeSpeed });
  };
  for (let row = 0; row < across; row += 1) {
    for (let column = 0; column < across; column += 1) {
      const here = row * across + column;
      if (column + 1 < across) lay(here, here + 1, row, false);
      if (row + 1 < across) lay(here, here + across, column, row === riverRow);
    }
  }
  return { junctions, roadsFrom };
}
