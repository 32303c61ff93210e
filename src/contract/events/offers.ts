import * as z from 'zod';
import { OfferView } from '../http/offers/views.ts';
import { Instant } from '../wire.ts';
import { event } from './event.ts';
import { Message, OrderIds, OrderNews } from './order-news.ts';

export const newBroadcast = event({
  name: 'new_broadcast',
  summary:
    'An order that you can serve, with a line for each kind of truck. It replaces what you know of the order',
  audience: ['transporter'],
  data: OfferView,
  until: 'expiresAt',
  isLive: true,
  push: {
    title: 'New order nearby',
    body: 'A customer needs trucks that you have. Open the app to take them.',
    fields: [
      'broadcastId',
      'orderId',
      'customerName',
      'vehicleType',
      'vehicleSubtype',
      'trucksNeeded',
      'trucksFilled',
      'farePerTruck',
      'pickupAddress',
      'dropAddress',
      'distanceKm',
      'expiresAt',
      'requestedVehicles',
      'eventVersion',
      'serverTimeMs',
    ],
  },
});

export const broadcastDismissed = event({
  name: 'broadcast_dismissed',
  summary: 'An order is not on offer to you any more',
  audience: ['transporter'],
  data: OrderNews.extend({
    id: z.uuid(),
    reason: z.enum(['fully_filled', 'all_held', 'no_free_trucks', 'timeout', 'suspended']),
    message: Message,
    customerName: z.string().nullable(),
    dispatchRevision: z.int().positive(),
    orderLifecycleVersion: z.int().positive(),
    serverTimeMs: z.int(),
  }),
  // A phone that was told of the offer by a push takes the card away.
  push: { title: 'Order gone', body: 'An order is not on offer to you any more.' },
});

export const holdExpired = event({
  name: 'hold_expired',
  summary: 'Your hold ended before you had put vehicles and drivers on its trucks',
  audience: ['transporter'],
  data: OrderIds.extend({
    holdId: z.uuid(),
    transporterId: z.uuid(),
    phase: z.enum(['FLEX', 'CONFIRMED']),
    status: z.literal('expired'),
    reason: z.string(),
    vehicleType: z.string(),
    vehicleSubtype: z.string(),
    quantity: z.int().positive(),
    expiredAt: Instant,
    message: Message,
  }),
  push: { title: 'Your hold has ended', body: 'You chose no vehicles and drivers in time.' },
});
