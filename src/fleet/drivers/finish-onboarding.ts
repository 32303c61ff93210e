import { AppError } from '../../contract/errors.ts';
import { driverInFleet, joinFleet } from '../../identity/fleets/join-fleet.ts';
import { onboardingSubject } from '../../identity/codes/login-code.ts';
import { phoneFrom } from '../../identity/accounts/phone.ts';
import { useCode } from '../../identity/codes/use-code.ts';
import { logger } from '../../platform/logs/observability.ts';
import { pendingRecruit, type Asking, type RecruitDeps } from './recruit.ts';

interface Input {
  readonly transporterId: string;
  readonly phone: string;
  readonly otp: string;
}

const errors = { wrong: 'OTP_INVALID', none: 'OTP_NOT_FOUND' } as const;

/** Takes a driver in who has said yes: with the code that only the driver's own phone was sent. */
export async function finishOnboarding({ transporterId, otp, ...input }: Input, deps: RecruitDeps) {
  const asking = { phone: phoneFrom(input.phone, 'phone'), transporterId };
  try {
    return { driver: await takeIn(asking, otp, deps) };
  } catch (error) {
    // P12, P13: no code was tried, and nothing happens. Whoever lost the answer is told again of a driver in the own
    // fleet; of any other driver this tells as little as of nobody.
    const driver = isNothingWaiting(error) ? await driverInFleet(asking, deps) : undefined;
    if (driver) return { driver };
    throw error;
  }
}

async function takeIn(asking: Asking, code: string, deps: RecruitDeps) {
  const recruit = await pendingRecruit(asking, deps);
  const subject = onboardingSubject(asking.phone, asking.transporterId);
  const driver = await useCode({ subject, code, errors }, deps, () =>
    joinFleet({ ...recruit, ...asking }, deps),
  );
  await deps.codes.forgetNote(subject).catch((error: unknown) => {
    logger.warn('A request that was granted runs out by itself', { error: String(error) });
  });
  return driver;
}

function isNothingWaiting(error: unknown): boolean {
  return (
    error instanceof AppError && (error.code === 'NO_PENDING_REQUEST' || error.code === errors.none)
  );
}
