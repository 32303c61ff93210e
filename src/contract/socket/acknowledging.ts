import * as z from 'zod';
import { socketAction, socketAnswer } from './protocol.ts';

export const acknowledged = socketAnswer({ event: 'acked', summary: 'The event counts as seen' });

/** A shipped app says it twice for each offer. */
const oftenEnough = { limit: 300, windowSeconds: 60 } as const;

export const ack = socketAction({
  action: 'ack',
  summary: 'You have seen an event: no push is sent for it',
  audience: 'signed-in',
  data: z.object({ eventId: z.uuid() }),
  answer: acknowledged,
  rateLimit: oftenEnough,
  isQuiet: true,
});

export const seen = socketAction({
  action: 'seen',
  summary:
    'You have seen the offer of an order, whichever its latest event was: no push is sent for it',
  audience: ['transporter'],
  data: z.object({ orderId: z.uuid() }),
  answer: acknowledged,
  rateLimit: oftenEnough,
  isQuiet: true,
});
