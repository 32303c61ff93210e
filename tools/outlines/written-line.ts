import type { Point } from './clip-polygon.ts';

/** Three digits are about a hundred metres: finer than the outlines are. */
const digits = 1000;

/**
 * A line in few characters: Google's polyline format, with three digits instead of five. Its reader is
 * src/trips/sharing/page/browser/read-line.ts.
 */
export function writtenLine(line: readonly Point[]): string {
  let [lastX, lastY] = [0, 0];
  return line
    .map(([longitude, latitude]) => {
      const [x, y] = [Math.round(longitude * digits), Math.round(latitude * digits)];
      const text = writtenNumber(y - lastY) + writtenNumber(x - lastX);
      [lastX, lastY] = [x, y];
      return text;
    })
    .join('');
}

function writtenNumber(number: number): string {
  let rest = number < 0 ? ~(number << 1) : number << 1;
  let text = '';
  for (; rest >= 0x20; rest >>= 5) text += String.fromCodePoint((0x20 | (rest & 0x1f)) + 63);
  return text + String.fromCodePoint(rest + 63);
}

/** Leaves out the points that are less than `tolerance` degrees beside the line (Douglas and Peucker). */
export function simplified(line: readonly Point[], tolerance: number): readonly Point[] {
  const [start, end] = [line[0], line.at(-1)];
  if (!start || !end || line.length < 3) return line;
  let farthest = { index: 0, off: 0 };
  for (const [index, point] of line.entries()) {
    const off = distanceToStretch(point, start, end);
    if (off > farthest.off) farthest = { index, off };
  }
  if (farthest.off <= tolerance) return [start, end];
  const before = simplified(line.slice(0, farthest.index + 1), tolerance);
  return [...before, ...simplified(line.slice(farthest.index), tolerance).slice(1)];
}

/** In degrees, as if the earth were flat. That is good enough for choosing points. */
function distanceToStretch([x, y]: Point, [x1, y1]: Point, [x2, y2]: Point): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - x1) * dx + (y - y1) * dy) / length;
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
}
