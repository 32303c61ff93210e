import {
  cancelBooking,
  cancelOrder,
  checkActiveOrder,
  getBooking,
  getOrder,
  getOrderStatus,
  listBookingTrucks,
  listBookings,
  listOrders,
  placeOrder,
  previewCancellation,
} from '../orders/routes.ts';
import { searchTrucks } from '../search/routes.ts';

/** The routes of the function `orders`. */
export const servedByOrders = [
  searchTrucks,
  placeOrder,
  listOrders,
  checkActiveOrder,
  getOrder,
  getOrderStatus,
  previewCancellation,
  cancelOrder,
  listBookings,
  getBooking,
  listBookingTrucks,
  cancelBooking,
] as const;
