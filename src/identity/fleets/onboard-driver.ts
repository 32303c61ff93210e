import { AppError } from '../../contract/errors.ts';
import type { Ids } from '../../platform/ids.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import {
  findCandidate,
  findMember,
  putIntoFleet,
  type Onboarding,
  type MemberRow,
} from './fleet-membership-store.ts';

interface Asking {
  readonly phone: string;
  readonly transporterId: string;
}

/** Refuses a driver who is in a fleet already, or suspended. Answers the name by which the driver knows the fleet. */
export async function candidateFor(asking: Asking, { postgres }: { readonly postgres: Postgres }) {
  const candidate = await postgres.run((db) => findCandidate(db, asking));
  // An access token may be valid for longer than its account exists.
  if (!candidate) throw new AppError('UNAUTHORIZED');
  if (candidate.isSuspended) throw new AppError('ACCOUNT_SUSPENDED');
  if (candidate.isInFleet) throw new AppError('DRIVER_ALREADY_IN_FLEET');
  return { fleetName: candidate.fleetName ?? 'your transporter' };
}

interface Deps {
  readonly postgres: Postgres;
  readonly ids: Ids;
}

/** A driver belongs to one fleet at a time. If two fleets onboard the same driver, the first one has the driver. */
export async function onboardDriver(onboarding: Omit<Onboarding, 'newId'>, deps: Deps) {
  const newId = deps.ids.next();
  const onboarded = await deps.postgres.run((db) => putIntoFleet(db, { ...onboarding, newId }));
  if (onboarded) return memberView(onboarded);
  await candidateFor(onboarding, deps);
  // Another fleet had the driver a moment ago, and has removed the driver since.
  throw new AppError('DRIVER_ALREADY_IN_FLEET');
}

/** The driver with this phone, if the driver is in this fleet. */
export async function driverInFleet(asking: Asking, { postgres }: { readonly postgres: Postgres }) {
  const member = await postgres.run((db) => findMember(db, asking));
  return member && memberView(member);
}

function memberView({ id, name, phone, license_number, verified_at }: MemberRow) {
  return { id, name, phone, licenseNumber: license_number, isVerified: verified_at !== null };
}
