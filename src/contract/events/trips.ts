import * as z from 'zod';
import { freshness, TripPosition } from '../http/tracking/views.ts';
import { Instant } from '../wire.ts';
import { AssignmentNews } from './assignments.ts';
import { event } from './event.ts';
import { Message, OrderIds, OrderNews } from './order-news.ts';

const Count = z.int().nonnegative();

export const bookingCompleted = event({
  name: 'booking_completed',
  summary: 'The last trip of the order has ended: the order is completed',
  audience: ['customer', 'transporter'],
  data: OrderNews.extend({
    trucksCompleted: Count,
    completedAt: Instant,
    message: Message,
  }),
  push: { title: 'Order completed', body: 'Your order is completed.' },
});

/** Positions do not change the order, so they have no version of it. */
const { latitude, longitude, speed, bearing } = TripPosition.shape;

export const locationUpdated = event({
  name: 'location_updated',
  summary: 'Where a truck of the order is now: at most one every 2 seconds for a trip',
  audience: ['customer'],
  data: OrderIds.omit({ eventVersion: true }).extend({
    tripId: z.uuid(),
    driverId: z.uuid(),
    latitude,
    longitude,
    speed,
    bearing,
    timestamp: Instant.meta({ description: 'When the truck was there' }),
    isStale: freshness.isStale,
    locationAgeMs: Count.meta({ description: 'How long before this was sent the truck was there' }),
    until: Instant.meta({ description: 'A minute after it was sent: later it is of no use' }),
  }),
  until: 'until',
});

export const assignmentStale = event({
  name: 'assignment_stale',
  summary:
    'A trip has neither changed its state nor moved for 12 hours. Its transporter can end it now',
  audience: ['customer', 'transporter'],
  data: AssignmentNews.extend({
    movedAt: Instant.meta({ description: 'When the trip last did' }),
  }),
  push: { title: 'A trip stands still', body: 'A trip has not moved for 12 hours.' },
});

export const documentExpiring = event({
  name: 'document_expiring',
  summary: 'The e-way bill of a trip is about to expire',
  audience: ['customer', 'transporter'],
  data: OrderIds.extend({
    assignmentId: z.uuid(),
    tripId: z.uuid(),
    vehicleNumber: z.string(),
    document: z.literal('e_way_bill'),
    documentNumber: z.string().nullable(),
    expiresAt: Instant,
    message: Message,
  }),
  until: 'expiresAt',
  push: { title: 'E-way bill expires soon', body: 'Renew the e-way bill before it expires.' },
});

export const driverRatingUpdated = event({
  name: 'driver_rating_updated',
  summary: 'A customer has rated a trip: the average of its driver has changed',
  audience: ['driver', 'transporter'],
  data: z.object({
    driverId: z.uuid(),
    driverName: z.string(),
    newRating: z.number().meta({ description: 'The average of all ratings, 1 to 5' }),
    totalRatings: z.int().positive(),
    ratingDelta: z.number().meta({ description: 'By how much the average has changed' }),
    message: Message,
  }),
  push: { title: 'New rating', body: 'A customer has rated a trip.' },
});
