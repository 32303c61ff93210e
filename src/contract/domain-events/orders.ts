import * as z from 'zod';
import { OrderStatus, searchFacts } from '../http/orders/views.ts';
import { domainEvent } from './domain-event.ts';

/** The fields of every domain event of an order. */
const OrderFacts = z.object({
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
const Amount = z.int().nonnegative();

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
