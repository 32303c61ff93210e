import * as z from 'zod';
import { route } from '../route.ts';
import {
  eta,
  orderId,
  point,
  position,
  stalePosition,
  taken,
  transporterId,
  tripId,
} from './examples.ts';
import { FixOfBatch, networkSaid, oneFix } from './fixes.ts';
import { Eta, FixesTaken, TripPosition } from './views.ts';

const common = { function: 'trips', envelope: 'data' } as const;
const ofDriver = { ...common, audience: ['driver'] } as const;
const ofBoth = { ...common, audience: ['customer', 'transporter'] } as const;

/** A8's limit for tracking. */
const rateLimit = { limit: 120, windowSeconds: 60, per: 'user' } as const;

const mostPoints = 100;

export const sendPositions = route({
  ...ofDriver,
  id: 'sendPositions',
  method: 'POST',
  path: '/api/v1/tracking/batch',
  summary: 'Say where you were, with up to 100 positions in any order',
  description:
    'Positions count from the time when you accept a trip until it is completed. Stale, repeated and impossible ones are counted, and are never an error; also when the trip is over, so that an app does not keep them for ever. Safe to repeat: a position is known by its trip and its `timestamp`.',
  body: z.object({
    tripId: z.uuid(),
    points: z.array(FixOfBatch).max(mostPoints),
    network: networkSaid,
  }),
  responses: { 200: { description: 'What became of them', schema: FixesTaken } },
  errors: ['ASSIGNMENT_NOT_FOUND'],
  rateLimit,
  example: { body: { tripId, points: [point] }, responses: { 200: taken } },
});

export const sendPosition = route({
  ...ofDriver,
  id: 'sendPosition',
  method: 'POST',
  path: '/api/v1/tracking/update',
  summary: 'Say where you are',
  description:
    'One position, which is taken as one of a batch is. Better send several at once, by POST tracking/batch, or each on the socket.',
  body: z.object({ tripId: z.uuid(), ...oneFix, network: networkSaid }),
  responses: { 200: { description: 'What became of it', schema: FixesTaken } },
  errors: ['ASSIGNMENT_NOT_FOUND'],
  rateLimit,
  example: { body: { tripId, ...point }, responses: { 200: taken } },
});

export const trackTrip = route({
  ...common,
  id: 'trackTrip',
  audience: ['customer', 'transporter', 'driver'],
  method: 'GET',
  path: '/api/v1/tracking/{tripId}',
  summary: 'Where a truck is',
  description:
    'A customer sees it from the time when the driver has accepted until the trip is completed; a transporter only sees its own trucks, and a driver only the own trip.',
  params: z.object({ tripId: z.uuid() }),
  responses: { 200: { description: 'Its last position', schema: TripPosition } },
  errors: ['ASSIGNMENT_NOT_FOUND', 'POSITION_UNKNOWN', 'TRIP_ENDED'],
  rateLimit,
  example: { params: { tripId }, responses: { 200: stalePosition } },
});

const OrderId = z.object({ id: z.uuid() });
const bookingId = z.uuid().meta({ description: "The order's id" });

export const trackBooking = route({
  ...ofBoth,
  id: 'trackBooking',
  method: 'GET',
  path: '/api/v1/tracking/booking/{id}',
  summary: 'Where the trucks of an order are',
  description:
    'Trucks whose position is not known are left out, as are those whose trip is over. A transporter is shown its own trucks.',
  params: OrderId,
  responses: {
    200: {
      description: 'Its trucks on the map',
      schema: z.object({ bookingId, trucks: z.array(TripPosition) }),
    },
  },
  errors: ['ORDER_NOT_FOUND'],
  rateLimit,
  example: {
    params: { id: orderId },
    responses: { 200: { bookingId: orderId, trucks: [position] } },
  },
});

export const estimateArrivals = route({
  ...ofBoth,
  id: 'estimateArrivals',
  method: 'GET',
  path: '/api/v1/tracking/booking/{id}/eta',
  summary: 'When the trucks of an order will arrive: at the pickup, or at the drop',
  description:
    'Learnt from how fast this trip and others on the same roads at this hour have gone. Trucks whose position is not known are left out. A transporter is shown its own trucks.',
  params: OrderId,
  responses: {
    200: {
      description: 'An estimate for each truck, by the id of its trip',
      schema: z.object({ bookingId, etas: z.record(z.uuid(), Eta) }),
    },
  },
  errors: ['ORDER_NOT_FOUND'],
  rateLimit,
  example: {
    params: { id: orderId },
    responses: { 200: { bookingId: orderId, etas: { [tripId]: eta } } },
  },
});

export const trackFleet = route({
  ...common,
  id: 'trackFleet',
  audience: ['transporter'],
  method: 'GET',
  path: '/api/v1/tracking/fleet',
  summary: 'Where your trucks are that have a trip',
  responses: {
    200: {
      description: 'Those whose position is known',
      schema: z.object({
        transporterId: z.uuid(),
        activeDrivers: z.int().nonnegative().meta({
          description: 'How many of your drivers have a trip, with or without a known position',
        }),
        drivers: z.array(TripPosition),
      }),
    },
  },
  errors: [],
  rateLimit,
  example: { responses: { 200: { transporterId, activeDrivers: 1, drivers: [position] } } },
});
