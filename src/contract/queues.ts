import * as z from 'zod';
import type { QueueFunctionName } from './functions.ts';
import { Instant } from './wire.ts';

/** What may stand on each queue, by its `kind`. Capabilities add their messages here. */
export const queueMessages = {
  dispatch: {},
  notify: {
    sms: z.object({
      kind: z.literal('sms'),
      id: z.uuid(),
      sentAt: Instant,
      /** An `SmsRequest`, which only auth and notify can open. */
      sealed: z.string(),
    }),
  },
} as const satisfies Record<QueueFunctionName, QueueMessages>;

export type SmsMessage = z.output<typeof queueMessages.notify.sms>;

export type QueueMessages = Readonly<Record<string, z.ZodObject>>;

/** One consumer per kind of message: leaving one out does not compile. */
export type Consumers<M extends QueueMessages> = {
  readonly [Kind in keyof M]: (message: z.output<M[Kind]>) => Promise<void>;
};
