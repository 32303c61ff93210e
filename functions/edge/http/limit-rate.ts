import { rateLimitsAreLifted } from '../../../src/contract/environment.ts';
import { AppError } from '../../../src/contract/errors.ts';
import { logger } from '../../../src/platform/observability.ts';
import type { CountCall, Verdict } from '../../../src/platform/rate-limit.ts';
import { addressOf, routeOf, type Call } from './call.ts';
import type { Run } from './run.ts';

/** Counts the call against the route's limit, and tells the client how it stands. */
export function limitRate(countCall: CountCall | undefined, run: Run): Run {
  return async (call, event, context) => {
    const { id, rateLimit } = routeOf(call);
    if (!rateLimit || isLifted(rateLimit.per)) return run(call, event, context);
    if (!countCall) throw new Error(`${id} has a rate limit, but its function counts nothing`);

    const who = rateLimit.per === 'user' ? userOf(call) : addressOf(event);
    const verdict = await countCall(`rate:${id}:${who}`, rateLimit).catch((error: unknown) => {
      if (rateLimit.strict) throw uncountable(error);
      return uncounted(error);
    });
    if (verdict) {
      tell(call, rateLimit.limit, verdict);
      if (!verdict.allowed) {
        throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterMs: verdict.resetMs });
      }
    }
    return run(call, event, context);
  };
}

/** On one machine everybody has the same address. */
function isLifted(per: 'user' | 'address'): boolean {
  if (rateLimitsAreLifted(process.env)) return true;
  return per === 'address' && process.env['WEELO_STAGE'] === 'local';
}

/** P14: where the limit is what protects, nothing goes on without it. */
function uncountable(cause: unknown): AppError {
  return new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
}

/** Redis is a mirror: when it is away, requests go on uncounted. */
function uncounted(error: unknown): undefined {
  logger.warn('A call was not counted', { error: String(error) });
}

function tell(call: Call, limit: number, { remaining, resetMs }: Verdict): void {
  call.responseHeaders['ratelimit-limit'] = String(limit);
  call.responseHeaders['ratelimit-remaining'] = String(remaining);
  call.responseHeaders['ratelimit-reset'] = String(Math.ceil(resetMs / 1000));
}

function userOf(call: Call): string {
  if (!call.caller) throw new Error('A limit per user needs a route that knows its caller');
  return call.caller.userId;
}
