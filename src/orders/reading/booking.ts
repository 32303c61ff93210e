import type { BookingFilter, BookingView, OrderStatus } from '../../contract/http/orders/views.ts';
import type { OrderSnapshot } from '../order/order-snapshot.ts';
import type { OrderFilter } from './reading-store.ts';

/** What became of the trips of an order. */
export interface EndedTrips {
  readonly completed: number;
  readonly rated: number;
  /** When the last of them was completed. ISO 8601. */
  readonly lastAt: string | null;
}

const noneEnded: EndedTrips = { completed: 0, rated: 0, lastAt: null };

/** What the screen "My bookings" shows of an order. */
export function bookingView(snapshot: OrderSnapshot, ended = noneEnded): BookingView {
  const { order, requests } = snapshot;
  const [first] = requests;
  return {
    id: order.id,
    customerId: order.customerId,
    customerName: order.customerName,
    customerPhone: order.customerPhone,
    pickup: order.pickup,
    drop: order.drop,
    vehicleType: first?.vehicleType ?? '',
    vehicleSubtype: first?.vehicleSubtype ?? '',
    trucksNeeded: order.totalTrucks,
    trucksFilled: order.trucksFilled,
    pricePerTruck: first?.pricePerTruck ?? 0,
    totalAmount: order.totalAmount,
    distanceKm: order.distanceKm,
    status: bookingStatus(snapshot),
    notes: null,
    scheduledAt: order.scheduledAt,
    createdAt: order.createdAt,
    expiresAt: order.expiresAt,
    completedAt: order.status === 'completed' ? ended.lastAt : null,
    isRated: ended.completed > 0 && ended.rated === ended.completed,
    hasUnratedTrips: ended.rated < ended.completed,
  };
}

function bookingStatus({ order, searchOpen }: OrderSnapshot): BookingView['status'] {
  const { status, trucksFilled } = order;
  if (status === 'broadcasting') return 'active';
  const isConfirmed = !searchOpen && trucksFilled > 0 && withTrucks.includes(status);
  return isConfirmed ? 'confirmed' : status;
}

/** Some trucks are found or held, but none is on the road yet. */
const withTrucks: readonly OrderStatus[] = ['partially_filled', 'fully_filled'];

/** The orders that a filter word stands for: the words of `bookingView`, or an order's status. */
export function ordersCalled(
  word: BookingFilter | undefined,
): Pick<OrderFilter, 'statuses' | 'foundAndClosed'> {
  if (word === undefined) return { statuses: [] };
  if (word === 'active') return { statuses: ['broadcasting'] };
  if (word === 'pending') {
    return { statuses: ['broadcasting', 'partially_filled'], foundAndClosed: false };
  }
  if (word === 'confirmed') return { statuses: withTrucks, foundAndClosed: true };
  return { statuses: [word] };
}
