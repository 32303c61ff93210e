import type { TruckView } from '../../../../city/live/view.ts';
import { drawDot, drawWay, type Frame } from './pencils.ts';
import { faded } from './palette.ts';

const tail = 26;

/** A truck, with the way that it has come on this trip. Who waits for work is drawn small. */
export function drawTruck(frame: Frame, truck: TruckView): void {
  const { memory, now, colours } = frame;
  const at = memory.placeOf(truck, now);
  if (truck.state === 'free') {
    drawDot(frame, at, 1.6, { fill: colours.captain });
    return;
  }
  if (truck.state === 'homeward') {
    drawDot(frame, at, 3, { fill: faded(colours.captain, 0.8), edge: colours.truckEdge, width: 1 });
    return;
  }
  const way = [...memory.wayOf(truck, now), at];
  drawWay(frame, way, faded(colours.road, 0.4), 3);
  drawWay(frame, way.slice(-tail), faded(colours.road, 0.8), 4);
  if (truck.silent) {
    drawDot(frame, at, 8, { fill: colours.truckEdge, edge: colours.declined, width: 3 });
    return;
  }
  drawDot(frame, at, 13, { fill: faded(colours.truck, 0.18) });
  drawDot(frame, at, 7.5, { fill: colours.truck, edge: colours.truckEdge, width: 2 });
}
