import * as z from 'zod';
import { line } from '../../text.ts';
import { Instant } from '../../wire.ts';
import { searchFacts } from '../orders/views.ts';
import { route } from '../route.ts';

const common = { function: 'orders', audience: ['transporter'], envelope: 'data' } as const;

const acting = { limit: 60, windowSeconds: 60, per: 'user' } as const;
const reading = { limit: 120, windowSeconds: 60, per: 'user' } as const;

/** A line of an offer. */
const OfferLineId = z.object({
  orderId: z.uuid(),
  vehicleType: line(60),
  vehicleSubtype: line(60).meta({ description: 'In the spelling of either app' }),
});

export const TrucksToHold = OfferLineId.extend({ quantity: z.int().min(1).max(50) });

export const HeldTrucks = z
  .object({
    holdId: z.uuid(),
    expiresAt: Instant.meta({ description: 'Confirm before; then the trucks are open again' }),
    heldQuantity: z.int(),
    holdState: z.literal('reserved'),
    eventId: z.uuid().nullable(),
    eventVersion: z.int().positive(),
    serverTimeMs: searchFacts.serverTimeMs,
  })
  .meta({ id: 'HeldTrucks' });

const ActiveHold = z
  .object({
    holdId: z.uuid(),
    orderId: z.uuid(),
    vehicleType: z.string(),
    vehicleSubtype: z.string(),
    quantity: z.int().positive(),
    expiresAt: Instant,
    status: z.literal('active'),
    phase: z.enum(['FLEX', 'CONFIRMED']),
    canExtend: z.boolean(),
  })
  .meta({ id: 'ActiveHold' });

const orderId = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e22';
const holdId = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e27';
const assignmentId = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e28';
const asked = { orderId, vehicleType: 'open', vehicleSubtype: '17 Feet' } as const;
const expiresAt = '2026-01-31T09:32:00.000Z';

export const holdTrucks = route({
  ...common,
  id: 'holdTrucks',
  method: 'POST',
  path: '/api/v1/truck-hold/hold',
  summary: 'Hold trucks of an order while you choose vehicles and drivers',
  description:
    'A hold lasts 90 seconds. It gives you as many trucks as you asked for, or none, and it is of one kind: an order with several kinds takes a hold for each. A request may be repeated with the same key: the trucks are held once.',
  body: TrucksToHold,
  responses: { 200: { description: 'Held, now or by an earlier try', schema: HeldTrucks } },
  errors: [
    'ORDER_NOT_FOUND',
    'ORDER_INACTIVE',
    'NOT_ENOUGH_AVAILABLE',
    'ALREADY_HOLDING',
    'HOLDS_LIMITED',
  ],
  idempotency: 'honoured',
  rateLimit: acting,
  example: {
    body: { ...asked, quantity: 2 },
    responses: {
      200: {
        holdId,
        expiresAt,
        heldQuantity: 2,
        holdState: 'reserved',
        eventId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e26',
        eventVersion: 2,
        serverTimeMs: 1_769_851_830_000,
      },
    },
  },
});

export const confirmHold = route({
  ...common,
  id: 'confirmHold',
  method: 'POST',
  path: '/api/v1/truck-hold/confirm-with-assignments',
  summary: 'Put vehicles and drivers on the trucks that you hold',
  description:
    'All pairs are assigned, or none. With fewer pairs than trucks held, the other trucks are released. Then each driver has 45 seconds to accept. A driver who does not leaves you the truck for another 60 seconds, as a new hold.',
  body: z.object({
    holdId: z.uuid(),
    assignments: z
      .array(z.object({ vehicleId: z.uuid(), driverId: z.uuid() }))
      .min(1)
      .max(50),
  }),
  responses: {
    200: {
      description: 'The drivers were asked, now or by an earlier try',
      schema: z.object({
        assignmentIds: z.array(z.uuid()),
        tripIds: z.array(z.uuid()).meta({ description: 'The same as `assignmentIds`' }),
      }),
    },
  },
  errors: ['HOLD_NOT_FOUND', 'HOLD_EXPIRED', 'TRUCK_STATE_CHANGED', 'CONFIRM_FAILED'],
  idempotency: 'honoured',
  rateLimit: acting,
  example: {
    body: {
      holdId,
      assignments: [
        {
          vehicleId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e31',
          driverId: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e32',
        },
      ],
    },
    responses: { 200: { assignmentIds: [assignmentId], tripIds: [assignmentId] } },
  },
});

export const releaseHold = route({
  ...common,
  id: 'releaseHold',
  method: 'POST',
  path: '/api/v1/truck-hold/release',
  summary: 'Give back the trucks that you hold',
  description: 'While the search is open, others can take them at once.',
  body: z.object({ holdId: z.uuid() }),
  responses: {
    200: { description: 'You hold them no more', schema: z.object({ message: z.string() }) },
  },
  errors: ['HOLD_NOT_FOUND', 'TRUCK_STATE_CHANGED'],
  rateLimit: acting,
  example: {
    body: { holdId },
    responses: { 200: { message: 'The trucks were released.' } },
  },
});

export const getActiveHold = route({
  ...common,
  id: 'getActiveHold',
  method: 'GET',
  path: '/api/v1/truck-hold/my-active',
  summary: 'Your hold of an order and a kind of truck',
  description:
    'If you have several, because drivers did not accept, it is the one that ends first.',
  query: OfferLineId,
  responses: {
    200: { description: 'The hold, or null if you have none', schema: ActiveHold.nullable() },
  },
  errors: [],
  rateLimit: reading,
  example: {
    query: asked,
    responses: {
      200: {
        holdId,
        ...asked,
        quantity: 2,
        expiresAt,
        status: 'active',
        phase: 'FLEX',
        canExtend: false,
      },
    },
  },
});
