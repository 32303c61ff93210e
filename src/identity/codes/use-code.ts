import { AppError, type ErrorCode } from '../../contract/errors.ts';
import { isTestNumber } from '../../contract/test-numbers.ts';
import type { Ids } from '../../platform/ids.ts';
import { logger } from '../../platform/logs/observability.ts';
import type { ReadCodeKeys } from './code-keys.ts';
import type { LoginCodeStore } from './login-code-store.ts';
import { digestOf, type CodeSubject } from './login-code.ts';

export interface CodeUse {
  readonly subject: CodeSubject;
  readonly code: string;
  /** The two apps have different names for the same refusals. */
  readonly errors: { readonly wrong: ErrorCode; readonly none: ErrorCode };
}

export interface UseCodeDeps {
  readonly codes: LoginCodeStore;
  readonly readCodeKeys: ReadCodeKeys;
  readonly ids: Ids;
  readonly count: (metric: 'OtpSent' | 'OtpVerified') => void;
}

/**
 * P13: uses up a code, then does what the code is for. If that fails because of a fault of ours, the code works again:
 * the caller proved to have the phone, and got nothing for it.
 */
export async function useCode<T>(
  { subject, code, errors }: CodeUse,
  deps: UseCodeDeps,
  act: () => Promise<T>,
): Promise<T> {
  const digest = digestOf((await deps.readCodeKeys()).codes, subject, code);
  const attempt = await deps.codes.attempt(subject, digest, deps.ids.next());
  if (attempt.outcome === 'none') throw new AppError(errors.none);
  if (attempt.outcome === 'wrong') {
    throw new AppError(errors.wrong, { data: { attemptsLeft: attempt.attemptsLeft } });
  }
  if (attempt.outcome === 'locked') {
    throw new AppError('OTP_MAX_ATTEMPTS', { retryAfterMs: attempt.waitMs });
  }
  if (!isTestNumber(subject.account.phone)) deps.count('OtpVerified');
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) {
      await deps.codes.restore(subject, digest, attempt.leftMs).catch((cause: unknown) => {
        logger.warn('A code is used up, though its use failed', { error: String(cause) });
      });
    }
    throw error;
  }
}
