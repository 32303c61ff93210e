import { rateLimitsAreLifted } from '../../../src/contract/environment.ts';
import { callsPerUser } from '../../../src/contract/http/route.ts';
import { hashOf } from '../../../src/identity/sessions/refresh-token.ts';
import type { CountCall, Limit, Verdict } from '../../../src/platform/rate-limit.ts';
import { limitKey, refuseBeyond } from '../refuse-beyond.ts';
import { inputOf, routeOf, type Call } from './call.ts';
import type { Run } from './run.ts';

/** Counts the call against its limits, and tells the client how many calls are left. */
export function limitRate(countCall: CountCall | undefined, run: Run): Run {
  if (rateLimitsAreLifted(process.env)) return run;
  return async (call, event, context) => {
    const counting = count(call, countCall);
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

async function count(call: Call, countCall: CountCall | undefined): Promise<void> {
  const { id, rateLimit } = routeOf(call);
  const limits = limitsOn(call);
  if (limits.length === 0) return;
  if (!countCall) throw new Error(`${id} has a rate limit, but its function counts nothing`);
  await refuseBeyond(limits, countCall, rateLimit?.strict ?? false, (verdict) => {
    tell(call, verdict);
  });
}

/** The limit of the route, and the limit on all calls of the caller together. */
function limitsOn(call: Call): readonly Limit[] {
  const { id, rateLimit } = routeOf(call);
  if (rateLimit?.countedBy === 'use-case') return [];
  const limits: Limit[] = [];
  if (rateLimit && !isEverybody(rateLimit.per)) {
    limits.push({ ...rateLimit, key: limitKey(whoIs(rateLimit.per, call), id) });
  }
  if (call.caller) limits.push({ ...callsPerUser, key: limitKey(call.caller.userId, 'all') });
  return limits;
}

/** In the stage `local` all clients have the same address, so limits per address do not apply. */
export function isEverybody(per: 'user' | 'address' | 'session'): boolean {
  return per === 'address' && process.env['WEELO_STAGE'] === 'local';
}

function tell(call: Call, { limit, remaining, resetMs }: Verdict): void {
  call.responseHeaders['ratelimit-limit'] = String(limit);
  call.responseHeaders['ratelimit-remaining'] = String(remaining);
  call.responseHeaders['ratelimit-reset'] = String(Math.ceil(resetMs / 1000));
}

function whoIs(per: 'user' | 'address' | 'session', call: Call): string {
  if (per === 'user') return userOf(call);
  return per === 'session' ? sessionOf(call) : call.address;
}

function userOf({ caller }: Call): string {
  if (!caller) throw new Error('A limit per user needs a route that knows its caller');
  return caller.userId;
}

/** A session is named by the hash of its refresh token, so no store need be asked. The token itself is not stored. */
function sessionOf(call: Call): string {
  const { refreshToken } = inputOf(call).body;
  if (typeof refreshToken === 'string') return hashOf(refreshToken);
  throw new Error('A limit per session needs a route that is sent a refresh token');
}
