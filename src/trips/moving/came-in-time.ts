import type { LiveAssignment, OrderInHand } from '../../orders/order/locked-order.ts';
import { minutesOnTheRoad } from '../../places/estimate-route.ts';
import { greatCircleKm } from '../../places/position.ts';

/** A truck that takes a third longer than the estimate still comes in time. */
const allowance = 4 / 3;
/** In minutes. On a short way, one red light is a third. */
const atLeast = 15;

/** Whether a truck has taken no longer than the way takes. */
export function cameInTime(order: OrderInHand, { startedAtMs, stays }: LiveAssignment): boolean {
  if (startedAtMs === null) return false;
  const points = [
    { latitude: order.pickup_latitude, longitude: order.pickup_longitude },
    ...order.stops,
    { latitude: order.drop_latitude, longitude: order.drop_longitude },
  ];
  const straightKm = points
    .slice(1)
    .reduce((km, point, i) => km + greatCircleKm(points[i] ?? point, point), 0);
  // Unloading is not driving.
  const arrivedAtMs = stays.drop.arrivedAtMs ?? order.read_at.getTime();
  const taken = (arrivedAtMs - startedAtMs) / 60_000;
  return taken <= Math.max(atLeast, minutesOnTheRoad(straightKm) * allowance);
}
