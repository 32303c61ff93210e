import * as z from 'zod';
import { OrderStatus, searchFacts } from '../http/orders/views.ts';
import { Instant } from '../wire.ts';
import { event } from './event.ts';

/** The fields of every event of an order. The three ids are the same, under the names that the apps read. */
const OrderNews = z.object({
  orderId: z.uuid(),
  bookingId: z.uuid(),
  broadcastId: z.uuid(),
  status: OrderStatus,
  eventVersion: z.int().positive().meta({
    description:
      'Raised by every change of the order: drop an event that is older than what you know',
  }),
});

/** How a search ended at its deadline. */
const EndedSearch = OrderNews.extend({
  expiredAt: Instant,
  totalTrucks: z.int().positive(),
  trucksFilled: z.int().nonnegative(),
  expiredTruckRequestIds: z.array(z.uuid()).meta({ description: 'The trucks that were not found' }),
  reasonCode: searchFacts.reasonCode,
  onlineCandidates: z.int().nonnegative(),
  notifiedTransporters: z.int().nonnegative(),
});

export const orderCancelled = event({
  name: 'order_cancelled',
  summary: 'The order was cancelled',
  audience: ['customer'],
  data: OrderNews.extend({ reason: z.string().nullable(), cancelledAt: Instant }),
  push: { title: 'Order cancelled', body: 'Your order was cancelled.' },
});

export const orderExpired = event({
  name: 'order_expired',
  summary: 'The search ended without a truck',
  audience: ['customer'],
  data: EndedSearch,
  push: { title: 'No truck found', body: 'We found no truck for your order. Please try again.' },
});

export const broadcastStateChanged = event({
  name: 'broadcast_state_changed',
  summary:
    'The search ended at its deadline, and the order goes on with the trucks that were found',
  audience: ['customer'],
  data: EndedSearch,
  push: { title: 'Some trucks found', body: 'Your order goes on with the trucks that were found.' },
});
