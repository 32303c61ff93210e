import type { CityView } from '../../../../city/live/view.ts';
import type { Position } from '../../../../src/places/position.ts';
import type { Chart } from './chart.ts';
import type { Memory } from './memory.ts';
import type { Palette } from './palette.ts';

export interface Frame {
  readonly chart: Chart;
  readonly context: CanvasRenderingContext2D;
  readonly memory: Memory;
  readonly colours: Palette;
  readonly view: CityView;
  readonly now: number;
  /** Whether things may pulse and grow. */
  readonly lively: boolean;
}

export function drawWay(
  { chart, context }: Frame,
  way: readonly Position[],
  colour: string,
  width: number,
): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.beginPath();
  for (const place of way) {
    const { x, y } = chart.spotOf(place);
    context.lineTo(x, y);
  }
  context.stroke();
}

export function drawDot(
  { chart, context }: Frame,
  at: Position,
  radius: number,
  {
    fill,
    edge,
    width = 1.5,
  }: { readonly fill?: string; readonly edge?: string; readonly width?: number },
): void {
  const { x, y } = chart.spotOf(at);
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  if (fill !== undefined) {
    context.fillStyle = fill;
    context.fill();
  }
  if (edge === undefined) return;
  context.strokeStyle = edge;
  context.lineWidth = width;
  context.stroke();
}
