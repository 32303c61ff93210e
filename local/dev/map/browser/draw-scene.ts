import type { OfferSeen, OrderSeen } from '../../../../city/live/view.ts';
import type { Chart } from './chart.ts';
import type { Memory } from './memory.ts';

import { drawTruck } from './draw-truck.ts';
import { faded, palette } from './palette.ts';
import { drawDot, drawWay, type Frame } from './pencils.ts';

const growMs = 1400;
const fadeMs = 6000;

/** Draws what moves: captains, searches, trucks. */
export function drawScene(chart: Chart, memory: Memory, now: number, lively: boolean): void {
  const { moving: context, map } = chart;
  const size = map.getSize();
  context.clearRect(0, 0, size.x, size.y);
  const view = memory.latest;
  if (!view) return;
  const frame = { chart, context, memory, colours: palette(), view, now, lively };
  for (const road of memory.roads) drawWay(frame, road, faded(frame.colours.road, 0.18), 2);
  const open = view.orders.filter(({ state }) => state === 'searching').length;
  // Where many search at once, each is drawn more softly: the picture stays calm.
  const calm = 1 / Math.sqrt(Math.max(1, open));
  for (const order of view.orders) drawSearch(frame, order, calm);
  drawCaptains(frame);
  for (const order of view.orders) drawEnds(frame, order);
  for (const truck of view.trucks) drawTruck(frame, truck);
}

function drawCaptains(frame: Frame): void {
  const { view, colours } = frame;
  for (const captain of view.captains) {
    const radius = 2.2 + Math.min(4, captain.trucks) * 0.55;
    if (captain.state === 'waiting')
      drawDot(frame, captain, radius, { fill: faded(colours.captain, 0.75) });
    else drawDot(frame, captain, radius, { edge: colours.asleep });
  }
}

/** How much of an order is still shown that is over. */
function strength({ memory, now }: Frame, { id, state, endedAt }: OrderSeen): number {
  if (endedAt === undefined) return 1;
  return Math.max(0, 1 - memory.since(`${id} ${state}`, now) / fadeMs);
}

/** Rings as far as the captains of each wave, and a thread to each who was asked. */
function drawSearch(frame: Frame, order: OrderSeen, calm: number): void {
  const { memory, now, lively, colours, chart } = frame;
  const shown = strength(frame, order);
  if (shown === 0) return;
  const isOpen = order.state === 'searching';
  for (const offer of order.offers) drawThread(frame, order, offer, shown * calm);
  if (!isOpen && order.state !== 'not found') return;
  const waves = [...new Set(order.offers.map(({ wave }) => wave))];
  for (const wave of waves) {
    const km = Math.max(
      ...order.offers.filter((each) => each.wave === wave).map((each) => each.km),
    );
    const grown = lively ? eased(memory.since(`${order.id} wave ${wave}`, now) / growMs) : 1;
    const radius = chart.pixelsOf(km, order.pickup) * grown;
    drawDot(frame, order.pickup, radius, {
      fill: faded(colours.order, 0.05 * calm * calm * shown),
      edge: faded(colours.order, 0.55 * calm * shown),
    });
  }
  if (!lively || !isOpen) return;
  const pulse = (now % 2400) / 2400;
  drawDot(frame, order.pickup, 8 + pulse * 34, { edge: faded(colours.order, (1 - pulse) * 0.6) });
}

const eased = (share: number) => 1 - (1 - Math.min(1, Math.max(0, share))) ** 3;

function drawThread(
  frame: Frame,
  { pickup, state }: OrderSeen,
  offer: OfferSeen,
  shown: number,
): void {
  const { view, colours } = frame;
  const captain = view.captains.find(({ id }) => id === offer.captain);
  if (!captain) return;
  const looks = {
    offered: [colours.order, 0.4],
    declined: [colours.declined, 0.35],
    held: [colours.held, 0.9],
    'given back': [colours.declined, 0.35],
    confirmed: [colours.truck, state === 'searching' ? 0.6 : 0],
    closed: [colours.declined, state === 'searching' ? 0.2 : 0],
  } as const;
  const [colour, opacity] = looks[offer.state];
  if (opacity === 0) return;
  const width = offer.state === 'held' ? 2.5 : 1;
  drawWay(frame, [pickup, captain], faded(colour, opacity * shown), width);
}

/** Pickup, drop, and the straight way between them. */
function drawEnds(frame: Frame, order: OrderSeen): void {
  const { context, colours } = frame;
  const shown = strength(frame, order);
  if (shown === 0) return;
  const isDone = order.state === 'delivered';
  context.setLineDash([2, 7]);
  drawWay(frame, [order.pickup, order.drop], faded(colours.drop, 0.4 * shown), 1.5);
  context.setLineDash([]);
  const from = isDone ? colours.done : colours.order;
  drawDot(frame, order.pickup, 6, {
    fill: faded(from, shown),
    edge: faded(colours.truckEdge, shown),
  });
  const to = isDone ? colours.done : colours.drop;
  drawDot(frame, order.drop, 5.5, {
    fill: faded(colours.truckEdge, shown),
    edge: faded(to, shown),
    width: 3,
  });
  if (isDone && frame.lively) {
    const share = 1 - shown;
    drawDot(frame, order.drop, 6 + share * 40, {
      edge: faded(colours.done, shown * 0.7),
      width: 2,
    });
  }
}
