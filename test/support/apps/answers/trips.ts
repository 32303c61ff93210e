import * as z from 'zod';
import { Bill, Documents } from './bookings.ts';
import { Driver } from './fleet.ts';
import { Count, Instant, maybe, Position, text, TripWord } from './values.ts';

// B10
export const Assignment = z.object({
  id: text,
  bookingId: text,
  transporterId: text,
  transporterName: maybe(text),
  vehicleId: maybe(text),
  vehicleNumber: text,
  vehicleType: maybe(text),
  vehicleSubtype: maybe(text),
  driverId: text,
  driverName: text,
  driverPhone: maybe(text),
  tripId: text,
  status: TripWord,
  assignedAt: maybe(Instant),
  driverAcceptedAt: maybe(Instant),
  declineReason: maybe(text),
  declinedAt: maybe(Instant),
  pickupAddress: maybe(text),
  dropAddress: maybe(text),
  pickupLat: maybe(z.number()),
  pickupLng: maybe(z.number()),
  dropLat: maybe(z.number()),
  dropLng: maybe(z.number()),
  distanceKm: maybe(Count),
  pricePerTruck: maybe(Count),
  goodsType: maybe(text),
  customerName: maybe(text),
  customerPhone: maybe(text),
  totalStops: maybe(Count),
  currentRouteIndex: maybe(Count),
  routePoints: z
    .array(
      Position.extend({
        type: z.enum(['PICKUP', 'STOP', 'DROP']),
        address: text,
        city: maybe(text),
        state: maybe(text),
        stopIndex: Count,
      }),
    )
    .min(2),
  bill: Bill,
  documents: Documents,
});
export const Assignments = z.object({
  assignments: z.array(Assignment),
  total: Count,
  hasMore: z.boolean(),
});
export const Batch = z.object({
  tripId: text,
  processed: Count,
  accepted: Count,
  stale: Count,
  duplicate: Count,
  invalid: Count,
  lastAcceptedTimestamp: maybe(Instant),
});

// B11
const Place = Position.extend({ address: text });
const DrivenTrip = z.object({
  id: text,
  bookingId: maybe(text),
  customerId: maybe(text),
  customerName: maybe(text),
  customerPhone: maybe(text),
  driverId: maybe(text),
  driverName: maybe(text),
  vehicleId: maybe(text),
  vehicleNumber: maybe(text),
  vehicleType: maybe(text),
  pickup: Place,
  drop: Place,
  distanceKm: Count,
  fare: Count,
  status: z.enum(['pending', 'assigned', 'in_progress', 'completed', 'cancelled']),
  startedAt: maybe(Instant),
  completedAt: maybe(Instant),
  createdAt: maybe(Instant),
});
/** Before there is anything to count there is no share. The app's parser makes 0 of a number that is null. */
const Share = maybe(z.number());
const rates = {
  rating: Share,
  totalRatings: Count,
  acceptanceRate: Share,
  onTimeDeliveryRate: Share,
  totalTrips: Count,
  totalDistance: Count,
};
export const Dashboard = z.object({
  driver: Driver,
  stats: z.object({
    ...rates,
    todayTrips: Count,
    todayEarnings: Count,
    todayDistance: Count,
    weekEarnings: Count,
    monthEarnings: Count,
  }),
  activeTrip: maybe(DrivenTrip),
  recentTrips: z.array(DrivenTrip),
});
export const Online = z.object({
  isOnline: z.boolean(),
  lastLocation: maybe(Position),
  updatedAt: maybe(Instant),
});
export const ActiveTrip = z.object({ trip: maybe(DrivenTrip), hasActiveTrip: z.boolean() });
export const DrivenTrips = z.object({
  trips: z.array(DrivenTrip),
  total: Count,
  hasMore: z.boolean(),
});
export const Earnings = z.object({
  period: text,
  totalEarnings: Count,
  totalTrips: Count,
  averagePerTrip: Count,
  breakdown: z.array(z.object({ date: text, earnings: Count, trips: Count, distance: Count })),
});
export const Performance = z.object({ ...rates, completionRate: Share });
