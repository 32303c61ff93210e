import type { Position } from './position.ts';

type Point = [latitude: number, longitude: number];

/** Rounds to five digits, which is about a metre. */
const rounded = (degrees: number) => Number(degrees.toFixed(5));

/** Reduces a line to at most `most` of its points, including both ends. It keeps the points where the line bends. */
export function simplifyLine(line: readonly Position[], most: number): Point[] {
  const points = line
    .map(({ latitude, longitude }): Point => [rounded(latitude), rounded(longitude)])
    .filter(([latitude, longitude], index, all) => {
      const before = all[index - 1];
      return before?.[0] !== latitude || before[1] !== longitude;
    });
  let simple = points;
  // The tolerance starts at about ten metres and doubles each time.
  for (let tolerance = 1e-4; simple.length > most; tolerance *= 2) {
    simple = withinTolerance(points, tolerance);
  }
  return simple;
}

/** The Douglas-Peucker algorithm: keeps the farthest point of each stretch, if it is farther off than the tolerance. */
function withinTolerance(points: readonly Point[], tolerance: number): Point[] {
  const kept = new Set([0, points.length - 1]);
  const stretches: [from: number, to: number][] = [[0, points.length - 1]];
  for (let stretch = stretches.pop(); stretch; stretch = stretches.pop()) {
    const [from, to] = stretch;
    const farthest = farthestOff(points, from, to);
    if (!farthest || farthest.off <= tolerance) continue;
    kept.add(farthest.index);
    stretches.push([from, farthest.index], [farthest.index, to]);
  }
  return points.filter((_, index) => kept.has(index));
}

function farthestOff(points: readonly Point[], from: number, to: number) {
  const [start, end] = [points[from], points[to]];
  let farthest: { index: number; off: number } | undefined;
  for (let index = from + 1; index < to; index += 1) {
    const point = points[index];
    if (!start || !end || !point) continue;
    const off = distanceToStretch(point, start, end);
    if (!farthest || off > farthest.off) farthest = { index, off };
  }
  return farthest;
}

/** The distance in degrees, as if the earth were flat. That is good enough for choosing points. */
function distanceToStretch([y, x]: Point, [y1, x1]: Point, [y2, x2]: Point): number {
  const [dy, dx] = [y2 - y1, x2 - x1];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - x1) * dx + (y - y1) * dy) / length;
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
}
