import type { RateLimit } from '../route.ts';

/**
 * The heartbeat's own script keeps it, for a limiter would be a second round trip at every heartbeat. The app beats
 * every five seconds and does not read the answer: one of two threads that are closer than this is refused, and no harm
 * is done.
 */
export const heartbeatLimit = {
  limit: 1,
  windowSeconds: 2,
  per: 'user',
  countedBy: 'use-case',
} as const satisfies RateLimit;
