import * as z from 'zod';
import { route } from '../route.ts';
import { eta, orderId, position } from '../tracking/examples.ts';
import { SharedLink, WatchedOrder } from './views.ts';

const ofCustomer = { function: 'trips', audience: ['customer'], envelope: 'data' } as const;

const shared = {
  path: '/api/v1/orders/{id}/share',
  aliases: ['/api/v1/bookings/orders/{id}/share'],
  params: z.object({ id: z.uuid() }),
} as const;

const seldom = { limit: 10, windowSeconds: 60, per: 'user' } as const;
/**
 * Thousands of phones have the same address at their carrier, and each page asks six times a minute: this is enough for a
 * thousand. It only stops who would guess tokens. What many of them cost is bounded by keeping the tracked part for a
 * moment (src/trips/sharing/kept-for-a-moment.ts).
 */
const watching = { limit: 6000, windowSeconds: 60, per: 'address' } as const;

const token = 'pR7nV2x0Qm9cT4wLz8KfYgB3sD6hJ1aE';

export const shareOrder = route({
  ...ofCustomer,
  ...shared,
  id: 'shareOrder',
  method: 'POST',
  summary: 'Make a link with which anybody can watch the trucks of your order',
  description:
    'It shows first names and no phones, and where a truck is only while its trip lasts. It works until the last trip of the order ends, or until you revoke it. Each request makes another link, and those before go on working: the latest 20 of an order. A further one ends the oldest. A week after the order has ended, its links are not known any more.',
  responses: { 201: { description: 'The link', schema: SharedLink } },
  errors: ['ORDER_NOT_FOUND', 'TRIP_ENDED'],
  rateLimit: seldom,
  example: {
    params: { id: orderId },
    responses: {
      201: {
        orderId,
        createdAt: '2026-01-31T10:02:00.000Z',
        url: `/t/${token}`,
        token,
        message: 'Whoever has this link can watch your trucks until the last trip ends.',
      },
    },
  },
});

export const revokeShares = route({
  ...ofCustomer,
  ...shared,
  id: 'revokeShares',
  method: 'DELETE',
  summary: 'Revoke all links to your order',
  description: 'Whoever has one sees nothing any more. Safe to repeat.',
  responses: {
    200: {
      description: 'No link to the order works any more',
      schema: z.object({ message: z.string(), revoked: z.int().nonnegative() }),
    },
  },
  errors: ['ORDER_NOT_FOUND'],
  rateLimit: seldom,
  example: {
    params: { id: orderId },
    responses: { 200: { message: 'Nobody can watch your order by a link any more.', revoked: 1 } },
  },
});

const { latitude, longitude, speed, bearing, lastUpdated, isInaccurate } = position;

export const watchOrder = route({
  function: 'trips',
  audience: 'public',
  envelope: 'data',
  id: 'watchOrder',
  method: 'GET',
  path: '/t/{token}',
  summary: 'Watch the trucks of an order, with a link from its customer',
  description:
    'JSON for a client whose `Accept` names `application/json`, and a page with a map for everybody else. The page asks for the JSON again every few seconds. When the last trip of the order has ended, the answer is 410. Refusals are in the same form: JSON, or a page. While positions cannot be looked up, trucks are shown without them.',
  params: z.object({ token: z.string().min(1).max(200) }),
  headers: z.object({ accept: z.string().optional() }),
  responses: {
    200: { description: 'The order and its trucks', schema: WatchedOrder, page: true },
  },
  errors: ['NOT_FOUND', 'TRIP_ENDED'],
  rateLimit: watching,
  example: {
    params: { token },
    responses: {
      200: {
        status: 'in_progress',
        sharedBy: 'Asha',
        pickup: { latitude: 28.5355, longitude: 77.391, address: 'Sector 18, Noida' },
        drop: { latitude: 28.6139, longitude: 77.209, address: 'Connaught Place, New Delhi' },
        trucksNeeded: 1,
        trucks: [
          {
            number: 1,
            vehicleNumber: position.vehicleNumber,
            vehicleType: 'open',
            vehicleSubtype: '17 Feet',
            driverFirstName: 'Ramesh',
            status: 'in_transit',
            position: {
              latitude,
              longitude,
              speed,
              bearing,
              lastUpdated,
              isInaccurate,
              isStale: false,
              staleSince: null,
              staleReason: null,
            },
            eta,
          },
        ],
        serverTime: '2026-01-31T10:40:04.000Z',
      },
    },
  },
});
