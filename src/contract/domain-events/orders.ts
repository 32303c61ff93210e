import * as z from 'zod';
import { OrderStatus, searchFacts } from '../http/orders/views.ts';
import { domainEvent } from './domain-event.ts';

/** The fields of every domain event of an order. */
export const OrderFacts = z.object({
  orderId: z.uuid(),
  customerId: z.uuid(),
  status: OrderStatus,
  eventVersion: z.int().positive().meta({
    description:
      'Raised by every change of the order: an event with a lower one than you know is older',
  }),
  trucksNeeded: z.int().positive(),
  trucksFilled: z.int().nonnegative(),
});

/** In rupees. */
export const Amount = z.int().nonnegative();

export const OrderPlaced = domainEvent({
  name: 'OrderPlaced',
  version: 1,
  summary: 'A customer placed an order, and the search for its trucks begins',
  data: OrderFacts.extend({
    totalAmount: Amount,
    distanceKm: z.number().nonnegative(),
    trucks: z.array(
      z.object({
        truckRequestId: z.uuid(),
        vehicleType: z.string(),
        vehicleSubtype: z.string(),
        price: Amount,
      }),
    ),
  }),
});

export const OrderCancelled = domainEvent({
  name: 'OrderCancelled',
  version: 1,
  summary: 'The customer cancelled an order',
  data: OrderFacts.extend({
    cancelledTruckRequestIds: z.array(z.uuid()),
  }),
});

export const OrderSearchExpired = domainEvent({
  name: 'OrderSearchExpired',
  version: 1,
  summary:
    'The search of an order ended at its deadline. The order expires with it, or goes on with the trucks that were found: `status` says which',
  data: OrderFacts.extend({
    expiredTruckRequestIds: z.array(z.uuid()),
    reasonCode: searchFacts.reasonCode,
  }),
});

const TruckIds = z.array(z.uuid());
const ofTransporter = { transporterId: z.uuid() };

export const OrderOffered = domainEvent({
  name: 'OrderOffered',
  version: 1,
  summary: 'A wave of a search has begun: these transporters were asked. There may be none',
  data: OrderFacts.extend({
    wave: z.int().positive(),
    transporterIds: z.array(z.uuid()),
    onlineCandidates: z.int().nonnegative(),
  }),
});

export const OfferChanged = domainEvent({
  name: 'OfferChanged',
  version: 1,
  summary: 'A transporter declined an order, or can serve other kinds of it than before',
  data: OrderFacts.extend({
    ...ofTransporter,
    what: z.enum(['declined', 'withdrawn', 'refreshed']),
    vehicleKeys: z.array(z.string()).meta({ description: 'The kinds that are still on offer' }),
  }),
});

export const TrucksHeld = domainEvent({
  name: 'TrucksHeld',
  version: 1,
  summary: 'A transporter holds trucks of an order',
  data: OrderFacts.extend({ ...ofTransporter, holdId: z.uuid(), truckRequestIds: TruckIds }),
});

export const HoldEnded = domainEvent({
  name: 'HoldEnded',
  version: 1,
  summary: 'A hold was released or has lapsed: its trucks are searched for again, or have expired',
  data: OrderFacts.extend({
    ...ofTransporter,
    holdId: z.uuid(),
    how: z.enum(['released', 'lapsed']),
    truckRequestIds: TruckIds,
  }),
});

export const TrucksAssigned = domainEvent({
  name: 'TrucksAssigned',
  version: 1,
  summary: 'A transporter has put vehicles and drivers on trucks of an order',
  data: OrderFacts.extend({
    ...ofTransporter,
    holdId: z.uuid(),
    assignments: z.array(
      z.object({
        assignmentId: z.uuid(),
        truckRequestId: z.uuid(),
        vehicleId: z.uuid(),
        driverId: z.uuid(),
      }),
    ),
  }),
});

export const DriverAnswered = domainEvent({
  name: 'DriverAnswered',
  version: 1,
  summary: 'A driver accepted a trip; or declined it, did not answer in time, or gave it up',
  data: OrderFacts.extend({
    ...ofTransporter,
    assignmentId: z.uuid(),
    driverId: z.uuid(),
    answer: z.enum(['accepted', 'declined', 'timed_out', 'given_up']),
  }),
});
