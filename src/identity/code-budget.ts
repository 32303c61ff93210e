import { AppError } from '../contract/errors.ts';
import type { Clock } from '../platform/clock.ts';
import { logger } from '../platform/observability.ts';
import type { CountCall } from '../platform/rate-limit.ts';

/** P14: how many codes a stage sends at most; each costs money, whoever asked for it. */
export interface CodeBudgetSettings {
  /** In ten minutes to numbers that share their first five digits: one operator's, of one circle. */
  readonly perPrefix: number;
  /** In a day, to everybody. */
  readonly perDay: number;
}

export interface CodeBudget {
  /** Counts one more; throws OTP_RATE_LIMIT_EXCEEDED when there is nothing left to spend. */
  spend(phone: string): Promise<void>;
}

const day = 86_400;

export function codeBudget(
  { perPrefix, perDay }: CodeBudgetSettings,
  countCall: CountCall,
  clock: Clock,
): CodeBudget {
  /** One after the other: a code that the first limit stops is not spent, and must not count for the second. */
  const firstRefusal = async (limits: readonly Parameters<CountCall>[]) => {
    for (const limit of limits) {
      const verdict = await countCall(...limit).catch((cause: unknown) => {
        throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
      });
      if (!verdict.allowed) return verdict;
    }
    return undefined;
  };
  return {
    spend: async (phone) => {
      const today = clock.now().toISOString().slice(0, 10);
      const verdict = await firstRefusal([
        [`otp-prefix:${phone.slice(0, 5)}`, { limit: perPrefix, windowSeconds: 600 }],
        [`otp-day:${today}`, { limit: perDay, windowSeconds: day }],
      ]);
      if (!verdict) return;
      logger.warn('No more codes are sent for now', { prefix: `${phone.slice(0, 5)}xxxxx` });
      throw new AppError('OTP_RATE_LIMIT_EXCEEDED', { retryAfterMs: verdict.resetMs });
    },
  };
}

/** For load tests on one machine. */
export const unlimitedBudget: CodeBudget = { spend: async () => undefined };
