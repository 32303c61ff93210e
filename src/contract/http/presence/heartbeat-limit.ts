import type { RateLimit } from '../route.ts';

/**
 * The heartbeat's own Redis script keeps this limit. A separate limiter would cost every heartbeat a second round trip.
 * The app sends a heartbeat every five seconds and does not read the answer. So if two of its threads send within two
 * seconds, one is refused, and that does no harm.
 */
export const heartbeatLimit = {
  limit: 1,
  windowSeconds: 2,
  per: 'user',
  countedBy: 'use-case',
} as const satisfies RateLimit;
