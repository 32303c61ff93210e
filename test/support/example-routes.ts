import * as z from 'zod';
import { route } from '../../src/contract/http/route.ts';

const Name = z.object({ name: z.string().min(1).max(40), size: z.int().positive().optional() });
const Greeting = z.object({ greeting: z.string(), size: z.int().optional() });

const shared = {
  function: 'orders',
  method: 'POST',
  summary: 'An example',
  envelope: 'data',
  responses: { 201: { description: 'Greeted', schema: Greeting } },
  errors: [],
  example: { responses: {} },
} as const;

/** Takes everything that a route can take, and needs nobody. */
export const greet = route({
  ...shared,
  id: 'greet',
  path: '/greet/{id}',
  aliases: ['/hello/{id}'],
  audience: 'public',
  params: z.object({ id: z.uuid() }),
  query: z.object({ loud: z.enum(['yes', 'no']).optional() }),
  headers: z.object({ 'x-device-id': z.string().max(20).optional() }),
  body: Name,
  errors: ['CONCURRENT_REQUEST'],
});

/** For customers, once per key, five times a minute. */
export const order = route({
  ...shared,
  id: 'order',
  path: '/order',
  audience: ['customer'],
  body: Name,
  idempotency: 'required',
  rateLimit: { limit: 5, windowSeconds: 60, per: 'user' },
});

/** Takes a text, and answers with a page. */
export const show = route({
  id: 'show',
  function: 'orders',
  method: 'POST',
  path: '/show',
  audience: 'public',
  summary: 'An example',
  text: z.string().max(40),
  envelope: 'bare',
  responses: {
    200: { description: 'A page', schema: z.string(), media: 'text/html' },
    202: { description: 'A text', schema: z.string(), media: 'text/plain' },
  },
  errors: [],
  example: { text: 'Hello', responses: { 200: '<p>Hello</p>', 202: 'Hello' } },
});
