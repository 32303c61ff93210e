import * as z from 'zod';
import { pollingErrors } from '../../socket/socket-io.ts';
import { route, type RateLimit } from '../route.ts';

/**
 * The library of the shipped apps begins with requests, and opens a socket beside them. It asks for `/socket.io/`. An HTTP
 * API takes no route that ends with a slash, so it is the alias that matches, or the path itself: nobody has seen it on AWS.
 */
const path = '/socket.io';
const aliases = ['/socket.io/{proxy+}'] as const;

/** What it says of itself is looked at by the function: its errors are the protocol's own. */
const Query = z.object({
  EIO: z.string().optional(),
  transport: z.string().optional(),
  sid: z.string().optional(),
});

const Refused = z.object({ code: z.int(), message: z.string() });
const refused = { description: 'What the protocol calls an error', schema: Refused } as const;

/** Room for a thousand phones behind the address of one carrier: each needs six requests or so until it has a socket. */
const rateLimit: RateLimit = { limit: 10_000, windowSeconds: 60, per: 'address' };

const query = { EIO: '4', transport: 'polling', sid: 'poll.c2Vzc2lvbnMgYXJlIHNlY3JldHM' };

/** Opens a session of Engine.IO, and from then on answers what waits for the client. */
export const pollPackets = route({
  id: 'pollPackets',
  function: 'socket-poll',
  method: 'GET',
  path,
  aliases,
  audience: 'public',
  hidden: true,
  summary: 'Open a session of Socket.IO, or read its packets',
  query: Query,
  envelope: 'bare',
  responses: {
    200: { description: 'Packets', schema: z.string(), media: 'text/plain' },
    400: refused,
  },
  errors: [],
  rateLimit,
  example: { query, responses: { 200: '42["pong"]', 400: pollingErrors.sessionUnknown } },
});

export const sendPackets = route({
  id: 'sendPackets',
  function: 'socket-poll',
  method: 'POST',
  path,
  aliases,
  audience: 'public',
  hidden: true,
  summary: 'Say packets in a session of Socket.IO',
  query: Query,
  text: z.string(),
  envelope: 'bare',
  responses: {
    200: { description: 'They were heard', schema: z.literal('ok'), media: 'text/plain' },
    400: refused,
  },
  errors: [],
  rateLimit,
  example: {
    query,
    text: '42["ping"]',
    responses: { 200: 'ok', 400: pollingErrors.sessionUnknown },
  },
});
