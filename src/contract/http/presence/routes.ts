import * as z from 'zod';
import { latitudeInIndia, longitudeInIndia } from '../../positions.ts';
import { route } from '../route.ts';
import { heartbeatLimit } from './heartbeat-limit.ts';
import { Instant } from '../../wire.ts';

const common = { function: 'fleet', audience: ['transporter'], envelope: 'data' } as const;

const Milliseconds = z.int().nonnegative();

const Presence = z
  .object({
    isAvailable: z.boolean().meta({
      description:
        'Whether offers come. You must be switched on, and have sent a heartbeat or gone online (again) within the last 90 seconds.',
    }),
    updatedAt: Instant.nullable(),
    cooldownMs: Milliseconds.meta({ description: 'The least time between two changes' }),
    cooldownRemainingMs: Milliseconds,
  })
  .meta({ id: 'TransporterPresence' });

const at = '2026-01-31T09:30:00.000Z';

export const getTransporterAvailability = route({
  ...common,
  id: 'getTransporterAvailability',
  method: 'GET',
  path: '/api/v1/transporter/availability',
  summary: 'Whether you are online',
  responses: { 200: { description: 'Your availability now', schema: Presence } },
  errors: [],
  rateLimit: { limit: 60, windowSeconds: 60, per: 'user' },
  example: {
    responses: {
      200: { isAvailable: true, updatedAt: at, cooldownMs: 5000, cooldownRemainingMs: 0 },
    },
  },
});

export const setTransporterAvailability = route({
  ...common,
  id: 'setTransporterAvailability',
  method: 'PUT',
  path: '/api/v1/transporter/availability',
  summary: 'Go online, or offline',
  description:
    'There must be five seconds between two changes, and at most ten changes in five minutes. A request that changes nothing is never refused; if you are online, it keeps you online for 90 seconds more.',
  body: z.object({ isAvailable: z.boolean() }),
  responses: {
    200: {
      description: 'Your availability after the request',
      schema: Presence.extend({ idempotent: z.boolean() }),
    },
  },
  errors: ['TOGGLE_RATE_LIMITED'],
  rateLimit: { limit: 60, windowSeconds: 60, per: 'user' },
  example: {
    body: { isAvailable: true },
    responses: {
      200: {
        isAvailable: true,
        updatedAt: at,
        cooldownMs: 5000,
        cooldownRemainingMs: 5000,
        idempotent: false,
      },
    },
  },
});

export const beat = route({
  ...common,
  id: 'beat',
  method: 'POST',
  path: '/api/v1/transporter/heartbeat',
  summary: 'Say where you are, every five seconds while online',
  description:
    'Without a heartbeat for 90 seconds you are offline. After you have gone offline yourself, heartbeats are not registered.',
  body: z.object({
    latitude: latitudeInIndia,
    longitude: longitudeInIndia,
    vehicleId: z.string().max(100).optional().meta({ description: 'Not read' }),
    isOnTrip: z.boolean().optional().meta({ description: 'Not read' }),
  }),
  responses: {
    200: {
      description: 'The heartbeat was received',
      schema: z.object({
        registered: z.boolean().meta({
          description: 'Whether searches can find you: online, and with a vehicle in service',
        }),
        vehicleKey: z
          .string()
          .nullable()
          .meta({ description: "The first of the fleet's kinds in service" }),
        vehicleId: z.string().nullable(),
        isOnTrip: z.boolean(),
        nextHeartbeatMs: Milliseconds,
      }),
    },
  },
  errors: [],
  rateLimit: heartbeatLimit,
  example: {
    body: { latitude: 28.6139, longitude: 77.209 },
    responses: {
      200: {
        registered: true,
        vehicleKey: 'open_17_ft',
        vehicleId: null,
        isOnTrip: false,
        nextHeartbeatMs: 5000,
      },
    },
  },
});

export const stopBeating = route({
  ...common,
  id: 'stopBeating',
  method: 'DELETE',
  path: '/api/v1/transporter/heartbeat',
  summary: 'Stop being found, until your next heartbeat',
  responses: { 200: { description: 'Done', schema: z.object({ message: z.string() }) } },
  errors: [],
  // Low, because the heartbeat after it is never too early, and is always written to the index.
  rateLimit: { limit: 12, windowSeconds: 60, per: 'user' },
  example: { responses: { 200: { message: 'You are not found until your next heartbeat.' } } },
});
