import * as z from 'zod';
import { AssignmentStatus } from '../http/assignments/status.ts';
import { OrderStatus } from '../http/orders/views.ts';
import { TripCodes } from '../http/trips/views.ts';
import { Instant } from '../wire.ts';
import { event } from './event.ts';
import { Message, OrderIds } from './order-news.ts';

/** The fields of every event of an assignment. `status` is the assignment's, `orderStatus` its order's. */
export const AssignmentNews = OrderIds.extend({
  orderStatus: OrderStatus,
  assignmentId: z.uuid(),
  tripId: z.uuid(),
  truckRequestId: z.uuid(),
  status: AssignmentStatus,
  vehicleNumber: z.string(),
  driverId: z.uuid(),
  driverName: z.string(),
  message: Message,
});

/** The transporter may put another driver on the truck, until the new hold ends. */
const DriverLost = AssignmentNews.extend({
  reason: z.string(),
  holdId: z.uuid().meta({ description: 'The new hold: confirm it with another driver' }),
  holdExpiresAt: Instant,
});

export const truckAssigned = event({
  name: 'truck_assigned',
  summary: 'A truck of the order has a vehicle and a driver',
  audience: ['customer'],
  data: AssignmentNews.extend({
    assignment: z.object({
      id: z.uuid(),
      vehicleNumber: z.string(),
      driverName: z.string(),
      status: AssignmentStatus,
    }),
    transporterName: z.string(),
    driverPhone: z.string(),
    requiresTripCodes: z
      .boolean()
      .meta({ description: 'Whether the driver needs your codes to leave, and to deliver' }),
    tripCodes: TripCodes.nullable().meta({
      description: 'The codes. A push does not have them: look at the trucks of the booking',
    }),
  }),
  push: {
    title: 'Truck found',
    body: 'A truck was found for your order.',
    fields: [
      'orderId',
      'assignmentId',
      'tripId',
      'status',
      'vehicleNumber',
      'driverName',
      'driverPhone',
      'transporterName',
      'requiresTripCodes',
      'message',
      'eventVersion',
    ],
  },
});

export const assignmentStatusChanged = event({
  name: 'assignment_status_changed',
  summary: 'A driver has accepted, or will not come; or a trip has come further, or is over',
  audience: ['customer', 'transporter'],
  data: AssignmentNews,
  push: { title: 'News of your truck', body: 'The state of a truck has changed.' },
});

export const driverAccepted = event({
  name: 'driver_accepted',
  summary: 'Your driver has accepted the trip',
  audience: ['transporter'],
  data: AssignmentNews.extend({
    holdId: z.uuid(),
    trucksAccepted: z.int().nonnegative(),
    trucksPending: z.int().nonnegative(),
  }),
  push: { title: 'Driver accepted', body: 'Your driver has accepted the trip.' },
});

export const driverDeclined = event({
  name: 'driver_declined',
  summary: 'Your driver has declined or given up the trip. The truck is yours for another minute',
  audience: ['transporter'],
  data: DriverLost,
  push: { title: 'Driver declined', body: 'Put another driver on the truck within a minute.' },
});

export const driverTimeout = event({
  name: 'driver_timeout',
  summary: 'Your driver has not answered. The truck is yours for another minute',
  audience: ['transporter'],
  data: DriverLost,
  push: { title: 'Driver did not answer', body: 'Put another driver on the truck in a minute.' },
});

const Stop = z.object({
  address: z.string(),
  city: z.string().nullable(),
  latitude: z.number(),
  longitude: z.number(),
  lat: z.number(),
  lng: z.number(),
});

export const tripAssigned = event({
  name: 'trip_assigned',
  summary:
    'A trip for you: accept or decline it in time. After `resume` also one that you have accepted: look at `status`',
  audience: ['driver'],
  data: AssignmentNews.extend({
    pickup: Stop,
    drop: Stop,
    pickupAddress: z.string(),
    pickupCity: z.string().nullable(),
    pickupLat: z.number(),
    pickupLng: z.number(),
    dropAddress: z.string(),
    dropCity: z.string().nullable(),
    dropLat: z.number(),
    dropLng: z.number(),
    farePerTruck: z.int(),
    fare: z.int(),
    distanceKm: z.int(),
    customerName: z.string(),
    customerPhone: z.string(),
    assignedAt: Instant,
    expiresAt: Instant,
    driverAcceptTimeoutSeconds: z.int(),
    routePoints: z.array(
      z.object({
        type: z.string(),
        latitude: z.number(),
        longitude: z.number(),
        address: z.string(),
        city: z.string().nullable(),
      }),
    ),
  }),
  until: 'expiresAt',
  isLive: true,
  push: {
    title: 'New trip',
    body: 'Accept it within 45 seconds.',
    fields: [
      'assignmentId',
      'tripId',
      'orderId',
      'truckRequestId',
      'pickupAddress',
      'pickupCity',
      'pickupLat',
      'pickupLng',
      'dropAddress',
      'dropCity',
      'dropLat',
      'dropLng',
      'vehicleNumber',
      'fare',
      'distanceKm',
      'customerName',
      'customerPhone',
      'assignedAt',
      'expiresAt',
      'driverAcceptTimeoutSeconds',
      'eventVersion',
    ],
  },
});

export const tripCancelled = event({
  name: 'trip_cancelled',
  summary: 'A trip of yours will not take place',
  audience: ['driver', 'transporter'],
  data: AssignmentNews.extend({
    reason: z.string(),
    cancelledAt: Instant,
    compensationAmount: z.int().nonnegative(),
    settlementState: z.string(),
  }),
  push: { title: 'Trip cancelled', body: 'Your trip was cancelled.' },
});
