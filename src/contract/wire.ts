import * as z from 'zod';

/** An instant as both apps parse it: UTC, three millisecond digits, `Z`. */
export const Instant = z.iso.datetime({ precision: 3 }).meta({
  description: 'UTC, always three millisecond digits',
  examples: ['2026-01-31T09:30:00.000Z'],
});

/** The envelope around what a request asked for. */
export function Enveloped<S extends z.ZodType>(data: S) {
  return z.object({ success: z.literal(true), data });
}

/** What an `X-Idempotency-Key` looks like: one of our clients sends UUIDs, another `cancel_booking_…`. */
export const idempotencyKeyPattern = /^[A-Za-z0-9_-]{8,128}$/;

export const ErrorBody = z
  .object({
    success: z.literal(false),
    error: z.object({
      code: z.string().meta({ description: 'One of the codes in the table of errors' }),
      message: z.string().meta({ description: 'A sentence for a person' }),
      details: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
      retryAfterMs: z.int().nonnegative().optional(),
      data: z.record(z.string(), z.unknown()).optional(),
      requestId: z.string(),
    }),
  })
  .meta({ id: 'Error', description: 'What every refused request is answered with' });

export const roles = ['customer', 'transporter', 'driver'] as const;
export type Role = (typeof roles)[number];

/** A user in one role, logged in on one device. */
export interface SessionOwner {
  readonly userId: string;
  readonly role: Role;
  readonly sessionId: string;
}

/** Who is asking, as the access token says. */
export interface Caller extends SessionOwner {
  /** When the access token expires, in milliseconds since 1970. */
  readonly tokenEndsAt: number;
}
