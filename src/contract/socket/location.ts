import * as z from 'zod';
import { networkSaid, oneFix } from '../http/tracking/fixes.ts';
import { FixesTaken } from '../http/tracking/views.ts';
import { socketAction, socketAnswer } from './protocol.ts';

export const located = socketAnswer({
  event: 'located',
  summary: 'What became of the position: it counts, or why not',
  data: FixesTaken,
});

export const location = socketAction({
  action: 'location',
  summary:
    'Says where you are, as POST tracking/update does. It is answered only if it has a `ref`',
  audience: ['driver'],
  data: z.object({
    tripId: z.uuid().optional().meta({ description: 'Default: the trip that you are on' }),
    ...oneFix,
    network: networkSaid,
  }),
  answer: located,
  // As the route.
  rateLimit: { limit: 120, windowSeconds: 60 },
  isQuiet: true,
});
