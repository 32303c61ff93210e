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
  return {
    spend: async (phone) => {
      const today = clock.now().toISOString().slice(0, 10);
      const verdicts = await Promise.all([
        countCall(`otp-prefix:${phone.slice(0, 5)}`, { limit: perPrefix, windowSeconds: 600 }),
        countCall(`otp-day:${today}`, { limit: perDay, windowSeconds: day }),
      ]).catch((cause: unknown) => {
        throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
      });
      const spent = verdicts.filter(({ allowed }) => !allowed).map(({ resetMs }) => resetMs);
      if (spent.length === 0) return;
      logger.warn('No more codes are sent for now', { prefix: `${phone.slice(0, 5)}xxxxx` });
      throw new AppError('OTP_RATE_LIMIT_EXCEEDED', { retryAfterMs: Math.max(...spent) });
    },
  };
}

/** For load tests on one machine. */
export const unlimitedBudget: CodeBudget = { spend: async () => undefined };
