import * as z from 'zod';

/** Bytes of keys and values: FCM's limit for what goes to a device. */
export const LARGEST = 4096;

const reserved = /^(?:from|message_type|google.*|gcm.*)$/;

const Data = z.record(
  z.string().refine((key) => !reserved.test(key), 'Invalid data payload key'),
  z.string('must be a string (TYPE_STRING)'),
);

const Message = z
  .object({
    token: z
      .string()
      .regex(/^[\w:-]{1,4096}$/, 'The registration token is not a valid FCM registration token')
      .optional(),
    topic: z.string().min(1).optional(),
    condition: z.string().min(1).optional(),
    notification: z
      .object({ title: z.string().optional(), body: z.string().optional() })
      .optional(),
    data: Data.default({}),
  })
  .refine(({ token, topic, condition }) => [token, topic, condition].filter(Boolean).length === 1, {
    error: 'Exactly one of token, topic or condition is required: the recipient of the message.',
  });

export type FcmMessage = z.output<typeof Message>;

/** The body of `messages:send`, as far as it decides about an answer; the rest is for the device. */
export const Send = z.object({ validate_only: z.boolean().optional(), message: Message });

export const sizeOf = ({ data, notification }: FcmMessage): number =>
  [...Object.entries(data).flat(), notification?.title ?? '', notification?.body ?? ''].reduce(
    (bytes, text) => bytes + Buffer.byteLength(text),
    0,
  );
