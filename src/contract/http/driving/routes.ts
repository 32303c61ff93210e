import * as z from 'zod';
import { route } from '../route.ts';
import { completedTrip, driver, driverId, performance, stats, trip } from './examples.ts';
import {
  DrivenStatus,
  DrivenTrip,
  DriverDashboard,
  DriverEarnings,
  DriverPerformance,
  EarningsPeriod,
} from './views.ts';

const common = { function: 'trips', method: 'GET', envelope: 'data' } as const;
const ofDriver = { ...common, audience: ['driver'] } as const;
const ofBoth = { ...common, audience: ['driver', 'transporter'] } as const;

const rateLimit = { limit: 120, windowSeconds: 60, per: 'user' } as const;

/** Whose figures are meant. */
const whose = {
  driverId: z.uuid().optional().meta({
    description: 'For a transporter: a driver of its fleet. A driver sees the own figures',
  }),
};
const forTransporter =
  'A transporter says which driver of its fleet is meant, and without that is answered that there is no such driver.';

export const getDriverDashboard = route({
  ...ofDriver,
  id: 'getDriverDashboard',
  path: '/api/v1/driver/dashboard',
  summary: 'Who you are, what you have driven and earned, and your trip now',
  responses: { 200: { description: 'Your first screen', schema: DriverDashboard } },
  errors: [],
  rateLimit,
  example: {
    responses: { 200: { driver, stats, activeTrip: trip, recentTrips: [trip, completedTrip] } },
  },
});

export const listDriverTrips = route({
  ...ofBoth,
  id: 'listDriverTrips',
  path: '/api/v1/driver/trips',
  summary: "A driver's trips, the newest first",
  description: forTransporter,
  query: z.object({
    status: DrivenStatus.optional(),
    limit: z.coerce.number().int().min(1).max(100).default(20),
    offset: z.coerce.number().int().min(0).max(10_000).default(0),
    ...whose,
  }),
  responses: {
    200: {
      description: 'A page of trips',
      schema: z.object({
        trips: z.array(DrivenTrip),
        total: z.int().meta({ description: 'How many have this status, on all pages' }),
        hasMore: z.boolean(),
      }),
    },
  },
  errors: ['DRIVER_NOT_FOUND'],
  rateLimit,
  example: {
    query: { status: 'completed', limit: '20', offset: '0' },
    responses: { 200: { trips: [completedTrip], total: 1, hasMore: false } },
  },
});

export const getActiveTrip = route({
  ...ofDriver,
  id: 'getActiveTrip',
  path: '/api/v1/driver/trips/active',
  summary: 'The trip that you have accepted and not completed',
  responses: {
    200: {
      description: 'Whether there is one, and which',
      schema: z.object({ trip: DrivenTrip.nullable(), hasActiveTrip: z.boolean() }),
    },
  },
  errors: [],
  rateLimit,
  example: { responses: { 200: { trip, hasActiveTrip: true } } },
});

export const getDriverEarnings = route({
  ...ofBoth,
  id: 'getDriverEarnings',
  path: '/api/v1/driver/earnings',
  summary: 'What a driver has earned: today, this week, or this month',
  description: `Days begin at midnight in India, weeks on Monday. ${forTransporter}`,
  query: z.object({ period: EarningsPeriod.default('today'), ...whose }),
  responses: { 200: { description: 'The sum, and each day', schema: DriverEarnings } },
  errors: ['DRIVER_NOT_FOUND'],
  rateLimit,
  example: {
    query: { period: 'week', driverId },
    responses: {
      200: {
        period: 'week',
        totalEarnings: 19_200,
        totalTrips: 3,
        averagePerTrip: 6400,
        breakdown: [
          { date: '2026-01-29', earnings: 12_800, trips: 2, distance: 50 },
          { date: '2026-01-30', earnings: 6400, trips: 1, distance: 25 },
        ],
      },
    },
  },
});

export const getDriverPerformance = route({
  ...ofBoth,
  id: 'getDriverPerformance',
  path: '/api/v1/driver/performance',
  summary: 'How well a driver drives: ratings, and what became of the trips',
  description: forTransporter,
  query: z.object(whose),
  responses: { 200: { description: 'The figures', schema: DriverPerformance } },
  errors: ['DRIVER_NOT_FOUND'],
  rateLimit,
  example: { query: { driverId }, responses: { 200: performance } },
});
