import * as z from 'zod';
import { line } from '../../text.ts';
import { AssignmentStatus } from '../assignments/status.ts';
import { clearable } from '../auth/accounts.ts';
import { text } from '../orders/views.ts';
import { route } from '../route.ts';
import { documents, tripId } from './examples.ts';
import { TripCode, TripDocuments } from './views.ts';

const common = { function: 'trips', envelope: 'data' } as const;

/** A8's limit for tracking, of which the state of a trip is a part. */
const tracking = { limit: 120, windowSeconds: 60, per: 'user' } as const;
const acting = { limit: 60, windowSeconds: 60, per: 'user' } as const;

const Id = z.object({ id: z.uuid() });

/** Where a trip stands after the request. */
const MovedTrip = z.object({
  message: z.string(),
  tripId: z.uuid(),
  status: AssignmentStatus,
});

/** Any word is understood. Whether a trip can go there, its own state decides. */
const StatusToReach = z
  .enum([...AssignmentStatus.options, 'heading_to_pickup'])
  .transform((word): AssignmentStatus => (word === 'heading_to_pickup' ? 'en_route_pickup' : word))
  .meta({ description: '`heading_to_pickup` is an alias of `en_route_pickup`' });

export const moveTrip = route({
  ...common,
  id: 'moveTrip',
  audience: ['driver'],
  method: 'PUT',
  path: '/api/v1/tracking/trip/{tripId}/status',
  summary: 'Say how far your trip has come',
  description:
    'A trip goes forward: `driver_accepted`, `en_route_pickup`, `at_pickup`, `loading_complete`, `in_transit`, `arrived_at_drop`, `completed`. Up to `in_transit`, states may be left out; `completed` follows on `in_transit` or `arrived_at_drop`. The same state again changes nothing, and is no error. If your position is known, and is not older than two minutes, you must be within 200 m of the pickup to be there, and within 500 m of the drop. If the order asks for codes, `in_transit` and `completed` need the `code` that the customer gives you; after five wrong ones, none is tried for 10 minutes. Safe to repeat.',
  params: z.object({ tripId: z.uuid() }),
  body: z.object({
    status: StatusToReach,
    code: TripCode.optional().meta({
      description: "The customer's code: four digits, only if the order asks for codes",
    }),
  }),
  responses: { 200: { description: 'The trip stands there now', schema: MovedTrip } },
  errors: [
    'ASSIGNMENT_NOT_FOUND',
    'INVALID_STATUS_TRANSITION',
    'TOO_FAR_FROM_PICKUP',
    'TOO_FAR_FROM_DROP',
    'POD_OTP_REQUIRED',
    'INVALID_TRIP_CODE',
    'TRIP_CODE_LOCKED',
  ],
  rateLimit: tracking,
  example: {
    params: { tripId },
    body: { status: 'at_pickup' },
    responses: {
      200: { message: 'The trip is updated.', tripId, status: 'at_pickup' },
    },
  },
});

const EWayBillNumber = z
  .string()
  .max(24)
  .transform((typed) => typed.replaceAll(/[\s-]/g, ''))
  .pipe(
    z.string().regex(/^(\d{12}|\d{10})$/, 'An e-way bill has 12 digits, or 10 for a whole load.'),
  );

/** Kept in UTC, as every instant is. Outside this century it is a slip of the pen. */
const Expiry = z.iso
  .datetime({ offset: true })
  .transform((instant) => new Date(instant).toISOString())
  .refine((instant) => /^20\d\d-/.test(instant), 'This is not in this century.');

const paper = clearable(line(60));

/** What is left out stays as it is; an empty text clears. */
const DocumentsToWrite = z.object({
  eWayBillNumber: clearable(EWayBillNumber).meta({
    description: '12 digits, or 10 of a consolidated one; spaces and dashes are left out',
    examples: ['3310 0456 7890'],
  }),
  eWayBillExpiresAt: clearable(Expiry).meta({
    description: 'Until when the e-way bill is valid',
    examples: ['2026-02-02T23:59:00+05:30'],
  }),
  lorryReceiptNumber: paper,
  invoiceNumber: paper,
});

export const writeTripDocuments = route({
  ...common,
  id: 'writeTripDocuments',
  audience: ['transporter', 'customer'],
  method: 'PUT',
  path: '/api/v1/trips/{id}/documents',
  summary: 'Write down the papers of a trip: e-way bill, lorry receipt, invoice',
  description:
    'Both sides see them, and both can change them. A field that is left out stays as it is, and an empty text clears the field. Both sides are told when an e-way bill is about to expire. To read them, look at the assignment, or at the trucks of the booking.',
  params: Id,
  body: DocumentsToWrite,
  responses: {
    200: {
      description: 'All papers of the trip, as they are now',
      schema: z.object({ tripId: z.uuid(), documents: TripDocuments }),
    },
  },
  errors: ['ASSIGNMENT_NOT_FOUND'],
  rateLimit: acting,
  example: {
    params: { id: tripId },
    body: {
      eWayBillNumber: '3310 0456 7890',
      eWayBillExpiresAt: '2026-02-02T23:59:00+05:30',
      lorryReceiptNumber: 'LR-2026-0117',
      invoiceNumber: 'INV/26/0042',
    },
    responses: { 200: { tripId, documents } },
  },
});

export const endTrip = route({
  ...common,
  id: 'endTrip',
  audience: ['transporter'],
  method: 'POST',
  path: '/api/v1/trips/{id}/end',
  summary: 'End a trip of your fleet that has not moved for 12 hours',
  description:
    "For a trip whose driver's phone says nothing any more: it frees the driver, the vehicle and the order. You and the customer are told when a trip has neither changed its state nor moved for 12 hours; before, it cannot be ended. Safe to repeat.",
  params: Id,
  body: z.object({
    reason: text(500),
    outcome: z
      .enum(['completed', 'cancelled'])
      .meta({ description: 'Whether the goods were delivered' }),
  }),
  responses: { 200: { description: 'The trip is over', schema: MovedTrip } },
  errors: ['ASSIGNMENT_NOT_FOUND', 'INVALID_STATUS_TRANSITION', 'TRIP_IS_MOVING'],
  rateLimit: acting,
  example: {
    params: { id: tripId },
    body: { reason: 'The phone was lost; the goods were delivered', outcome: 'completed' },
    responses: { 200: { message: 'The trip is over.', tripId, status: 'completed' } },
  },
});
