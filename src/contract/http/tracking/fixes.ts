import * as z from 'zod';

/**
 * When a phone was at a position, by the phone's clock: as an instant, or in milliseconds since 1970. It is parsed to
 * milliseconds.
 */
const FixInstant = z
  .union([z.iso.datetime({ offset: true }), z.number()])
  .transform((at) => new Date(at).getTime())
  .refine((ms) => !Number.isNaN(ms), 'This is not an instant.')
  .meta({
    description: "When you were there, by the phone's clock: an instant, or ms since 1970",
    examples: ['2026-01-31T09:30:00.000Z'],
  });

/** Some phones write -1 for what they do not know. */
const measured = {
  speed: z.number().nonnegative().nullable().default(null).catch(null).meta({
    description: 'In metres per second',
  }),
  bearing: z.number().nonnegative().nullable().default(null).catch(null).meta({
    description: 'In degrees, clockwise from north',
  }),
  accuracy: z.number().nonnegative().nullable().default(null).catch(null).meta({
    description:
      'In metres. A position that is less accurate than 50 m is kept, but not measured with',
  }),
};

/** One position that is sent by itself. It is whole, or refused; whether it is believed, the answer says. */
export const oneFix = {
  latitude: z.number(),
  longitude: z.number(),
  ...measured,
  timestamp: FixInstant.optional().meta({ description: 'When you were there. Default: now' }),
};

/**
 * One position of a batch. Whatever its values are, it is counted, and never refused: the app would send the whole batch
 * again and again. What is no number is null here, and so unknown.
 */
export const FixOfBatch = z.object({
  latitude: z.number().nullable().catch(null),
  longitude: z.number().nullable().catch(null),
  ...measured,
  timestamp: FixInstant.nullable().catch(null),
});

export type FixOfBatch = z.output<typeof FixOfBatch>;

/** What the phone last said of its network. If it was poor, that explains why nothing comes any more. */
export const networkSaid = z
  .enum(['good', 'poor'])
  .optional()
  .catch(undefined)
  .meta({ description: 'How good your network is, as far as the phone can tell' });
