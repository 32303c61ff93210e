import * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import { issueCode, type IssueCodeDeps } from '../../identity/codes/issue-code.ts';
import { candidateFor } from '../../identity/fleets/onboard-driver.ts';
import { onboardingCodeLife, onboardingSubject } from '../../identity/codes/login-code.ts';
import { maskedPhone } from '../../identity/accounts/phone.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';

/** What a transporter tells about the driver to onboard. It is stored with the code that is sent to the driver. */
const Onboarding = z.object({
  name: z.string(),
  licenseNumber: z.string().nullable(),
  email: z.string().nullable(),
});

type Onboarding = z.output<typeof Onboarding>;

export interface OnboardingDeps extends IssueCodeDeps {
  readonly postgres: Postgres;
}

export interface Asking {
  readonly phone: string;
  readonly transporterId: string;
}

interface AskingByCode extends Asking {
  /** The transporter's IP address. */
  readonly address: string;
  readonly isRepeatable?: boolean;
}

/** Sends a code to the driver's own phone. With it the driver consents to this transporter, and to no other. */
export async function sendOnboardingCode(
  { phone, transporterId, address, isRepeatable = false }: AskingByCode,
  onboarding: Onboarding,
  deps: OnboardingDeps,
) {
  const { fleetName } = await candidateFor({ phone, transporterId }, deps);
  await issueCode(
    {
      subject: onboardingSubject(phone, transporterId),
      smsWith: (code) => ({
        to: phone,
        template: 'driver-onboarding',
        values: { code, fleetName },
      }),
      address,
      note: JSON.stringify(onboarding),
      isRepeatable,
    },
    deps,
  );
  return {
    message: `A code was sent to ${maskedPhone(phone)}.`,
    expiresInMinutes: onboardingCodeLife / 60,
  };
}

/**
 * P12: this transporter's last request, never another transporter's. The driver's account is not looked up: that would
 * tell whether another fleet has the driver.
 */
export async function pendingOnboarding(
  { phone, transporterId }: Asking,
  { codes }: Pick<OnboardingDeps, 'codes'>,
): Promise<Onboarding> {
  const note = await codes.noteOf(onboardingSubject(phone, transporterId));
  if (note === undefined) throw new AppError('NO_PENDING_REQUEST');
  return Onboarding.parse(JSON.parse(note));
}
