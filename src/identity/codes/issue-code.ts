import { AppError } from '../../contract/errors.ts';
import type { SmsRequest } from '../../contract/sms.ts';
import { isTestNumber } from '../../contract/test-numbers.ts';
import type { Ids } from '../../platform/ids.ts';
import { logger } from '../../platform/logs/observability.ts';
import type { ReadCodeKeys } from './code-keys.ts';
import type { CodeBudget } from './code-budget.ts';
import type { LoginCodeStore, Reservation } from './login-code-store.ts';
import { digestOf, newCode, type CodeSubject, type RandomBelow } from './login-code.ts';
import type { SendSms } from './queue-sms.ts';

export interface CodeIssue {
  readonly subject: CodeSubject;
  readonly smsWith: (code: string) => SmsRequest;
  /** The IP address that asked for the code. */
  readonly address: string;
  /** What the code is for: stored with it, for the check of the code. */
  readonly note?: string;
  /** Whether the same request within the cooldown counts as a repetition whose first answer was lost. */
  readonly isRepeatable?: boolean;
}

export interface IssueCodeDeps {
  readonly codes: LoginCodeStore;
  readonly readCodeKeys: ReadCodeKeys;
  readonly budget: CodeBudget;
  readonly sendSms: SendSms;
  readonly randomBelow: RandomBelow;
  readonly ids: Ids;
  readonly count: (metric: 'OtpSent' | 'OtpVerified') => void;
}

/** P13, P14: makes a code, keeps its digest, and has it sent, if one may be sent now. */
export async function issueCode(issue: CodeIssue, deps: IssueCodeDeps): Promise<void> {
  const { subject, smsWith, address, note, isRepeatable = false } = issue;
  const { codes, budget, sendSms, ids } = deps;
  const code = newCode(deps.randomBelow);
  const digest = digestOf((await deps.readCodeKeys()).codes, subject, code);
  const sendId = ids.next();
  const sms = smsWith(code);

  try {
    const reservation = await codes.reserve(subject, digest, sendId, note);
    if (isRepeatable && reservation.outcome === 'repeated') return;
    refuse(reservation);
    await budget.spend({ account: subject.account, to: sms.to, address });
    await sendSms(sms).catch((cause: unknown) => {
      throw new AppError('OTP_SEND_FAILED', { retryAfterMs: 1000, cause });
    });
  } catch (error) {
    // Also if Redis did not answer in time, because it may have reserved. Reservations of other sendings stay.
    await codes.giveBack(subject, sendId).catch((cause: unknown) => {
      logger.warn('The reservation of an unsent code could not be undone', {
        error: String(cause),
      });
    });
    throw error;
  }
  if (isTestNumber(sms.to)) return;
  deps.count('OtpSent');
  // The access log of a stage with an edge has the edge's addresses alone.
  logger.info('Code sent', { address });
}

function refuse(reservation: Reservation): void {
  if (reservation.outcome === 'reserved') return;
  const { outcome, waitMs } = reservation;
  const isSoon = outcome === 'cooling' || outcome === 'repeated';
  const code = isSoon ? 'OTP_COOLDOWN' : 'OTP_RATE_LIMIT_EXCEEDED';
  throw new AppError(code, { retryAfterMs: waitMs });
}
