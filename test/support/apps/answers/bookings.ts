import * as z from 'zod';
import { Count, Instant, Int, maybe, Place, Position, text, TripWord, word } from './values.ts';

// B5
const Booking = z.object({
  id: text,
  customerId: text,
  customerName: text,
  customerPhone: text,
  pickup: Place,
  drop: Place,
  vehicleType: text,
  vehicleSubtype: text,
  trucksNeeded: Int.positive(),
  trucksFilled: Count,
  pricePerTruck: Int.positive(),
  totalAmount: Int.positive(),
  distanceKm: Count,
  status: word,
  notes: maybe(text),
  scheduledAt: maybe(Instant),
  createdAt: Instant,
  expiresAt: Instant,
  completedAt: maybe(Instant),
  isRated: z.boolean(),
  hasUnratedTrips: z.boolean(),
});
export const Bookings = z.object({
  bookings: z.array(Booking),
  total: Count,
  hasMore: z.boolean(),
});
export const OneBooking = z.object({ booking: Booking });
export const Bill = z.object({
  lines: z.array(
    z.object({
      kind: text,
      label: text,
      amount: Count,
      minutes: maybe(Count),
      from: maybe(Instant),
    }),
  ),
  total: Count,
});
export const Documents = z.object({
  eWayBillNumber: maybe(text),
  eWayBillExpiresAt: maybe(Instant),
  lorryReceiptNumber: maybe(text),
  invoiceNumber: maybe(text),
});
export const BookingTrucks = z.object({
  trucks: z.array(
    z.object({
      assignmentId: text,
      tripId: text,
      vehicleNumber: text,
      vehicleType: text,
      driverName: text,
      driverPhone: text,
      driverProfilePhotoUrl: maybe(text),
      driverRating: maybe(z.number()),
      driverTotalRatings: Count,
      customerRating: maybe(Int),
      status: TripWord,
      assignedAt: Instant,
      currentLocation: maybe(Position),
      bill: Bill,
      documents: Documents,
    }),
  ),
});
export const Tracked = Position.extend({
  tripId: text,
  driverId: text,
  driverName: maybe(text),
  vehicleNumber: text,
  speed: z.number(),
  bearing: z.number(),
  status: TripWord,
  lastUpdated: Instant,
  isStale: z.boolean(),
  staleSince: maybe(Instant),
  staleReason: maybe(text),
});
export const TrackedBooking = z.object({ bookingId: text, trucks: z.array(Tracked) });
export const Etas = z.object({
  etas: z.record(
    z.string(),
    z.object({ durationMinutes: Count, distanceKm: Count, durationText: text }),
  ),
});
export const GivenRating = z.object({
  ratingId: text,
  stars: Int.min(1).max(5),
  driverAvgRating: z.number(),
  message: text,
  idempotent: z.boolean(),
});
export const UnratedTrips = z.array(
  z.object({
    assignmentId: text,
    tripId: text,
    driverName: text,
    driverProfilePhotoUrl: maybe(text),
    vehicleNumber: text,
    vehicleType: text,
    pickup: maybe(Place),
    drop: maybe(Place),
    completedAt: maybe(Instant),
    bookingId: maybe(text),
  }),
);
