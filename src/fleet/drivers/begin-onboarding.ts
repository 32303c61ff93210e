import { maskedPhone, phoneFrom } from '../../identity/accounts/phone.ts';
import { askToJoin, type RecruitDeps } from './recruit.ts';

interface Input {
  readonly transporterId: string;
  readonly address: string;
  readonly phone: string;
  readonly name: string;
  readonly licenseNumber?: string | null | undefined;
  readonly email?: string | null | undefined;
}

/** A new request takes the place of an older one of the same transporter; the same one, sent again, is one. */
export async function beginOnboarding(input: Input, deps: RecruitDeps) {
  const { transporterId, address, name, licenseNumber = null, email = null } = input;
  const phone = phoneFrom(input.phone, 'phone');
  const asking = { phone, transporterId, address, isRepeatable: true };
  const asked = await askToJoin(asking, { name, licenseNumber, email }, deps);
  return { ...asked, driverPhoneMasked: maskedPhone(phone) };
}
