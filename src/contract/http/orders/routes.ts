import * as z from 'zod';
import {
  at,
  booking,
  bookingTruck,
  cancelled,
  drop,
  expiresAt,
  order,
  orderId,
  pickup,
  requirement,
  search,
  terms,
  truckRequest,
} from './examples.ts';
import {
  BookingFilter,
  BookingTruck,
  BookingView,
  CancelBody,
  CancellationPreview,
  CancelledOrder,
  DisputeBody,
  NewOrder,
  OrderDetail,
  OrderState,
  OrderStatus,
  OrderView,
  PlacedOrder,
  RecordedDispute,
} from './views.ts';
import { SearchExplained } from '../offers/views.ts';
import { route } from '../route.ts';
import { Instant } from '../../wire.ts';

const common = { function: 'orders', audience: ['customer'], envelope: 'data' } as const;
const OrderId = z.object({ id: z.uuid() });

/** An app polls every order that it shows, on every screen. */
const reading = { limit: 120, windowSeconds: 60, per: 'user' } as const;
/** For reading one order, which is mostly in the cache. */
const watching = { ...reading, alongside: true } as const;

export const placeOrder = route({
  ...common,
  id: 'placeOrder',
  method: 'POST',
  path: '/api/v1/orders',
  aliases: ['/api/v1/bookings/orders'],
  summary: 'Ask for trucks',
  description:
    'The search lasts 60 seconds. Then it ends: trucks that were found stay, and without any the order expires. A customer has one search at a time. A request may be repeated with the same key: the order is placed once.',
  body: NewOrder,
  responses: { 201: { description: 'Placed, now or by an earlier try', schema: PlacedOrder } },
  errors: ['ACTIVE_ORDER_EXISTS', 'PRICE_TOO_LOW', 'SCHEDULING_NOT_OFFERED'],
  idempotency: 'required',
  rateLimit: { limit: 5, windowSeconds: 60, per: 'user' },
  example: {
    body: { pickup, drop, distanceKm: 25, vehicleRequirements: [requirement] },
    responses: {
      201: {
        order,
        truckRequests: [truckRequest],
        broadcastSummary: {
          totalRequests: 1,
          totalTransportersNotified: 0,
          groupedBy: [
            {
              vehicleType: 'mini',
              vehicleSubtype: 'Mini Truck - Tata Ace',
              count: 1,
              transportersNotified: 0,
            },
          ],
        },
        timeoutSeconds: 60,
        ...search,
        recoveryHint: null,
      },
    },
  },
});

export const listOrders = route({
  ...common,
  id: 'listOrders',
  method: 'GET',
  path: '/api/v1/orders',
  aliases: ['/api/v1/bookings/orders'],
  summary: 'Your orders, newest first',
  query: z.object({
    limit: z.coerce.number().int().min(1).max(50).default(20),
    cursor: z.uuid().optional().meta({ description: 'The `nextCursor` of the page before' }),
    status: OrderStatus.optional(),
  }),
  responses: {
    200: {
      description: 'A page of orders',
      schema: z.object({
        orders: z.array(
          OrderView.extend({
            requestsSummary: z.object({
              total: z.int(),
              searching: z.int(),
              assigned: z.int(),
              completed: z.int(),
              expired: z.int(),
            }),
          }),
        ),
        hasMore: z.boolean(),
        nextCursor: z.uuid().nullable(),
        total: z.int().meta({ description: 'How many orders have this status, on all pages' }),
      }),
    },
  },
  errors: [],
  rateLimit: reading,
  example: {
    query: { limit: '20' },
    responses: {
      200: {
        orders: [
          {
            ...order,
            requestsSummary: { total: 1, searching: 1, assigned: 0, completed: 0, expired: 0 },
          },
        ],
        hasMore: false,
        nextCursor: null,
        total: 1,
      },
    },
  },
});

export const checkActiveOrder = route({
  ...common,
  id: 'checkActiveOrder',
  method: 'GET',
  path: '/api/v1/orders/check-active',
  summary: 'Is there an active order',
  description: 'The newest order that is not completed, cancelled or expired.',
  responses: {
    200: {
      description: 'Whether there is one, and which',
      schema: z.object({
        hasActiveOrder: z.boolean(),
        activeOrder: z
          .object({ orderId: z.uuid(), status: OrderStatus, createdAt: Instant })
          .nullable(),
      }),
    },
  },
  errors: [],
  rateLimit: reading,
  example: {
    responses: {
      200: {
        hasActiveOrder: true,
        activeOrder: { orderId, status: 'broadcasting', createdAt: at },
      },
    },
  },
});

