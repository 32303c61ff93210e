import { phoneFrom } from '../../identity/accounts/phone.ts';
import { sendOnboardingCode, pendingOnboarding, type OnboardingDeps } from './onboarding.ts';

interface Input {
  readonly transporterId: string;
  readonly address: string;
  readonly phone: string;
}

export async function resendOnboardingCode(input: Input, deps: OnboardingDeps) {
  const { transporterId, address } = input;
  const asking = { phone: phoneFrom(input.phone, 'phone'), transporterId, address };
  return sendOnboardingCode(asking, await pendingOnboarding(asking, deps), deps);
}
