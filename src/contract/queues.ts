import * as z from 'zod';
import type { QueueFunctionName } from './functions.ts';
import { OrderStatus } from './orders.ts';
import { Instant } from './wire.ts';

/** What a client reads of an event; the three ids are one, by the names that the apps know it by. */
const OrderEventData = z.looseObject({
  orderId: z.uuid(),
  bookingId: z.uuid(),
  broadcastId: z.uuid(),
  status: OrderStatus,
  eventVersion: z.int().positive(),
});

/** What may stand on each queue, by its `kind`. Capabilities add their messages here. */
export const queueMessages = {
  dispatch: {
    'search-wave': z.object({
      kind: z.literal('search-wave'),
      /** The same for every message about this wave: the first one that comes acts. */
      id: z.uuid(),
      orderId: z.uuid(),
      wave: z.int().positive(),
    }),
    'search-deadline': z.object({ kind: z.literal('search-deadline'), orderId: z.uuid() }),
    /** Redis was away when it was to hear of this version. */
    'order-changed': z.object({
      kind: z.literal('order-changed'),
      orderId: z.uuid(),
      eventVersion: z.int().positive(),
      at: Instant,
    }),
  },
  notify: {
    sms: z.object({
      kind: z.literal('sms'),
      id: z.uuid(),
      sentAt: Instant,
      /** An `SmsRequest`, which only auth and notify can open. */
      sealed: z.string(),
    }),
    'order-event': z.object({
      kind: z.literal('order-event'),
      id: z.uuid(),
      at: Instant,
      event: z.enum(['order_cancelled', 'order_expired', 'broadcast_state_changed']),
      /** The users who are told. */
      to: z.array(z.uuid()),
      data: OrderEventData,
    }),
  },
} as const satisfies Record<QueueFunctionName, QueueMessages>;

export type SmsMessage = z.output<typeof queueMessages.notify.sms>;
export type WaveMessage = z.output<(typeof queueMessages.dispatch)['search-wave']>;
export type DeadlineMessage = z.output<(typeof queueMessages.dispatch)['search-deadline']>;
export type OrderChanged = z.output<(typeof queueMessages.dispatch)['order-changed']>;
export type OrderEvent = z.output<(typeof queueMessages.notify)['order-event']>;

export type QueueMessages = Readonly<Record<string, z.ZodObject>>;

/** One consumer per kind of message: leaving one out does not compile. */
export type Consumers<M extends QueueMessages> = {
  readonly [Kind in keyof M]: (message: z.output<M[Kind]>) => Promise<void>;
};
