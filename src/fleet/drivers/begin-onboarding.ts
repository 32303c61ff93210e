import { maskedPhone, phoneFrom } from '../../identity/accounts/phone.ts';
import { sendOnboardingCode, type OnboardingDeps } from './onboarding.ts';

interface Input {
  readonly transporterId: string;
  readonly address: string;
  readonly phone: string;
  readonly name: string;
  readonly licenseNumber?: string | null | undefined;
  readonly email?: string | null | undefined;
}

/** A new request replaces an older one of the same transporter. The same request, sent again, sends no second code. */
export async function beginOnboarding(input: Input, deps: OnboardingDeps) {
  const { transporterId, address, name, licenseNumber = null, email = null } = input;
  const phone = phoneFrom(input.phone, 'phone');
  const asking = { phone, transporterId, address, isRepeatable: true };
  const asked = await sendOnboardingCode(asking, { name, licenseNumber, email }, deps);
  return { ...asked, driverPhoneMasked: maskedPhone(phone) };
}
