import type * as z from 'zod';
import type { QueueFunctionName } from './functions.ts';

/** What may stand on each queue, by its `kind`. Capabilities add their messages here. */
export const queueMessages = {
  dispatch: {},
  notify: {},
} as const satisfies Record<QueueFunctionName, QueueMessages>;

export type QueueMessages = Readonly<Record<string, z.ZodObject>>;

/** One consumer per kind of message: leaving one out does not compile. */
export type Consumers<M extends QueueMessages> = {
  readonly [Kind in keyof M]: (message: z.output<M[Kind]>) => Promise<void>;
};
