import type { OrderStatus } from '../../contract/http/orders/views.ts';
import { findInTime } from '../ending/expire-orders.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { snapshotOf, type OrderSnapshot } from '../order/order-snapshot.ts';
import { stateView } from '../order/order-views.ts';
import { readOrder, type OwnOrder } from './read-order.ts';
import { ordersOf } from './reading-store.ts';

const live: readonly OrderStatus[] = [
  'broadcasting',
  'partially_filled',
  'fully_filled',
  'in_progress',
];

/** The newest of them, should a customer ever have more. */
const most = 50;

/** How all orders of a customer stand that are not over. P6: a search past its deadline is over. */
export async function liveOrders(customerId: string, deps: OrderDeps) {
  const rows = await findInTime(
    (db) => ordersOf(db, customerId, { statuses: live, most }),
    (orders) => orders.find((order) => order.is_overdue)?.id,
    deps,
  );
  return rows.map((row) => stateOf(snapshotOf(row), deps));
}

/** How an order of a customer stands. P12: another customer's order is not found. */
export async function watchOrder(which: Omit<OwnOrder, 'counted'>, deps: OrderDeps) {
  return stateOf(await readOrder({ ...which, counted: Promise.resolve() }, deps), deps);
}

function stateOf(snapshot: OrderSnapshot, { clock }: OrderDeps) {
  const { id } = snapshot.order;
  return { ...stateView(snapshot, clock.now()), bookingId: id, broadcastId: id };
}
