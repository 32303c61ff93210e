import { joinFleet } from '../identity/join-fleet.ts';
import { onboardingSubject } from '../identity/login-code.ts';
import { phoneFrom } from '../identity/phone.ts';
import { useCode } from '../identity/use-code.ts';
import { logger } from '../platform/observability.ts';
import { pendingRecruit, type RecruitDeps } from './recruit.ts';

interface Input {
  readonly transporterId: string;
  readonly phone: string;
  readonly otp: string;
}

const errors = { wrong: 'OTP_INVALID', none: 'OTP_NOT_FOUND' } as const;

/** Takes a driver in who has said yes: with the code that only the driver's own phone was sent. */
export async function finishOnboarding({ transporterId, otp, ...input }: Input, deps: RecruitDeps) {
  const phone = phoneFrom(input.phone, 'phone');
  const recruit = await pendingRecruit(phone, transporterId, deps);
  const subject = onboardingSubject(phone, transporterId);
  const driver = await useCode({ subject, code: otp, errors }, deps, () =>
    joinFleet({ ...recruit, phone }, deps),
  );
  await deps.codes.forgetNote(subject).catch((error: unknown) => {
    logger.warn('A request that was granted runs out by itself', { error: String(error) });
  });
  return { driver };
}
