import * as z from 'zod';
import { domainEventNamed, domainEvents } from './domain-events/domain-events.ts';
import { eventNamed, events } from './events/events.ts';
import type { QueueFunctionName } from './functions.ts';
import { framings } from './socket/protocol.ts';
import { Instant } from './wire.ts';

/** An event, for the users whom it is for; `data` is what its declaration says. */
const Told = z
  .object({
    kind: z.literal('event'),
    id: z.uuid(),
    at: Instant,
    event: z.enum(events.map(({ name }) => name)),
    to: z.array(z.uuid()).readonly(),
    data: z.record(z.string(), z.unknown()),
  })
  .superRefine(({ event, data }, context) => checkData(eventNamed(event)?.data, data, context));

/** A domain event, for the event bus; `data` is what its declaration says. */
const Published = z
  .object({
    kind: z.literal('domain-event'),
    id: z.uuid(),
    at: Instant,
    name: z.enum(domainEvents.map(({ name }) => name)),
    version: z.int().positive(),
    data: z.record(z.string(), z.unknown()),
  })
  .superRefine(({ name, data }, context) => checkData(domainEventNamed(name)?.data, data, context));

function checkData(schema: z.ZodObject | undefined, data: unknown, context: z.RefinementCtx): void {
  for (const { path, message } of schema?.safeParse(data).error?.issues ?? []) {
    context.addIssue({ code: 'custom', path: ['data', ...path], message });
  }
}

/** A message for a socket, before it is framed. */
export const Reply = z.object({
  event: z.string(),
  ref: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});

/** What may stand on each queue, by its `kind`. Capabilities add their messages here. */
export const queueMessages = {
  dispatch: {
    'search-wave': z.object({
      kind: z.literal('search-wave'),
      orderId: z.uuid(),
      wave: z.int().positive(),
    }),
    'search-deadline': z.object({ kind: z.literal('search-deadline'), orderId: z.uuid() }),
    /** A hold ends, or a driver has had the time to answer. */
    'answer-deadline': z.object({
      kind: z.literal('answer-deadline'),
      orderId: z.uuid(),
      /** When, by the database's clock. */
      at: Instant,
    }),
    /** A transporter has no truck of a kind left, or one again: its offers gain or lose a line. */
    'free-changed': z.object({
      kind: z.literal('free-changed'),
      transporterId: z.uuid(),
      /** The kind. Left out if trucks of several kinds may have changed. */
      vehicleKey: z.string().optional(),
    }),
    /** The same, for one order. */
    'refresh-offer': z.object({
      kind: z.literal('refresh-offer'),
      orderId: z.uuid(),
      transporterId: z.uuid(),
    }),
    /** A trip is over: what is left of its track in Redis becomes a segment. */
    'keep-track': z.object({ kind: z.literal('keep-track'), tripId: z.uuid() }),
    /** What became of the event that told transporters of an offer, 3 s later. */
    'offer-delivery': z.object({
      kind: z.literal('offer-delivery'),
      orderId: z.uuid(),
      at: Instant,
      /** Those who had a socket; of them those who acknowledged the event; and those who got a push. */
      delivered: z.array(z.uuid()),
      seen: z.array(z.uuid()),
      pushed: z.array(z.uuid()),
    }),
    /** Sent so that the cache is told of this version, also if Redis was away. */
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
    event: Told,
    'domain-event': Published,
    /** Messages for one socket, in this order, from a function that cannot post. */
    reply: z.object({
      kind: z.literal('reply'),
      id: z.uuid(),
      connectionId: z.string(),
      /** How the client of the socket writes and reads. */
      framing: z.enum(framings).default('plain'),
      messages: z.array(Reply),
      /** Further messages before these: a JSON list, compressed, in base64. SQS takes 256 KB. */
      packed: z.string().optional(),
    }),
    /** Sent to itself by notify: an event for users who have no socket, or who may not have seen it on theirs. */
    unseen: z.object({
      kind: z.literal('unseen'),
      /** The event's id. */
      id: z.uuid(),
      event: z.string(),
      data: z.record(z.string(), z.unknown()),
      users: z.array(z.uuid()),
      /** True: only those of them are pushed to who did not acknowledge the event. */
      ifUnseen: z.boolean(),
    }),
    'close-socket': z.object({ kind: z.literal('close-socket'), connectionId: z.string() }),
    /** Socket.IO: the client was let in, and waits for the server's first packet. */
    'open-session': z.object({
      kind: z.literal('open-session'),
      connectionId: z.string(),
      /** How many messages have tried before this one. */
      triedBefore: z.int().nonnegative().default(0),
    }),
    /** Socket.IO: the client has had the time to say who it is. */
    'close-unnamed': z.object({ kind: z.literal('close-unnamed'), connectionId: z.string() }),
    /** Socket.IO: a session that began with polling goes on on this socket. What waits for its client is posted there. */
    'hand-over': z.object({ kind: z.literal('hand-over'), sid: z.string(), socketId: z.string() }),
    /** Socket.IO: a session has had the time to upgrade. */
    'end-polling': z.object({ kind: z.literal('end-polling'), sid: z.string() }),
    /** Socket.IO: API Gateway would soon cut the socket off, if nothing moves on it. */
    'keep-awake': z.object({ kind: z.literal('keep-awake'), connectionId: z.string() }),
    /** A user has more sockets than are allowed: all but the newest are closed. */
    'make-room': z.object({
      kind: z.literal('make-room'),
      userId: z.string(),
      /** The newest. It stays. */
      connectionId: z.string(),
    }),
    'sessions-ended': z.object({
      kind: z.literal('sessions-ended'),
      userId: z.string(),
      sessionIds: z.array(z.string()),
    }),
  },
} as const satisfies Record<QueueFunctionName, QueueMessages>;

