import type { OrderDeps } from '../order/order-deps.ts';
import { detailView, stateView } from '../order/order-views.ts';
import { bookingView } from './booking.ts';
import { endedTripsOf } from './trip-facts-store.ts';
import { readOrder, type OwnOrder } from './read-order.ts';

/** An order with its trucks. */
export async function showOrder(which: OwnOrder, deps: OrderDeps) {
  return detailView(await readOrder(which, deps), deps.clock.now());
}

/** How an order stands: what an app that watches it asks again and again. */
export async function showStatus(which: OwnOrder, deps: OrderDeps) {
  return stateView(await readOrder(which, deps), deps.clock.now());
}

/** An order as the screen "My bookings" shows it. */
export async function showBooking(which: OwnOrder, deps: OrderDeps) {
  const snapshot = await readOrder(which, deps);
  const { id } = snapshot.order;
  const ended = await deps.postgres.run((db) => endedTripsOf(db, [id]));
  return { booking: bookingView(snapshot, ended.get(id)) };
}
