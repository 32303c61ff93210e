import * as z from 'zod';
import { Remark, text } from '../orders/views.ts';
import { route } from '../route.ts';
import { firstBill, noDocuments } from '../trips/examples.ts';
import { AssignmentView } from './views.ts';
import { AssignmentStatus } from './status.ts';

const common = { function: 'orders', envelope: 'data' } as const;
const ofDriver = { ...common, audience: ['driver'] } as const;
const ofBoth = { ...common, audience: ['transporter', 'driver'] } as const;

/** An open screen asks twelve times a minute (A8), for each assignment that it shows. */
const reading = { limit: 120, windowSeconds: 60, per: 'user' } as const;
const acting = { limit: 60, windowSeconds: 60, per: 'user' } as const;

const Id = z.object({ id: z.uuid() });
const answering = [
  'ASSIGNMENT_NOT_FOUND',
  'ASSIGNMENT_TIMED_OUT',
  'INVALID_ASSIGNMENT_STATE',
] as const;

const id = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e28';
const orderId = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e22';
const pickup = {
  latitude: 28.5355,
  longitude: 77.391,
  address: 'Sector 18, Noida',
  city: null,
  state: null,
} as const;
const drop = {
  latitude: 28.6139,
  longitude: 77.209,
  address: 'Connaught Place, New Delhi',
  city: null,
  state: null,
} as const;
const assignment = {
  id,
  bookingId: orderId,
  orderId,
  truckRequestId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e24',
  transporterId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e25',
  transporterName: 'Vikram Rao',
  vehicleId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e31',
  vehicleNumber: 'KA05MX4321',
  vehicleType: 'open',
  vehicleSubtype: '17 Feet',
  driverId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e32',
  driverName: 'Ramesh Kumar',
  driverPhone: '9123456780',
  tripId: id,
  status: 'pending',
  assignedAt: '2026-01-31T09:30:40.000Z',
  answerBy: '2026-01-31T09:31:25.000Z',
  driverAcceptedAt: null,
  declineReason: null,
  declinedAt: null,
  pickupAddress: pickup.address,
  dropAddress: drop.address,
  pickupLat: pickup.latitude,
  pickupLng: pickup.longitude,
  dropLat: drop.latitude,
  dropLng: drop.longitude,
  distanceKm: 25,
  pricePerTruck: 6400,
  goodsType: null,
  customerName: 'Asha Rao',
  customerPhone: '9876543210',
  totalStops: 2,
  currentRouteIndex: 0,
  routePoints: [
    { ...pickup, type: 'PICKUP', stopIndex: 0 },
    { ...drop, type: 'DROP', stopIndex: 1 },
  ],
  requiresTripCodes: false,
  bill: firstBill,
  documents: noDocuments,
  eventVersion: 3,
  serverTimeMs: 1_769_851_845_000,
} as const;

export const getAssignment = route({
  ...ofBoth,
  id: 'getAssignment',
  method: 'GET',
  path: '/api/v1/assignments/{id}',
  summary: 'A truck that you drive, or that your fleet provides',
  params: Id,
  responses: { 200: { description: 'The assignment', schema: AssignmentView } },
  errors: ['ASSIGNMENT_NOT_FOUND'],
  rateLimit: reading,
  example: { params: { id }, responses: { 200: assignment } },
});

export const listDriverAssignments = route({
  ...ofDriver,
  id: 'listDriverAssignments',
  method: 'GET',
  path: '/api/v1/assignments/driver',
  summary: 'Your assignments, newest first',
  query: z.object({
    status: AssignmentStatus.optional(),
    page: z.coerce.number().int().min(1).max(1000).default(1),
    limit: z.coerce.number().int().min(1).max(50).default(20),
  }),
  responses: {
    200: {
      description: 'A page of assignments',
      schema: z.object({
        assignments: z.array(AssignmentView),
        total: z.int().meta({ description: 'How many have this status, on all pages' }),
        hasMore: z.boolean(),
      }),
    },
  },
  errors: [],
  rateLimit: reading,
  example: {
    query: { status: 'pending', page: '1', limit: '20' },
    responses: { 200: { assignments: [assignment], total: 1, hasMore: false } },
  },
});

export const acceptAssignment = route({
  ...ofDriver,
  id: 'acceptAssignment',
  method: 'PATCH',
  path: '/api/v1/assignments/{id}/accept',
  summary: 'Accept a trip that you were asked for',
  description: 'You have 45 seconds. Safe to repeat.',
  params: Id,
  responses: { 200: { description: 'The trip is yours', schema: AssignmentView } },
  errors: answering,
  rateLimit: acting,
  example: {
    params: { id },
    responses: {
      200: {
        ...assignment,
        status: 'driver_accepted',
        driverAcceptedAt: '2026-01-31T09:30:55.000Z',
        eventVersion: 4,
      },
    },
  },
});

export const declineAssignment = route({
  ...ofDriver,
  id: 'declineAssignment',
  method: 'PATCH',
  path: '/api/v1/assignments/{id}/decline',
  summary: 'Decline a trip that you were asked for',
  description:
    'You have 45 seconds. Your transporter can then put another driver on the truck. Safe to repeat.',
  params: Id,
  body: z.object({ reason: Remark.optional() }),
  responses: {
    200: { description: 'The trip is not yours', schema: z.object({ message: z.string() }) },
  },
  errors: answering,
  rateLimit: acting,
  example: {
    params: { id },
    body: { reason: 'NOT_AVAILABLE' },
    responses: { 200: { message: 'You have declined this trip.' } },
  },
});

export const cancelAssignment = route({
  ...ofBoth,
  id: 'cancelAssignment',
  method: 'POST',
  path: '/api/v1/assignments/{id}/cancel',
  summary: 'Give up a trip that was accepted',
  description:
    'Until the truck is loaded. The transporter then holds the truck for 60 seconds, and can put another driver on it.',
  params: Id,
  body: z.object({ reason: text(500) }),
  responses: { 200: { description: 'The trip will not take place', schema: AssignmentView } },
  errors: ['ASSIGNMENT_NOT_FOUND', 'INVALID_ASSIGNMENT_STATE'],
  rateLimit: acting,
  example: {
    params: { id },
    body: { reason: 'The truck broke down' },
    responses: {
      200: {
        ...assignment,
        status: 'cancelled',
        driverAcceptedAt: '2026-01-31T09:30:55.000Z',
        eventVersion: 5,
      },
    },
  },
});
