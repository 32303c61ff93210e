import * as z from 'zod';
import { AssignmentStatus } from '../http/assignments/status.ts';
import { Instant } from '../wire.ts';
import { domainEvent } from './domain-event.ts';
import { Amount, OrderFacts } from './orders.ts';

/** Who and what is on a trip. */
const ofTrip = {
  tripId: z.uuid().meta({ description: 'The id of its assignment' }),
  transporterId: z.uuid(),
  driverId: z.uuid(),
  vehicleId: z.uuid(),
};

export const TripMoved = domainEvent({
  name: 'TripMoved',
  version: 1,
  summary: 'A trip has come further. `status` is that of its order',
  data: OrderFacts.extend({ ...ofTrip, tripStatus: AssignmentStatus }),
});

export const TripEnded = domainEvent({
  name: 'TripEnded',
  version: 1,
  summary:
    'A trip was completed; or it was ended because it did not move any more. OrderCancelled tells of trips that end with their order',
  data: OrderFacts.extend({
    ...ofTrip,
    outcome: z.enum(['completed', 'cancelled']),
    distanceMeters: z.int().nonnegative().nullable().meta({
      description: 'How far the truck has driven; null if its phone sent no positions',
    }),
    amount: Amount.nullable().meta({
      description: 'The total of its bill; null if the goods were not delivered',
    }),
  }),
});

export const TripStalled = domainEvent({
  name: 'TripStalled',
  version: 1,
  summary: 'A trip has neither changed its state nor moved for 12 hours',
  data: OrderFacts.extend({ ...ofTrip, tripStatus: AssignmentStatus, movedAt: Instant }),
});

const { transporterId, driverId, tripId } = ofTrip;

export const DriverRated = domainEvent({
  name: 'DriverRated',
  version: 1,
  summary: 'A customer has rated a trip',
  data: z.object({
    orderId: z.uuid(),
    customerId: z.uuid(),
    tripId,
    transporterId,
    driverId,
    stars: z.int().min(1).max(5),
    averageRating: z.number().meta({ description: "Of all the driver's ratings" }),
    totalRatings: z.int().positive(),
  }),
});