export const getOrder = route({
  ...common,
  id: 'getOrder',
  method: 'GET',
  path: '/api/v1/orders/{id}',
  aliases: ['/api/v1/bookings/orders/{id}'],
  summary: 'An order with its trucks',
  params: OrderId,
  responses: { 200: { description: 'The order', schema: OrderDetail } },
  errors: ['ORDER_NOT_FOUND'],
  rateLimit: watching,
  example: {
    params: { id: orderId },
    responses: {
      200: {
        order,
        requests: [truckRequest],
        summary: { totalTrucks: 1, trucksFilled: 0, trucksSearching: 1, trucksExpired: 0 },
      },
    },
  },
});

export const getOrderStatus = route({
  ...common,
  id: 'getOrderStatus',
  method: 'GET',
  path: '/api/v1/orders/{id}/status',
  aliases: ['/api/v1/bookings/orders/{id}/status'],
  summary: 'The state of an order, for polling',
  params: OrderId,
  responses: { 200: { description: 'Its state', schema: OrderState } },
  errors: ['ORDER_NOT_FOUND'],
  rateLimit: watching,
  example: {
    params: { id: orderId },
    responses: {
      200: {
        orderId,
        status: 'broadcasting',
        remainingSeconds: 42,
        isActive: true,
        expiresAt,
        eventVersion: 1,
        ...search,
      },
    },
  },
});

export const explainSearch = route({
  ...common,
  id: 'explainSearch',
  method: 'GET',
  path: '/api/v1/orders/{id}/search',
  aliases: ['/api/v1/bookings/orders/{id}/search'],
  summary: 'The search for trucks, explained',
  description:
    'A search asks transporters in waves. For each wave: how many were asked, reached, saw the order, accepted and declined, and why they declined.',
  params: OrderId,
  responses: { 200: { description: 'What the search did until now', schema: SearchExplained } },
  errors: ['ORDER_NOT_FOUND'],
  rateLimit: reading,
  example: {
    params: { id: orderId },
    responses: {
      200: {
        orderId,
        status: 'broadcasting',
        searchOpen: true,
        remainingSeconds: 42,
        trucksNeeded: 1,
        trucksFilled: 0,
        trucksHeld: 0,
        trucksSearching: 1,
        onlineCandidates: 14,
        asked: 10,
        reached: 9,
        seen: 6,
        declined: 1,
        accepted: 0,
        waves: [
          {
            wave: 1,
            asked: 10,
            reached: 9,
            seen: 6,
            accepted: 0,
            declined: 1,
            declineReasons: [{ reason: 'NOT_AVAILABLE', count: 1 }],
            summary: 'Of 10 transporters who were asked, 6 saw the order and 1 declined.',
          },
        ],
        eventVersion: 1,
        reasonCode: null,
        message: 'We have asked 10 transporters, and 6 of them have seen your order.',
        serverTimeMs: search.serverTimeMs,
      },
    },
  },
});

export const previewCancellation = route({
  ...common,
  id: 'previewCancellation',
  method: 'GET',
  path: '/api/v1/orders/{id}/cancel-preview',
  aliases: ['/api/v1/bookings/orders/{id}/cancel-preview'],
  summary: 'What it would cost to cancel now',
  params: OrderId,
  responses: { 200: { description: 'The terms', schema: CancellationPreview } },
  errors: ['ORDER_NOT_FOUND'],
  rateLimit: watching,
  example: { params: { id: orderId }, responses: { 200: terms } },
});

/** A8 has no limit for this. Nobody cancels more often by hand. */
const cancelling = { limit: 20, windowSeconds: 60, per: 'user' } as const;

