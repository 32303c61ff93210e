import outlines from '../../../../src/trips/sharing/page/browser/outlines.json' with { type: 'json' };
import { readLine } from '../../../../src/trips/sharing/page/browser/read-line.ts';
import type { NamedPlace } from '../../../../src/trips/sharing/page/nearby-places.ts';
import type { Position } from '../../../../src/places/position.ts';
import type { Chart } from './chart.ts';
import { palette } from './palette.ts';

/** Points of an outline, and the box around them. */
interface Shape {
  readonly points: readonly Position[];
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
}

const land = outlines.land.map(shapeOf);
const lakes = outlines.lakes.map(shapeOf);
const rivers = outlines.rivers.map(shapeOf);

const letter = 6.4;
const line = 26;
const font = '500 11px system-ui, sans-serif';

/** Coasts, lakes and rivers, and above them the names of places: the first that have room. No borders. */
export function drawLand(chart: Chart, names: readonly NamedPlace[]): void {
  const { still: context, map } = chart;
  const colours = palette();
  const size = map.getSize();
  context.fillStyle = colours.water;
  context.fillRect(0, 0, size.x, size.y);
  context.lineJoin = 'round';
  for (const [shapes, fill] of [
    [land, colours.land],
    [lakes, colours.water],
  ] as const) {
    context.fillStyle = fill;
    for (const shape of shapes.filter((each) => isSeen(each, chart))) {
      trace(context, shape, chart);
      context.fill();
    }
  }
  context.strokeStyle = colours.water;
  context.lineWidth = Math.max(1.5, (map.getZoom() - 6) * 1.1);
  for (const shape of rivers.filter((each) => isSeen(each, chart))) {
    trace(context, shape, chart);
    context.stroke();
  }
  writeNames(chart, names, colours.name);
}

function writeNames(chart: Chart, names: readonly NamedPlace[], colour: string): void {
  const { still: context } = chart;
  context.font = font;
  context.fillStyle = colour;
  context.textAlign = 'center';
  const taken: { readonly x: number; readonly y: number; readonly width: number }[] = [];
  for (const { name, ...place } of names) {
    const { x, y } = chart.spotOf(place);
    const width = name.length * letter + 24;
    const isFree = taken.every(
      (other) => Math.abs(other.y - y) > line || Math.abs(other.x - x) > (other.width + width) / 2,
    );
    if (!isFree) continue;
    taken.push({ x, y, width });
    context.fillText(name, x, y);
  }
}

function trace(context: CanvasRenderingContext2D, { points }: Shape, chart: Chart): void {
  context.beginPath();
  for (const point of points) {
    const { x, y } = chart.spotOf(point);
    context.lineTo(x, y);
  }
}

function isSeen({ south, north, west, east }: Shape, { map }: Chart): boolean {
  const seen = map.getBounds();
  return (
    south < seen.getNorth() &&
    north > seen.getSouth() &&
    west < seen.getEast() &&
    east > seen.getWest()
  );
}

function shapeOf(text: string): Shape {
  const points = readLine(text).map(([latitude, longitude]) => ({ latitude, longitude }));
  const latitudes = points.map(({ latitude }) => latitude);
  const longitudes = points.map(({ longitude }) => longitude);
  return {
    points,
    south: Math.min(...latitudes),
    north: Math.max(...latitudes),
    west: Math.min(...longitudes),
    east: Math.max(...longitudes),
  };
}
