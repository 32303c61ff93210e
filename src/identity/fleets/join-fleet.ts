import { AppError } from '../../contract/errors.ts';
import type { Ids } from '../../platform/ids.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import {
  findCandidate,
  findMember,
  putIntoFleet,
  type Joining,
  type MemberRow,
} from './fleet-membership-store.ts';

interface Asking {
  readonly phone: string;
  readonly transporterId: string;
}

/** Refuses who is in a fleet already, or may not drive; tells how the driver knows the fleet that asks. */
export async function candidateFor(asking: Asking, { postgres }: { readonly postgres: Postgres }) {
  const candidate = await postgres.run((db) => findCandidate(db, asking));
  // A token may outlive its account.
  if (!candidate) throw new AppError('UNAUTHORIZED');
  if (candidate.isSuspended) throw new AppError('ACCOUNT_SUSPENDED');
  if (candidate.isInFleet) throw new AppError('DRIVER_ALREADY_IN_FLEET');
  return { fleetName: candidate.fleetName ?? 'your transporter' };
}

interface Deps {
  readonly postgres: Postgres;
  readonly ids: Ids;
}

/** A driver belongs to one fleet at a time: of two that take the same one in, the first has the driver. */
export async function joinFleet(joining: Omit<Joining, 'newId'>, deps: Deps) {
  const newId = deps.ids.next();
  const joined = await deps.postgres.run((db) => putIntoFleet(db, { ...joining, newId }));
  if (joined) return memberView(joined);
  await candidateFor(joining, deps);
  // Free again by now: whoever was faster has let the driver go.
  throw new AppError('DRIVER_ALREADY_IN_FLEET');
}

/** The driver with this phone, if that one is in this fleet. */
export async function driverInFleet(asking: Asking, { postgres }: { readonly postgres: Postgres }) {
  const member = await postgres.run((db) => findMember(db, asking));
  return member && memberView(member);
}

function memberView({ id, name, phone, license_number, verified_at }: MemberRow) {
  return { id, name, phone, licenseNumber: license_number, isVerified: verified_at !== null };
}
