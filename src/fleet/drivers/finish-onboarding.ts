import { AppError } from '../../contract/errors.ts';
import { driverInFleet, onboardDriver } from '../../identity/fleets/onboard-driver.ts';
import { onboardingSubject } from '../../identity/codes/login-code.ts';
import { phoneFrom } from '../../identity/accounts/phone.ts';
import { useCode } from '../../identity/codes/use-code.ts';
import { logger } from '../../platform/logs/observability.ts';
import { pendingOnboarding, type Asking, type OnboardingDeps } from './onboarding.ts';

interface Input {
  readonly transporterId: string;
  readonly phone: string;
  readonly otp: string;
}

const errors = { wrong: 'OTP_INVALID', none: 'OTP_NOT_FOUND' } as const;

/** Puts a driver into the fleet. The code shows the driver's consent: it was sent to the driver's own phone only. */
export async function finishOnboarding(
  { transporterId, otp, ...input }: Input,
  deps: OnboardingDeps,
) {
  const asking = { phone: phoneFrom(input.phone, 'phone'), transporterId };
  try {
    return { driver: await onboard(asking, otp, deps) };
  } catch (error) {
    // P12, P13: no code was tried, and nothing changes. A transporter whose answer was lost gets it again, if the
    // driver is in this transporter's fleet. Any other driver is answered like an unknown phone.
    const driver = isNothingWaiting(error) ? await driverInFleet(asking, deps) : undefined;
    if (driver) return { driver };
    throw error;
  }
}

async function onboard(asking: Asking, code: string, deps: OnboardingDeps) {
  const onboarding = await pendingOnboarding(asking, deps);
  const subject = onboardingSubject(asking.phone, asking.transporterId);
  const driver = await useCode({ subject, code, errors }, deps, () =>
    onboardDriver({ ...onboarding, ...asking }, deps),
  );
  await deps.codes.forgetNote(subject).catch((error: unknown) => {
    logger.warn('A finished onboarding request could not be deleted; it expires', {
      error: String(error),
    });
  });
  return driver;
}

function isNothingWaiting(error: unknown): boolean {
  return (
    error instanceof AppError && (error.code === 'NO_PENDING_REQUEST' || error.code === errors.none)
  );
}