export const cancelOrder = route({
  ...common,
  id: 'cancelOrder',
  method: 'POST',
  path: '/api/v1/orders/{id}/cancel',
  aliases: ['/api/v1/bookings/orders/{id}/cancel'],
  summary: 'Cancel an order',
  description:
    'An order that is over already, cancelled or expired, is answered as it is, because there is nothing left to cancel. While one of its trucks is on the road with your goods, nothing can be cancelled: raise a dispute.',
  params: OrderId,
  body: CancelBody,
  responses: { 200: { description: 'It is over', schema: CancelledOrder } },
  errors: ['ORDER_NOT_FOUND', 'CANCEL_BLOCKED_DISPUTE_ONLY', 'CANCEL_REASON_REQUIRED'],
  idempotency: 'honoured',
  rateLimit: cancelling,
  example: {
    params: { id: orderId },
    body: { reason: 'Change of plans' },
    responses: { 200: cancelled },
  },
});

export const disputeCancellation = route({
  ...common,
  id: 'disputeCancellation',
  method: 'POST',
  path: '/api/v1/orders/{id}/cancel/dispute',
  aliases: ['/api/v1/bookings/orders/{id}/cancel/dispute'],
  summary: 'Raise a dispute about an order that cannot be cancelled any more',
  description:
    'It is written down for Weelo to decide; the trips go on. An order has one dispute: another request is answered with the first one.',
  params: OrderId,
  body: DisputeBody,
  responses: {
    200: { description: 'Written down, now or by an earlier try', schema: RecordedDispute },
  },
  errors: ['ORDER_NOT_FOUND', 'CANCEL_NOT_BLOCKED'],
  rateLimit: cancelling,
  example: {
    params: { id: orderId },
    body: { reasonCode: 'customer_request', notes: 'The truck takes another way' },
    responses: {
      200: {
        disputeId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e42',
        stage: 'IN_TRANSIT',
        message: 'We have written down your dispute, and will call you.',
      },
    },
  },
});

export const listBookings = route({
  ...common,
  id: 'listBookings',
  method: 'GET',
  path: '/api/v1/bookings',
  summary: 'Your orders, as the screen "My bookings" shows them',
  query: z.object({
    page: z.coerce.number().int().min(1).max(1000).default(1),
    limit: z.coerce.number().int().min(1).max(50).default(20),
    status: BookingFilter.optional(),
  }),
  responses: {
    200: {
      description: 'A page of bookings',
      schema: z.object({ bookings: z.array(BookingView), total: z.int(), hasMore: z.boolean() }),
    },
  },
  errors: [],
  rateLimit: reading,
  example: {
    query: { page: '1', limit: '20' },
    responses: { 200: { bookings: [booking], total: 1, hasMore: false } },
  },
});

export const getBooking = route({
  ...common,
  id: 'getBooking',
  method: 'GET',
  path: '/api/v1/bookings/{id}',
  summary: 'An order, as a booking',
  params: OrderId,
  responses: { 200: { description: 'The booking', schema: z.object({ booking: BookingView }) } },
  errors: ['ORDER_NOT_FOUND'],
  rateLimit: watching,
  example: { params: { id: orderId }, responses: { 200: { booking } } },
});

export const listBookingTrucks = route({
  ...common,
  id: 'listBookingTrucks',
  method: 'GET',
  path: '/api/v1/bookings/{id}/trucks',
  summary: 'The trucks that were found for an order',
  params: OrderId,
  responses: {
    200: { description: 'Those on a trip', schema: z.object({ trucks: z.array(BookingTruck) }) },
  },
  errors: ['ORDER_NOT_FOUND'],
  rateLimit: watching,
  example: { params: { id: orderId }, responses: { 200: { trucks: [bookingTruck] } } },
});

export const cancelBooking = route({
  ...common,
  id: 'cancelBooking',
  method: 'PATCH',
  path: '/api/v1/bookings/{id}/cancel',
  summary: 'Cancel an order, under the path that older screens use',
  params: OrderId,
  body: CancelBody,
  responses: { 200: { description: 'It is over', schema: CancelledOrder } },
  errors: ['ORDER_NOT_FOUND', 'CANCEL_BLOCKED_DISPUTE_ONLY', 'CANCEL_REASON_REQUIRED'],
  idempotency: 'honoured',
  rateLimit: cancelling,
  example: {
    params: { id: orderId },
    body: { reason: 'Change of plans' },
    responses: { 200: cancelled },
  },
});
