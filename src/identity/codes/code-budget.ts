import { AppError } from '../../contract/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { logger } from '../../platform/logs/observability.ts';
import type { CountCode, Limit } from './code-budget-store.ts';
import type { CodeAccount } from './login-code.ts';

/** P14: how many codes a stage sends at most; each costs money, whoever asked for it. */
export interface CodeBudgetSettings {
  /** In ten minutes to numbers that share their first five digits: one operator's, of one circle. */
  readonly perPrefix: number;
  /** In a day, asked for from one address. */
  readonly perAddress: number;
  /** In a day, to everybody. */
  readonly perDay: number;
  /** The share of the day's codes, from 0 to 1, that is kept for accounts that logged in before. */
  readonly keptShare: number;
}

interface CodeRequest {
  readonly account: CodeAccount;
  /** The phone that the code is sent to. */
  readonly to: string;
  /** Where from it was asked for. */
  readonly address: string;
}

export interface CodeBudget {
  /** Counts one more code; throws OTP_RATE_LIMIT_EXCEEDED, and counts nothing, where there is none left to spend. */
  spend(request: CodeRequest): Promise<void>;
}

interface CodeBudgetDeps {
  readonly countCode: CountCode;
  readonly hasLoggedIn: (account: CodeAccount) => Promise<boolean>;
  readonly measureShare: (metric: 'OtpOpenShareUsed' | 'OtpKeptShareUsed', share: number) => void;
  readonly clock: Clock;
}

const tenMinutes = 600;
/** A transporter is sent the codes of all its drivers: this many phones may not ring it at once. */
const perReceiver = 20;

/** Of an address, as multiples of what it may ask for: accounts that logged in before are let in past its strangers. */
const knownPerAddress = 10;

/**
 * A day has an open part and a kept one. Whoever asks spends from the open part, and nobody is looked up. Where that is
 * used up, or what one address may ask for, strangers wait for tomorrow, and accounts that logged in before go on. Only
 * then do answers tell who has one.
 */
export function codeBudget(settings: CodeBudgetSettings, deps: CodeBudgetDeps): CodeBudget {
  const count: CountCode = (limits) =>
    deps.countCode(limits).catch((cause: unknown) => {
      throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
    });
  const report = (part: Limit['name'], share: number) => {
    if (part === 'open') deps.measureShare('OtpOpenShareUsed', share);
    if (part === 'kept') deps.measureShare('OtpKeptShareUsed', share);
  };
  /** The last limit is the part of the day: told in full also to whoever finds nothing in it. */
  const spendFrom = async (limits: readonly Limit[]) => {
    const counted = await count(limits);
    const part = counted.refusedBy ?? limits.at(-1);
    if (part) report(part.name, counted.refusedBy ? 1 : counted.calls / part.limit);
    return counted;
  };
  return {
    spend: async (request) => {
      const { everybodys, known } = limitsOf(request, settings, deps.clock.now());
      const counted = await spendFrom(everybodys);
      if (!counted.refusedBy) return;
      const isForStrangers =
        counted.refusedBy.name === 'open' || counted.refusedBy.name === 'address';
      const knows = isForStrangers && (await deps.hasLoggedIn(request.account));
      const refused = knows ? await spendFrom(known) : counted;
      if (refused.refusedBy) throw refusal(refused, request);
    },
  };
}

function limitsOf({ to, address: from }: CodeRequest, settings: CodeBudgetSettings, now: Date) {
  const { perPrefix, perAddress, perDay, keptShare } = settings;
  const day = now.toISOString().slice(0, 10);
  const windowSeconds = secondsLeftOf(now);
  const keptPerDay = Math.round(perDay * keptShare);
  const address = (name: 'address' | 'known-address', limit: number): Limit => ({
    name,
    of: `${day}:${from}`,
    limit,
    windowSeconds,
  });
  const always: readonly Limit[] = [
    { name: 'receiver', of: to, limit: perReceiver, windowSeconds: tenMinutes },
    { name: 'prefix', of: to.slice(0, 5), limit: perPrefix, windowSeconds: tenMinutes },
  ];
  const open: Limit = { name: 'open', of: day, limit: perDay - keptPerDay, windowSeconds };
  const kept: Limit = { name: 'kept', of: day, limit: keptPerDay, windowSeconds };
  return {
    everybodys: [address('address', perAddress), ...always, open],
    known: [address('known-address', knownPerAddress * perAddress), ...always, kept],
  };
}

/** Days are UTC's. */
function secondsLeftOf(now: Date): number {
  const tomorrow = new Date(now).setUTCHours(24, 0, 0, 0);
  return Math.ceil((tomorrow - now.getTime()) / 1000);
}

function refusal(
  { refusedBy, waitMs }: { readonly refusedBy: Limit; readonly waitMs: number },
  { to, address }: CodeRequest,
): AppError {
  const prefix = `${to.slice(0, 5)}xxxxx`;
  logger.warn('No more codes are sent for now', { limit: refusedBy.name, prefix, address });
  return new AppError('OTP_RATE_LIMIT_EXCEEDED', { retryAfterMs: waitMs });
}

/** For load tests on one machine. */
export const unlimitedBudget: CodeBudget = { spend: async () => undefined };
