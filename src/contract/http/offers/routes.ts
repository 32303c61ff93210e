import * as z from 'zod';
import { line } from '../../text.ts';
import { AssignmentStatus } from '../assignments/status.ts';
import { Remark } from '../orders/views.ts';
import { route } from '../route.ts';
import { BroadcastSnapshot, OfferedOrder, OfferedTruck, OfferView } from './views.ts';

const common = { function: 'orders', audience: ['transporter'], envelope: 'data' } as const;
/** The apps read the fields of these answers beside `success`, and not in `data`. */
const bare = { ...common, envelope: 'bare' } as const;

/** The app reads the offers again after every event, on every screen. */
const reading = { limit: 120, windowSeconds: 60, per: 'user' } as const;
const acting = { limit: 60, windowSeconds: 60, per: 'user' } as const;

const OrderId = z.object({ id: z.uuid() });
const Succeeded = z.literal(true);
const Count = z.int().nonnegative();
const NotRead = z.string().max(64).optional().meta({ description: 'Not read' });
const SyncCursor = z
  .string()
  .max(200)
  .optional()
  .meta({ description: 'The `syncCursor` of the answer before' });

const id = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e22';
const assignmentId = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e28';
const syncCursor = `${id}.1`;
const at = '2026-01-31T09:30:00.000Z';
const expiresAt = '2026-01-31T09:31:00.000Z';
const serverTimeMs = 1_769_851_800_000;
const pickup = {
  latitude: 28.5355,
  longitude: 77.391,
  lat: 28.5355,
  lng: 77.391,
  coordinates: { latitude: 28.5355, longitude: 77.391 },
  address: 'Sector 18, Noida',
  city: null,
  state: null,
} as const;
const drop = {
  latitude: 28.6139,
  longitude: 77.209,
  lat: 28.6139,
  lng: 77.209,
  coordinates: { latitude: 28.6139, longitude: 77.209 },
  address: 'Connaught Place, New Delhi',
  city: null,
  state: null,
} as const;
const customer = {
  customerId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e23',
  customerName: 'A*** R**',
  customerPhone: '98xxxxxx10',
} as const;
const order = {
  id,
  ...customer,
  pickup,
  drop,
  routePoints: [
    { ...pickup, type: 'PICKUP', stopIndex: 0 },
    { ...drop, type: 'DROP', stopIndex: 1 },
  ],
  distanceKm: 25,
  totalTrucks: 1,
  trucksFilled: 0,
  totalAmount: 6400,
  goodsType: null,
  weight: null,
  status: 'broadcasting',
  expiresAt,
  createdAt: at,
  eventVersion: 1,
  dispatchRevision: 1,
  lifecycleEventVersion: 1,
  serverTimeMs,
} as const;
const truck = {
  id: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e24',
  orderId: id,
  requestNumber: 1,
  vehicleType: 'open',
  vehicleSubtype: '17 Feet',
  pricePerTruck: 6400,
  status: 'searching',
  assignedTransporterId: null,
  assignedVehicleNumber: null,
  assignedDriverName: null,
  createdAt: at,
} as const;
const offer = {
  broadcastId: id,
  id,
  orderId: id,
  bookingId: id,
  ...customer,
  customerMobile: customer.customerPhone,
  pickup,
  pickupLocation: pickup,
  drop,
  dropLocation: drop,
  pickupAddress: pickup.address,
  pickupCity: pickup.city,
  dropAddress: drop.address,
  dropCity: drop.city,
  distanceKm: 25,
  distance: 25,
  totalTrucksNeeded: 1,
  trucksNeeded: 1,
  trucksFilledSoFar: 0,
  trucksFilled: 0,
  trucksStillNeeded: 1,
  vehicleType: 'open',
  vehicleSubtype: '17 Feet',
  goodsType: null,
  weight: null,
  farePerTruck: 6400,
  pricePerTruck: 6400,
  totalFare: 6400,
  totalAmount: 6400,
  status: 'broadcasting',
  createdAt: at,
  expiresAt,
  notes: null,
  isUrgent: false,
  requestedVehicles: [
    {
      vehicleType: 'open',
      vehicleSubtype: '17 Feet',
      count: 1,
      filledCount: 0,
      searchingCount: 1,
      farePerTruck: 6400,
      capacityTons: 7,
      trucksYouCanProvide: 1,
    },
  ],
  isPersonalized: true,
  trucksYouCanProvide: 1,
  maxTrucksYouCanProvide: 1,
  yourAvailableTrucks: 2,
  yourTotalTrucks: 3,
  pickupDistanceKm: 4.2,
  pickupEtaMinutes: 11,
  eventVersion: 1,
  dispatchRevision: 1,
  orderLifecycleVersion: 1,
  serverTimeMs,
  payloadVersion: 1,
} as const;