/**
 * Kinds that this release understands and does not send. A new kind begins here: while a release goes live, a message of
 * the new functions may reach the consumer of the release before. When every stage has this release, remove the kind
 * from the list, and send it. A new event begins with `learning: true` in its own declaration. What is sent is compared
 * with what is deployed by tools/check-release.ts (docs/decisions/0034-releases.md).
 */
export const learning = { dispatch: [], notify: [] } as const satisfies {
  readonly [Q in QueueFunctionName]: readonly (keyof (typeof queueMessages)[Q])[];
};

/** What may stand on a queue today. The kinds that are still being learned are not among it. */
export type Sendable = Readonly<Record<string, unknown>> & {
  readonly kind: { [Q in QueueFunctionName]: SentKind<Q> }[QueueFunctionName];
};

type SentKind<Q extends QueueFunctionName> = Exclude<
  keyof (typeof queueMessages)[Q],
  (typeof learning)[Q][number]
>;

export type SmsMessage = z.output<typeof queueMessages.notify.sms>;
export type WaveMessage = z.output<(typeof queueMessages.dispatch)['search-wave']>;
export type DeadlineMessage = z.output<(typeof queueMessages.dispatch)['search-deadline']>;
export type AnswerDeadline = z.output<(typeof queueMessages.dispatch)['answer-deadline']>;
export type FreeChanged = z.output<(typeof queueMessages.dispatch)['free-changed']>;
export type RefreshOffer = z.output<(typeof queueMessages.dispatch)['refresh-offer']>;
export type KeepTrack = z.output<(typeof queueMessages.dispatch)['keep-track']>;
export type OfferDelivery = z.output<(typeof queueMessages.dispatch)['offer-delivery']>;
export type OrderChanged = z.output<(typeof queueMessages.dispatch)['order-changed']>;
export type SocketReply = z.output<typeof queueMessages.notify.reply>;
export type UnseenEvent = z.output<typeof queueMessages.notify.unseen>;
export type CloseSocket = z.output<(typeof queueMessages.notify)['close-socket']>;
export type OpenSession = z.output<(typeof queueMessages.notify)['open-session']>;
export type CloseUnnamed = z.output<(typeof queueMessages.notify)['close-unnamed']>;
export type HandOver = z.output<(typeof queueMessages.notify)['hand-over']>;
export type EndPolling = z.output<(typeof queueMessages.notify)['end-polling']>;
export type KeepAwake = z.output<(typeof queueMessages.notify)['keep-awake']>;
export type MakeRoom = z.output<(typeof queueMessages.notify)['make-room']>;
export type SessionsEnded = z.output<(typeof queueMessages.notify)['sessions-ended']>;
export type DomainEventMessage = z.output<(typeof queueMessages.notify)['domain-event']>;
export type EventMessage = z.output<typeof queueMessages.notify.event>;

export type QueueMessages = Readonly<Record<string, z.ZodObject>>;

/** What the queue says of a message. */
export interface Sending {
  /** When the queue took it, in milliseconds since 1970. Undefined: the queue does not say. */
  readonly sentAt: number | undefined;
}

/** One consumer per kind of message: leaving one out does not compile. */
export type Consumers<M extends QueueMessages> = {
  readonly [Kind in keyof M]: (message: z.output<M[Kind]>, sending: Sending) => Promise<void>;
};
