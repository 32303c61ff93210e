import * as z from 'zod';
import { socketAction, socketAnswer } from './protocol.ts';

export const registered = socketAnswer({
  event: 'registered',
  summary: 'Messages are pushed to this device from now on',
});

export const device = socketAction({
  action: 'device',
  summary: 'Has messages pushed to this device, as POST notifications/register-token does',
  audience: 'signed-in',
  data: z.object({
    token: z.string().min(1).max(4096).meta({ description: 'As Firebase Cloud Messaging gave it' }),
  }),
  answer: registered,
  rateLimit: { limit: 20, windowSeconds: 60 },
  isQuiet: true,
});
