import { AppError, type ErrorCode } from '../../contract/errors.ts';
import type { Ids } from '../../platform/ids.ts';
import { logger } from '../../platform/logs/observability.ts';
import type { ReadCodeKeys } from './code-keys.ts';
import type { LoginCodeStore } from './login-code-store.ts';
import { digestOf, type CodeSubject } from './login-code.ts';

export interface CodeUse {
  readonly subject: CodeSubject;
  readonly code: string;
  /** The two apps know the same refusals by different names. */
  readonly errors: { readonly wrong: ErrorCode; readonly none: ErrorCode };
}

export interface UseCodeDeps {
  readonly codes: LoginCodeStore;
  readonly readCodeKeys: ReadCodeKeys;
  readonly ids: Ids;
  readonly count: (metric: 'OtpSent' | 'OtpVerified') => void;
}

/**
 * P13: uses a code up, then does what it was for. When that fails for a fault of ours the code is good again: its
 * owner has proven what there was to prove, and nothing came of it.
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
  deps.count('OtpVerified');
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) {
      await deps.codes.restore(subject, digest, attempt.leftMs).catch((cause: unknown) => {
        logger.warn('A code was used up for nothing', { error: String(cause) });
      });
    }
    throw error;
  }
}
