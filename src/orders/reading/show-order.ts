import type { OrderDeps } from '../order/order-deps.ts';
import { detailView, stateView } from '../order/order-views.ts';
import { bookingView } from './booking.ts';
import type { OrderSnapshot } from '../order/order-snapshot.ts';
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
  return { booking: bookingView(await readOrder(which, deps)) };
}

/** The trucks that were found for an order, and who drives them. */
export async function showBookingTrucks(which: OwnOrder, deps: OrderDeps) {
  const { requests } = await readOrder(which, deps);
  return { trucks: requests.flatMap(bookingTruck) };
}

function bookingTruck(request: OrderSnapshot['requests'][number]) {
  const { tripId, tripStatus, assignedAt } = request;
  if (tripId === null || tripStatus === null || assignedAt === null) return [];
  return [
    {
      ...unknownOfDriver,
      assignmentId: tripId,
      tripId,
      vehicleNumber: request.assignedVehicleNumber ?? '',
      vehicleType: request.vehicleType,
      driverName: request.assignedDriverName ?? '',
      driverPhone: request.assignedDriverPhone ?? '',
      status: tripStatus,
      assignedAt,
    },
  ];
}

/** There are no positions and ratings yet: src/trips will bring them. */
const unknownOfDriver = {
  driverProfilePhotoUrl: null,
  driverRating: null,
  driverTotalRatings: 0,
  customerRating: null,
  currentLocation: null,
};
