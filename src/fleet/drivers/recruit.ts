import * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import { issueCode, type IssueCodeDeps } from '../../identity/codes/issue-code.ts';
import { candidateFor } from '../../identity/fleets/join-fleet.ts';
import { onboardingCodeLife, onboardingSubject } from '../../identity/codes/login-code.ts';
import { maskedPhone } from '../../identity/accounts/phone.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';

/** What a transporter says of whom it wants in the fleet: noted beside the code that asks the driver for it. */
const Recruit = z.object({
  name: z.string(),
  licenseNumber: z.string().nullable(),
  email: z.string().nullable(),
});

type Recruit = z.output<typeof Recruit>;

export interface RecruitDeps extends IssueCodeDeps {
  readonly postgres: Postgres;
}

export interface Asking {
  readonly phone: string;
  readonly transporterId: string;
}

interface AskingByCode extends Asking {
  /** Where from the transporter asks. */
  readonly address: string;
  readonly isRepeatable?: boolean;
}

/** Asks a driver, by SMS to the driver's own phone: the code is a yes to this transporter, and to no other one. */
export async function askToJoin(
  { phone, transporterId, address, isRepeatable = false }: AskingByCode,
  recruit: Recruit,
  deps: RecruitDeps,
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
      note: JSON.stringify(recruit),
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
 * P12: what this transporter asked last; what another one asked is no business of theirs. Nobody else is looked up:
 * that would tell of a driver whom somebody else has.
 */
export async function pendingRecruit(
  { phone, transporterId }: Asking,
  { codes }: Pick<RecruitDeps, 'codes'>,
): Promise<Recruit> {
  const note = await codes.noteOf(onboardingSubject(phone, transporterId));
  if (note === undefined) throw new AppError('NO_PENDING_REQUEST');
  return Recruit.parse(JSON.parse(note));
}
