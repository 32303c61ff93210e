export type Point = readonly [longitude: number, latitude: number];

interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** India, with the seas around it. Whoever looks at a trip sees nothing farther away. */
const box: Box = { west: 62, south: 4, east: 102, north: 39 };

interface Edge {
  readonly isInside: (point: Point) => boolean;
  readonly crossing: (from: Point, to: Point) => Point;
}

const alongLongitude = (at: number, isInside: Edge['isInside']): Edge => ({
  isInside,
  crossing: ([x1, y1], [x2, y2]) => [at, y1 + ((at - x1) / (x2 - x1)) * (y2 - y1)],
});
const alongLatitude = (at: number, isInside: Edge['isInside']): Edge => ({
  isInside,
  crossing: ([x1, y1], [x2, y2]) => [x1 + ((at - y1) / (y2 - y1)) * (x2 - x1), at],
});

const edges: readonly Edge[] = [
  alongLongitude(box.west, ([x]) => x >= box.west),
  alongLongitude(box.east, ([x]) => x <= box.east),
  alongLatitude(box.south, ([, y]) => y >= box.south),
  alongLatitude(box.north, ([, y]) => y <= box.north),
];

/** The part of a ring inside the box (Sutherland and Hodgman: one edge of the box after the other). */
export function clipRing(ring: readonly Point[]): readonly Point[] {
  return edges.reduce<readonly Point[]>(
    (left, { isInside, crossing }) =>
      left.flatMap((to, index) => {
        const from = left.at(index - 1) ?? to;
        if (isInside(from) === isInside(to)) return isInside(to) ? [to] : [];
        return isInside(to) ? [crossing(from, to), to] : [crossing(from, to)];
      }),
    ring,
  );
}

/** The pieces of a line of which a point is in the box. */
export function piecesInside(line: readonly Point[]): readonly (readonly Point[])[] {
  const pieces: Point[][] = [];
  let last: Point[] | undefined;
  for (const point of line) {
    if (edges.every(({ isInside }) => isInside(point))) {
      if (!last) pieces.push((last = []));
      last.push(point);
    } else {
      last = undefined;
    }
  }
  return pieces.filter(({ length }) => length > 1);
}
