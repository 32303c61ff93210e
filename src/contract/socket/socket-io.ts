import * as z from 'zod';
import { roles } from '../wire.ts';
import { socketAnswer } from './protocol.ts';

/** The shipped apps speak Socket.IO 5 over Engine.IO 4: how, and what they are told by numbers and words alone. */

/** The query of an upgrade that asks for it. A WebSocket API does not tell its functions the path. */
export const engineVersion = '4';
export const transport = 'websocket';
/** How a client begins that has not chosen a transport: by HTTP. */
export const firstTransport = 'polling';

/** A client that has not said who it is within this time is dropped. */
export const namedWithinSeconds = 10;

/**
 * How often the server sends a ping, which the client answers. API Gateway cuts a connection off on which nothing moved
 * for ten minutes, and a transporter's app says nothing by itself.
 */
export const pingSeconds = 8 * 60;

/**
 * Beyond that, how long the client waits for a ping that is late. If none comes it connects anew, as it must: by then API
 * Gateway has cut it off, and a phone may not have noticed.
 */
export const pingPatienceSeconds = 5 * 60;

/** In bytes: what a client may send in one frame of API Gateway. */
export const mostBytes = 32 * 1024;

/** Why a client is not let in, in the words that the apps know. */
export const refusals = {
  unnamed: 'Authentication required',
  invalid: 'Invalid token',
  ended: 'Token has been revoked',
  tooOften: 'Server at capacity. Please try again in a minute.',
  elsewhere: 'Invalid namespace',
} as const;

export const connected = socketAnswer({
  event: 'connected',
  summary: 'Socket.IO only: the token was good, and what is live comes next',
  data: z.object({ message: z.string(), userId: z.uuid(), role: z.enum(roles) }),
});

/** How often one user may say who it is. */
export const namings = { limit: 20, windowSeconds: 60 } as const;

/** What a client may say, all together, before it says who it is: some pings, and its token. */
export const messagesUnnamed = { limit: 10, windowSeconds: 60 } as const;
/** In characters: room for a token and what comes with it. */
export const longestUnnamed = 8 * 1024;

/** A session that polls: each idle second of it is a second of a function, so it is to upgrade soon. */
export const polling = {
  /** A session that has not upgraded ends. */
  livesSeconds: 30,
  /** So long a GET waits for a packet. */
  waitsSeconds: 10,
  /** So long the GETs of a client that has not said who it is wait, from when its session was opened, all together. */
  waitsUnnamedMs: 500,
  /** How often it looks. */
  looksEveryMs: 250,
  /** Beyond that, so many packets and bytes wait for a GET. A client that does not read them connects anew. */
  mostPackets: 200,
  mostBytes: 256 * 1024,
  /** Packets in one POST. */
  mostInPayload: 100,
} as const;

/**
 * How many sessions one address may open. A thousand phones behind the address of a carrier, which all come back at once
 * after a failure, are in after half a minute: before the apps stop trying. Each session may hold a function for half a
 * second before it is named, so one address holds fifteen of them in the long run.
 */
export const pollingOpenings = { limit: 300, windowSeconds: 10 } as const;

/** What a request of a polling client is refused with, always by the status 400. */
export const pollingErrors = {
  transportUnknown: { code: 0, message: 'Transport unknown' },
  sessionUnknown: { code: 1, message: 'Session ID unknown' },
  badHandshakeMethod: { code: 2, message: 'Bad handshake method' },
  badRequest: { code: 3, message: 'Bad request' },
  versionUnsupported: { code: 5, message: 'Unsupported protocol version' },
} as const;
