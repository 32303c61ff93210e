import { rateLimitsAreLifted } from '../../../src/contract/environment.ts';
import { messagesPerConnection } from '../../../src/contract/socket/protocol.ts';
import type { CountCall } from '../../../src/platform/rate-limit.ts';
import { limitKey, refuseBeyond } from '../refuse-beyond.ts';
import { actionOf, callerOf, type SocketMiddleware } from './call.ts';

/** Counts the message against the limit of its action, and against that of all messages of its connection. */
export function limitRate(countCall: CountCall): SocketMiddleware {
  return {
    before: async ({ context: { call } }) => {
      if (rateLimitsAreLifted(process.env)) return;
      const { action, rateLimit } = actionOf(call);
      const { userId } = callerOf(call);
      const limits = [
        { ...rateLimit, key: limitKey(userId, `socket:${action}`) },
        { ...messagesPerConnection, key: limitKey(userId, `connection:${call.connectionId}`) },
      ];
      await refuseBeyond(limits, countCall, false);
    },
  };
}
