import { AppError } from '../../src/contract/errors.ts';
import { logger } from '../../src/platform/logs/observability.ts';
import type { CountCall, Limit, Verdict } from '../../src/platform/rate-limit.ts';

/** All counters of one caller lie in one slot. */
export const limitKey = (who: string, what: string) => `rate:{${who}}:${what}`;

/**
 * Counts a call against its limits, two at most, and refuses it if there are too many. `strict`: a call that cannot be
 * counted is refused, too.
 */
export async function refuseBeyond(
  [limit, overall]: readonly Limit[],
  countCall: CountCall,
  strict: boolean,
  tell: (verdict: Verdict) => void = () => undefined,
): Promise<void> {
  if (!limit) return;
  const verdict = await countCall(limit.key, limit, overall).catch((error: unknown) => {
    if (strict) throw uncountable(error);
    return uncounted(error);
  });
  if (!verdict) return;
  tell(verdict);
  if (!verdict.allowed) {
    throw new AppError('RATE_LIMIT_EXCEEDED', { retryAfterMs: verdict.resetMs });
  }
}

/** P14: if only the limit protects a route, a call that cannot be counted is refused. */
function uncountable(cause: unknown): AppError {
  return new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
}

/** Redis is a mirror: when it is away, calls go on uncounted. */
export function uncounted(error: unknown): undefined {
  logger.warn('A call was not counted', { error: String(error) });
}
