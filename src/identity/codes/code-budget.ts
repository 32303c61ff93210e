import { AppError } from '../../contract/errors.ts';
import { isTestNumber, testCodes } from '../../contract/test-numbers.ts';
import type { Clock } from '../../platform/clock.ts';
import { logger } from '../../platform/logs/observability.ts';
import type { CountCode, Limit } from './code-budget-store.ts';
import type { CodeAccount } from './login-code.ts';

/** P14: how many codes a stage sends at most. Each code costs money. */
export interface CodeBudgetSettings {
  /** In ten minutes, to numbers with the same first five digits: those of one carrier in one telecom circle. */
  readonly perPrefix: number;
  /** In a day, asked for from one IP address. */
  readonly perAddress: number;
  /** In a day, to all numbers together. */
  readonly perDay: number;
  /** The share of the day's codes, from 0 to 1, that is kept for accounts that logged in before. */
  readonly keptShare: number;
}

interface CodeRequest {
  readonly account: CodeAccount;
  /** The phone that the code is sent to. */
  readonly to: string;
  /** The IP address that asked for it. */
  readonly address: string;
}

export interface CodeBudget {
  /** Counts one more code. If none is left, it counts nothing and throws OTP_RATE_LIMIT_EXCEEDED. */
  spend(request: CodeRequest): Promise<void>;
}

interface CodeBudgetDeps {
  readonly countCode: CountCode;
  readonly hasLoggedIn: (account: CodeAccount) => Promise<boolean>;
  readonly measureShare: (metric: 'OtpOpenShareUsed' | 'OtpKeptShareUsed', share: number) => void;
  readonly clock: Clock;
}

const tenMinutes = 600;
/** A transporter is sent the codes of all its drivers. This limits how many drivers' logins can do that at once. */
const perReceiver = 20;

/** Accounts that logged in before may use this many times an address's share: strangers there cannot shut them out. */
const knownPerAddress = 10;

/**
 * A day's codes have an open part and a kept part. Every code is taken from the open part first, and no account is
 * looked up. When the open part or the address's share is used up, strangers wait for the next day, and accounts that
 * logged in before go on. Only then can an answer tell whether a number has an account. Test numbers have a budget of
 * their own, which nothing reports.
 */
export function codeBudget(settings: CodeBudgetSettings, deps: CodeBudgetDeps): CodeBudget {
  const count: CountCode = (limits) =>
    deps.countCode(limits).catch((cause: unknown) => {
      throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
    });
  const report = (part: Limit, share: number) => {
    if (part.isForTests) return;
    if (part.name === 'open') deps.measureShare('OtpOpenShareUsed', share);
    if (part.name === 'kept') deps.measureShare('OtpKeptShareUsed', share);
  };
  /** The last limit is the part of the day. How full it is, is reported even if no code is left in it. */
  const spendFrom = async (limits: readonly Limit[]) => {
    const counted = await count(limits);
    const part = counted.refusedBy ?? limits.at(-1);
    if (part) report(part, counted.refusedBy ? 1 : counted.calls / part.limit);
    return counted;
  };
  const settingsFor = (to: string) => (isTestNumber(to) ? testCodes : settings);
  return {
    spend: async (request) => {
      const { everybodys, known } = limitsOf(request, settingsFor(request.to), deps.clock.now());
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
  const isForTests = isTestNumber(to);
  const address = (name: 'address' | 'known-address', limit: number): Limit => ({
    name,
    of: `${day}:${from}`,
    limit,
    windowSeconds,
    isForTests,
  });
  const always: readonly Limit[] = [
    { name: 'receiver', of: to, limit: perReceiver, windowSeconds: tenMinutes, isForTests },
    { name: 'prefix', of: to.slice(0, 5), limit: perPrefix, windowSeconds: tenMinutes, isForTests },
  ];
  const ofDay = { of: day, windowSeconds, isForTests };
  const open: Limit = { name: 'open', ...ofDay, limit: perDay - keptPerDay };
  const kept: Limit = { name: 'kept', ...ofDay, limit: keptPerDay };
  return {
    everybodys: [address('address', perAddress), ...always, open],
    known: [address('known-address', knownPerAddress * perAddress), ...always, kept],
  };
}

/** Days begin at midnight UTC. */
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
