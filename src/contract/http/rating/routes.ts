import * as z from 'zod';
import { Instant } from '../../wire.ts';
import { LocationView, Remark } from '../orders/views.ts';
import { route } from '../route.ts';

const common = { function: 'trips', audience: ['customer'], envelope: 'data' } as const;

/** What a customer can say of a driver, beside the stars. */
const RatingTag = z.enum([
  'polite',
  'on_time',
  'safe_driving',
  'good_vehicle_condition',
  'professional',
  'helpful',
  'rude',
  'late',
  'rash_driving',
]);

const NewRating = z.object({
  assignmentId: z.uuid(),
  stars: z.int().min(1).max(5),
  comment: Remark.optional(),
  tags: z.array(RatingTag).max(5).default([]),
});

const GivenRating = z.object({
  ratingId: z.uuid(),
  stars: z.int().meta({ description: 'As you rated the trip first' }),
  driverAvgRating: z.number().meta({ description: "The average of all the driver's ratings" }),
  message: z.string(),
  idempotent: z.boolean().meta({ description: 'Whether you had rated this trip before' }),
});

/** A trip that is completed, and that its customer has not rated. */
const UnratedTrip = z
  .object({
    assignmentId: z.uuid(),
    tripId: z.uuid().meta({ description: 'The same as `assignmentId`' }),
    bookingId: z.uuid().meta({ description: "The order's id" }),
    driverName: z.string(),
    driverProfilePhotoUrl: z.string().nullable(),
    vehicleNumber: z.string(),
    vehicleType: z.string(),
    pickup: LocationView,
    drop: LocationView,
    completedAt: Instant,
  })
  .meta({ id: 'UnratedTrip' });

const assignmentId = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e28';
const rating = {
  ratingId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e41',
  stars: 5,
  driverAvgRating: 4.8,
  message: 'Thank you for your rating.',
} as const;

export const rateDriver = route({
  ...common,
  id: 'rateDriver',
  method: 'POST',
  path: '/api/v1/rating',
  summary: 'Rate the driver of a trip that is completed',
  description:
    'A trip is rated once. A second rating changes nothing, and is answered with the first one.',
  body: NewRating,
  responses: {
    200: { description: 'You had rated this trip before', schema: GivenRating },
    201: { description: 'Your rating counts', schema: GivenRating },
  },
  errors: ['ASSIGNMENT_NOT_FOUND', 'RATING_NOT_POSSIBLE'],
  rateLimit: { limit: 10, windowSeconds: 60, per: 'user' },
  example: {
    body: { assignmentId, stars: 5, comment: 'Careful with the boxes', tags: ['polite'] },
    responses: {
      200: { ...rating, idempotent: true },
      201: { ...rating, idempotent: false },
    },
  },
});

export const listUnratedTrips = route({
  ...common,
  id: 'listUnratedTrips',
  method: 'GET',
  path: '/api/v1/rating/pending',
  summary: 'Your completed trips that you have not rated',
  description: 'The hundred that were completed last.',
  responses: {
    200: { description: 'The trips, the newest first', schema: z.array(UnratedTrip) },
  },
  errors: [],
  rateLimit: { limit: 120, windowSeconds: 60, per: 'user' },
  example: { responses: {} },
});
