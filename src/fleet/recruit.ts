import * as z from 'zod';
import { AppError } from '../contract/errors.ts';
import { issueCode, type IssueCodeDeps } from '../identity/issue-code.ts';
import { candidateFor } from '../identity/join-fleet.ts';
import { onboardingCodeLife, onboardingSubject } from '../identity/login-code.ts';
import { maskedPhone } from '../identity/phone.ts';
import type { Postgres } from '../platform/postgres.ts';

/** Whom a transporter wants in the fleet: noted beside the code that asks the driver for it. */
const Recruit = z.object({
  transporterId: z.uuid(),
  name: z.string(),
  licenseNumber: z.string().nullable(),
  email: z.string().nullable(),
});

export type Recruit = z.output<typeof Recruit>;

export interface RecruitDeps extends IssueCodeDeps {
  readonly postgres: Postgres;
}

/** Asks a driver, by SMS to the driver's own phone: the code is a yes to this transporter, and to no other one. */
export async function askToJoin(phone: string, recruit: Recruit, deps: RecruitDeps) {
  const { transporterId } = recruit;
  const { fleetName } = await candidateFor({ phone, transporterId }, deps);
  await issueCode(
    {
      subject: onboardingSubject(phone, transporterId),
      smsWith: (code) => ({
        to: phone,
        template: 'driver-onboarding',
        values: { code, fleetName },
      }),
      note: JSON.stringify(recruit),
    },
    deps,
  );
  return {
    message: `A code was sent to ${maskedPhone(phone)}.`,
    expiresInMinutes: onboardingCodeLife / 60,
  };
}

/** P12: whom this transporter asked last; what another one asked is no business of theirs. */
export async function pendingRecruit(
  phone: string,
  transporterId: string,
  deps: Pick<RecruitDeps, 'codes' | 'postgres'>,
): Promise<Recruit> {
  const note = await deps.codes.noteOf(onboardingSubject(phone, transporterId));
  const recruit = note === undefined ? undefined : Recruit.parse(JSON.parse(note));
  if (recruit?.transporterId === transporterId) return recruit;
  // Nothing is pending of whom one has taken in already, as when the answer to that was lost.
  await candidateFor({ phone, transporterId }, deps);
  throw new AppError('NO_PENDING_REQUEST');
}
