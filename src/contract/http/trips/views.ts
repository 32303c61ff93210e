import * as z from 'zod';
import { Instant } from '../../wire.ts';
import { Rupees } from '../catalogue/names.ts';

const told = z.string().nullable();

/** The papers of a trip. Both sides see them, and both can write them. */
export const TripDocuments = z
  .object({
    eWayBillNumber: told,
    eWayBillExpiresAt: Instant.nullable().meta({
      description: 'Both sides are told before the e-way bill expires',
    }),
    lorryReceiptNumber: told,
    invoiceNumber: told,
    updatedAt: Instant.nullable().meta({ description: 'null if nobody has written any yet' }),
  })
  .meta({ id: 'TripDocuments' });

export type TripDocuments = z.output<typeof TripDocuments>;

const Minutes = z.int().nonnegative().nullable();

const BillLine = z.object({
  kind: z.enum(['fare', 'waiting_at_pickup', 'waiting_at_drop']),
  label: z.string().meta({ description: 'What the line is for, for a person' }),
  amount: Rupees,
  minutes: Minutes.meta({ description: 'How long the truck has waited; null for the fare' }),
  freeMinutes: Minutes.meta({ description: 'How many of these minutes cost nothing' }),
  perMinute: Rupees.nullable().meta({ description: 'What each minute beyond them costs' }),
  from: Instant.nullable().meta({ description: 'When the truck arrived' }),
  to: Instant.nullable().meta({ description: 'When it left; null while it is there' }),
  verified: z.boolean().nullable().meta({
    description: 'Whether a position showed the arrival. If not, only the driver said so',
  }),
});

/** What a truck costs so far: what was agreed, what was added, and why. Customer and transporter see the same lines. */
export const Bill = z
  .object({
    lines: z.array(BillLine).readonly(),
    total: Rupees.meta({ description: 'The sum of the lines' }),
  })
  .meta({ id: 'Bill' });

export type Bill = z.output<typeof Bill>;

const fourDigits = /^\d{4}$/;

/** What the driver types in to prove that the goods were handed over. */
export const TripCode = z
  .string()
  .regex(fourDigits, 'Enter the four digits of the code.')
  .meta({ examples: ['4821'] });

/** Only the customer sees them. */
export const TripCodes = z
  .object({
    startCode: TripCode.meta({ description: 'For the driver, when the truck is loaded' }),
    deliveryCode: TripCode.meta({ description: 'For the driver, when the goods are delivered' }),
  })
  .meta({ id: 'TripCodes' });
