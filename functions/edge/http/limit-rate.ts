import { rateLimitsAreLifted } from '../../../src/contract/environment.ts';
import { AppError } from '../../../src/contract/errors.ts';
import { callsPerUser } from '../../../src/contract/http/route.ts';
import { hashOf } from '../../../src/identity/sessions/refresh-token.ts';
import { logger } from '../../../src/platform/logs/observability.ts';
import type { CountCall, Limit, Verdict } from '../../../src/platform/rate-limit.ts';
import { addressOf, inputOf, routeOf, type Call, type HttpEvent } from './call.ts';
import type { Run } from './run.ts';

/** Counts the call against the limits on it, and tells the client how it stands. */
export function limitRate(countCall: CountCall | undefined, run: Run): Run {
  if (rateLimitsAreLifted(process.env)) return run;
  return async (call, event, context) => {
    const counting = count(call, event, countCall);
    if (!routeOf(call).rateLimit?.alongside) {
      await counting;
      return run(call, event, context);
    }
    call.counted = counting;
    const running = run(call, event, context);
    await Promise.allSettled([counting, running]);
    // Whatever came of the call: one too many is refused.
    await counting;
    return running;
  };
}

async function count(
  call: Call,
  event: HttpEvent,
  countCall: CountCall | undefined,
): Promise<void> {
  const { id, rateLimit } = routeOf(call);
  const [limit, overall] = limitsOn(call, event);
  if (!limit) return;
  if (!countCall) throw new Error(`${id} has a rate limit, but its function counts nothing`);
  const verdict = await countCall(limit.key, limit, overall).catch((error: unknown) => {
    if (rateLimit?.strict) throw uncountable(error);
    return uncounted(error);
  });
  if (!verdict) return;
  tell(call, verdict);
  if (!verdict.allowed) {
    throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterMs: verdict.resetMs });
  }
}

/** That of the route, and that of all the caller's calls together. */
function limitsOn(call: Call, event: HttpEvent): readonly Limit[] {
  const { id, rateLimit } = routeOf(call);
  if (rateLimit?.countedBy === 'use-case') return [];
  const limits: Limit[] = [];
  if (rateLimit && !isEverybody(rateLimit.per)) {
    limits.push({ ...rateLimit, key: keyOf(whoIs(rateLimit.per, call, event), id) });
  }
  if (call.caller) limits.push({ ...callsPerUser, key: keyOf(call.caller.userId, 'all') });
  return limits;
}

/** All counters of one caller lie in one slot. */
const keyOf = (who: string, what: string) => `rate:{${who}}:${what}`;

/** On one machine everybody has the same address. */
function isEverybody(per: string): boolean {
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

function tell(call: Call, { limit, remaining, resetMs }: Verdict): void {
  call.responseHeaders['ratelimit-limit'] = String(limit);
  call.responseHeaders['ratelimit-remaining'] = String(remaining);
  call.responseHeaders['ratelimit-reset'] = String(Math.ceil(resetMs / 1000));
}

function whoIs(per: 'user' | 'address' | 'session', call: Call, event: HttpEvent): string {
  if (per === 'user') return userOf(call);
  return per === 'session' ? sessionOf(call) : addressOf(event);
}

function userOf({ caller }: Call): string {
  if (!caller) throw new Error('A limit per user needs a route that knows its caller');
  return caller.userId;
}

/** By the hash of its refresh token, which names it without a look into any store; the token itself is kept nowhere. */
function sessionOf(call: Call): string {
  const { refreshToken } = inputOf(call).body;
  if (typeof refreshToken === 'string') return hashOf(refreshToken);
  throw new Error('A limit per session needs a route that is sent a refresh token');
}
