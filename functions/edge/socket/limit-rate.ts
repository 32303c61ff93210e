import { rateLimitsAreLifted } from '../../../src/contract/environment.ts';
import { AppError } from '../../../src/contract/errors.ts';
import type { CountCall } from '../../../src/platform/rate-limit.ts';
import { limitKey, refuseBeyond } from '../refuse-beyond.ts';
import { actionOf, callerOf, type SocketMiddleware } from './call.ts';

/** Refuses an action whose user says it too often, or whose connection says too much. */
export function limitRate(countCall: CountCall): SocketMiddleware {
  return {
    before: async ({ context: { call } }) => {
      if (rateLimitsAreLifted(process.env)) return;
      if (call.refusedForMs !== undefined) {
        throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterMs: call.refusedForMs });
      }
      const { action, rateLimit } = actionOf(call);
      const key = limitKey(callerOf(call).userId, `socket:${action}`);
      await refuseBeyond([{ ...rateLimit, key }], countCall, false);
    },
  };
}
