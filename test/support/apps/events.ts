import * as z from 'zod';
import { Instant } from './answers.ts';

/*
 * What the two apps read in the events of their main flow, by the tables C3 and C4 of what was observed in them. An app
 * finds an order by the first of its three ids that is there: all are.
 */

const Int = z.int();
const text = z.string().min(1);
const ids = { orderId: text, bookingId: text, broadcastId: text };
const assignment = { assignmentId: text, tripId: text, status: text, vehicleNumber: text };
const Stop = z.object({ address: text, lat: z.number(), lng: z.number() });
const driver = { driverId: text, driverName: text, vehicleNumber: text, assignmentId: text };
const filled = { trucksNeeded: Int, totalTrucks: Int, trucksFilled: Int };

const both = {
  trucks_remaining_update: z.object({
    ...ids,
    ...filled,
    vehicleType: text,
    trucksRemaining: Int,
    orderStatus: text,
  }),
  booking_fully_filled: z.object({ ...ids, ...filled }),
  assignment_status_changed: z.object({ ...ids, ...assignment, message: text }),
  booking_completed: z.object(ids),
};

export const eventsOfCustomer = {
  ...both,
  truck_assigned: z.object({
    ...ids,
    assignment: z.object({ id: text, vehicleNumber: text, driverName: text, status: text }),
  }),
  location_updated: z.object({
    ...ids,
    tripId: text,
    driverId: text,
    latitude: z.number(),
    longitude: z.number(),
    speed: z.number(),
    bearing: z.number(),
    timestamp: Instant,
    isStale: z.boolean(),
    locationAgeMs: Int.nonnegative(),
  }),
};

const Location = z.object({ address: text, latitude: z.number(), longitude: z.number() });

export const eventsOfTransporter = {
  ...both,
  new_broadcast: z.object({
    ...ids,
    customerId: text,
    customerName: text,
    vehicleType: text,
    vehicleSubtype: text,
    trucksNeeded: Int,
    trucksFilled: Int,
    farePerTruck: Int,
    pickupLocation: Location,
    dropLocation: Location,
    distance: Int,
    isUrgent: z.boolean(),
    expiresAt: Instant,
    requestedVehicles: z
      .array(
        z.object({
          vehicleType: text,
          vehicleSubtype: text,
          count: Int,
          filledCount: Int,
          farePerTruck: Int,
          capacityTons: z.number(),
        }),
      )
      .min(1),
  }),
  broadcast_dismissed: z.object({ ...ids, id: text, reason: text, message: text }),
  driver_accepted: z.object({
    ...driver,
    holdId: text,
    tripId: text,
    bookingId: text,
    trucksAccepted: Int,
    trucksPending: Int,
    message: text,
  }),
  driver_declined: z.object({ ...driver, orderId: text, reason: text, holdId: text }),
  driver_rating_updated: z.object({
    driverId: text,
    newRating: z.number(),
    totalRatings: Int,
    ratingDelta: z.number(),
  }),
};

export const eventsOfDriver = {
  trip_assigned: z.object({
    assignmentId: text,
    tripId: text,
    orderId: text,
    truckRequestId: text,
    pickup: Stop,
    drop: Stop,
    vehicleNumber: text,
    farePerTruck: Int,
    distanceKm: Int,
    customerName: text,
    customerPhone: text,
    assignedAt: Instant,
    expiresAt: Instant,
    routePoints: z.array(
      z.object({ type: text, latitude: z.number(), longitude: z.number(), address: text }),
    ),
    message: text,
    driverAcceptTimeoutSeconds: Int,
  }),
  driver_rating_updated: eventsOfTransporter.driver_rating_updated,
};