export const listRequests = route({
  ...common,
  id: 'listRequests',
  method: 'GET',
  path: '/api/v1/bookings/requests/active',
  summary: 'The orders that are on offer to you, each with its trucks',
  query: z.object({ syncCursor: SyncCursor }),
  responses: {
    200: {
      description: 'What is on offer now',
      schema: z.object({
        orders: z.array(z.object({ order: OfferedOrder, requests: z.array(OfferedTruck) })),
        count: Count,
        syncCursor: z.string(),
        snapshotUnchanged: z.boolean().meta({
          description: 'Whether nothing has changed since the `syncCursor` that you sent',
        }),
      }),
    },
  },
  errors: [],
  rateLimit: reading,
  example: {
    query: { syncCursor },
    responses: {
      200: {
        orders: [{ order, requests: [truck] }],
        count: 1,
        syncCursor,
        snapshotUnchanged: false,
      },
    },
  },
});

export const listBroadcasts = route({
  ...bare,
  id: 'listBroadcasts',
  method: 'GET',
  path: '/api/v1/broadcasts/active',
  summary: 'The orders that are on offer to you, each with what you can provide',
  query: z.object({
    transporterId: NotRead,
    driverId: NotRead,
    vehicleType: line(60).optional(),
    maxDistance: z.coerce
      .number()
      .nonnegative()
      .optional()
      .meta({ description: 'From you to the pickup, in kilometres' }),
    syncCursor: SyncCursor,
  }),
  responses: {
    200: {
      description: 'What is on offer now',
      schema: z.object({
        success: Succeeded,
        broadcasts: z.array(OfferView),
        count: Count,
        syncCursor: z.string(),
      }),
    },
  },
  errors: [],
  rateLimit: reading,
  example: {
    query: { vehicleType: 'open', maxDistance: '50' },
    responses: { 200: { success: true, broadcasts: [offer], count: 1, syncCursor } },
  },
});

export const getBroadcast = route({
  ...bare,
  id: 'getBroadcast',
  method: 'GET',
  path: '/api/v1/broadcasts/{id}',
  summary: 'An order that is on offer to you',
  params: OrderId,
  responses: {
    200: {
      description: 'The offer',
      schema: z.object({ success: Succeeded, broadcast: OfferView }),
    },
  },
  errors: ['ORDER_NOT_FOUND'],
  rateLimit: reading,
  example: { params: { id }, responses: { 200: { success: true, broadcast: offer } } },
});

export const getBroadcastSnapshot = route({
  ...common,
  id: 'getBroadcastSnapshot',
  method: 'GET',
  path: '/api/v1/orders/{id}/broadcast-snapshot',
  aliases: ['/api/v1/bookings/orders/{id}/broadcast-snapshot'],
  summary: 'How an order stands that was offered to you',
  params: OrderId,
  responses: { 200: { description: 'The order with its trucks', schema: BroadcastSnapshot } },
  errors: ['ORDER_NOT_FOUND'],
  rateLimit: reading,
  example: {
    params: { id },
    responses: {
      200: {
        orderId: id,
        state: 'broadcasting',
        status: 'broadcasting',
        dispatchState: 'queued',
        reasonCode: null,
        dispatchRevision: 1,
        orderLifecycleVersion: 1,
        eventVersion: 1,
        serverTimeMs,
        expiresAtMs: serverTimeMs + 60_000,
        syncCursor,
        order,
        requests: [truck],
      },
    },
  },
});

