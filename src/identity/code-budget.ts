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
  /** Counts one more to this phone; throws OTP_RATE_LIMIT_EXCEEDED when there is nothing left to spend. */
  spend(phone: string): Promise<void>;
}

const tenMinutes = 600;
/** A transporter is sent the codes of all its drivers: this many phones may not ring it at once. */
const perReceiver = 20;

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
      const now = clock.now();
      const today = now.toISOString().slice(0, 10);
      const verdict = await firstRefusal([
        [`otp-to:${phone}`, { limit: perReceiver, windowSeconds: tenMinutes }],
        [`otp-prefix:${phone.slice(0, 5)}`, { limit: perPrefix, windowSeconds: tenMinutes }],
        [`otp-day:${today}`, { limit: perDay, windowSeconds: secondsLeftOf(now) }],
      ]);
      if (!verdict) return;
      logger.warn('No more codes are sent for now', { prefix: `${phone.slice(0, 5)}xxxxx` });
      throw new AppError('OTP_RATE_LIMIT_EXCEEDED', { retryAfterMs: verdict.resetMs });
    },
  };
}

/** Days are UTC's. */
function secondsLeftOf(now: Date): number {
  const tomorrow = new Date(now).setUTCHours(24, 0, 0, 0);
  return Math.ceil((tomorrow - now.getTime()) / 1000);
}

/** For load tests on one machine. */
export const unlimitedBudget: CodeBudget = {
  spend: async () => undefined,
};
