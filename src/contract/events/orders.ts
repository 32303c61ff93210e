import * as z from 'zod';
import { searchFacts } from '../http/orders/views.ts';
import { Instant } from '../wire.ts';
import { event } from './event.ts';
import { Message, OrderNews } from './order-news.ts';

const TruckIds = z.array(z.uuid());
const Count = z.int().nonnegative();

/** How a search ended at its deadline. */
const EndedSearch = OrderNews.extend({
  expiredAt: Instant,
  totalTrucks: z.int().positive(),
  trucksFilled: Count,
  expiredTruckRequestIds: TruckIds.meta({ description: 'The trucks that were not found' }),
  reasonCode: searchFacts.reasonCode,
  onlineCandidates: Count,
  notifiedTransporters: Count,
  reason: z.string().meta({ description: 'Why the order is not on offer any more' }),
  message: Message,
});

export const orderCancelled = event({
  name: 'order_cancelled',
  summary: 'The customer cancelled the order',
  audience: ['customer', 'transporter'],
  data: OrderNews.extend({
    reason: z.string().nullable(),
    message: Message,
    cancelledAt: Instant,
    assignmentsCancelled: Count,
    tripId: z.uuid().nullable().meta({ description: 'Your trip that ended with it, if any' }),
    customerName: z.string(),
    customerPhone: z.string(),
    pickupAddress: z.string(),
    dropAddress: z.string(),
  }),
  push: {
    title: 'Order cancelled',
    body: 'The order was cancelled.',
    fields: ['orderId', 'tripId', 'reason', 'message', 'cancelledAt', 'eventVersion'],
  },
});

export const orderExpired = event({
  name: 'order_expired',
  summary: 'The search ended, or the last truck was lost after it: the order is over',
  audience: ['customer', 'transporter'],
  data: EndedSearch,
  push: { title: 'Search ended', body: 'The search for trucks has ended.' },
});

export const broadcastStateChanged = event({
  name: 'broadcast_state_changed',
  summary:
    'The search ended at its deadline, and the order goes on with the trucks that were found or are held',
  audience: ['customer'],
  data: EndedSearch,
  push: { title: 'Some trucks found', body: 'Your order goes on with the trucks that were found.' },
});

export const trucksRemaining = event({
  name: 'trucks_remaining_update',
  summary: 'Another truck was taken, or is free again',
  audience: ['customer', 'transporter'],
  data: OrderNews.extend({
    orderStatus: OrderNews.shape.status,
    vehicleType: z.string(),
    vehicleSubtype: z.string(),
    totalTrucks: z.int().positive(),
    trucksNeeded: z.int().positive(),
    trucksFilled: Count,
    trucksRemaining: Count.meta({ description: 'Trucks that are neither held nor assigned' }),
  }),
});

export const bookingFullyFilled = event({
  name: 'booking_fully_filled',
  summary: 'All trucks of the order are found',
  audience: ['customer', 'transporter'],
  data: OrderNews.extend({
    totalTrucks: z.int().positive(),
    trucksNeeded: z.int().positive(),
    trucksFilled: Count,
  }),
  push: { title: 'All trucks found', body: 'All trucks of the order are found.' },
});

export const bookingUpdated = event({
  name: 'booking_updated',
  summary: 'A truck of the order was lost after the search had ended',
  audience: ['customer'],
  data: OrderNews.extend({
    trucksNeeded: z.int().positive(),
    trucksFilled: Count,
    expiredTruckRequestIds: TruckIds.meta({ description: 'The trucks that will not come' }),
    message: Message,
  }),
  push: { title: 'A truck was lost', body: 'A truck of your order will not come.' },
});