export const replayDispatch = route({
  ...common,
  id: 'replayDispatch',
  method: 'GET',
  path: '/api/v1/transporter/dispatch/replay',
  summary: 'What you missed',
  description:
    'State is replayed, and not a log: the answer has no events, and always asks for the snapshot, which is GET bookings/requests/active.',
  query: z.object({
    cursor: z.coerce.number().int().nonnegative().default(0),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  responses: {
    200: {
      description: 'Where to go on',
      schema: z.object({
        cursor: Count,
        snapshotRequired: z.boolean(),
        hasMore: z.boolean(),
        replayWindowStart: Count,
        replayWindowEnd: Count,
        cursorType: z.string(),
        events: z.array(
          z.object({
            sequence: Count,
            orderId: z.uuid(),
            dispatchRevision: Count,
            orderLifecycleVersion: Count,
            eventType: z.string(),
          }),
        ),
      }),
    },
  },
  errors: [],
  // A8: one in three seconds.
  rateLimit: { limit: 20, windowSeconds: 60, per: 'user' },
  example: {
    query: { cursor: '0', limit: '50' },
    responses: {
      200: {
        cursor: 0,
        snapshotRequired: true,
        hasMore: false,
        replayWindowStart: 0,
        replayWindowEnd: 0,
        cursorType: 'snapshot',
        events: [],
      },
    },
  },
});

export const declineBroadcast = route({
  ...bare,
  id: 'declineBroadcast',
  method: 'POST',
  path: '/api/v1/broadcasts/{id}/decline',
  summary: 'Decline an order that is on offer to you',
  description: 'You are not asked for this order again. Safe to repeat.',
  params: OrderId,
  body: z.object({
    driverId: NotRead,
    reason: Remark.optional().meta({
      description: 'Such as NOT_AVAILABLE, VEHICLE_NOT_SUITABLE or DISTANCE_TOO_FAR',
    }),
    notes: Remark.optional(),
  }),
  responses: {
    200: {
      description: 'It is not on offer to you any more',
      schema: z.object({ success: Succeeded, message: z.string() }),
    },
  },
  errors: ['ORDER_NOT_FOUND', 'ALREADY_HOLDING'],
  rateLimit: acting,
  example: {
    params: { id },
    body: { reason: 'NOT_AVAILABLE' },
    responses: { 200: { success: true, message: 'You have declined this order.' } },
  },
});

export const acceptBroadcast = route({
  ...bare,
  id: 'acceptBroadcast',
  method: 'POST',
  path: '/api/v1/broadcasts/{id}/accept',
  summary: 'Take one truck of an order, with a vehicle and a driver',
  description:
    'It holds the truck and confirms the hold in one step: either both happen, or nothing. Then the driver has 45 seconds to accept.',
  params: OrderId,
  body: z.object({
    vehicleId: z.uuid(),
    driverId: z.uuid(),
    estimatedArrival: z.string().max(100).optional().meta({ description: 'Not read' }),
    notes: Remark.optional().meta({ description: 'Not read' }),
  }),
  responses: {
    200: {
      description: 'The driver was asked, now or by an earlier try',
      schema: z.object({
        success: Succeeded,
        message: z.string(),
        assignmentId: z.uuid(),
        tripId: z.uuid().meta({ description: "The assignment's id" }),
        status: AssignmentStatus,
        resultCode: z.string(),
        replayed: z.boolean().meta({ description: 'Whether an earlier try did it' }),
      }),
    },
  },
  errors: [
    'ORDER_NOT_FOUND',
    'ORDER_INACTIVE',
    'NOT_ENOUGH_AVAILABLE',
    'ALREADY_HOLDING',
    'HOLDS_LIMITED',
    'CONFIRM_FAILED',
  ],
  idempotency: 'honoured',
  rateLimit: { limit: 10, windowSeconds: 60, per: 'user' },
  example: {
    params: { id },
    body: {
      vehicleId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e31',
      driverId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e32',
    },
    responses: {
      200: {
        success: true,
        message: 'The truck is yours. Its driver was asked to accept the trip.',
        assignmentId,
        tripId: assignmentId,
        status: 'pending',
        resultCode: 'ASSIGNED',
        replayed: false,
      },
    },
  },
});
