import { rateLimitsAreLifted } from '../../../src/contract/environment.ts';
import { callsPerUser } from '../../../src/contract/http/route.ts';
import type { CountCall } from '../../../src/platform/rate-limit.ts';
import { limitKey, refuseBeyond } from '../refuse-beyond.ts';
import { actionOf, callerOf, type SocketMiddleware } from './call.ts';

/** Counts the message against the limit of its action, and that of all the caller's calls together. */
export function limitRate(countCall: CountCall): SocketMiddleware {
  return {
    before: async ({ context: { call } }) => {
      if (rateLimitsAreLifted(process.env)) return;
      const { action, rateLimit } = actionOf(call);
      const { userId } = callerOf(call);
      const limits = [
        { ...rateLimit, key: limitKey(userId, `socket:${action}`) },
        { ...callsPerUser, key: limitKey(userId, 'all') },
      ];
      await refuseBeyond(limits, countCall, false);
    },
  };
}
