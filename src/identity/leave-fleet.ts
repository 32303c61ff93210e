import { AppError } from '../contract/errors.ts';
import type { Database } from '../platform/postgres.ts';
import { takeOutOfFleet } from './fleet-membership-store.ts';
import { endSessionsOf, type EndedSession } from './session-store.ts';

interface Membership {
  readonly driverId: string;
  readonly transporterId: string;
}

/**
 * Lets a driver go and ends the driver's sessions, in the transaction that it is given: a login that comes between
 * the two waits for the first, and finds no fleet. Whoever commits it tells of the ends.
 */
export async function leaveFleet(
  db: Database,
  membership: Membership,
): Promise<readonly EndedSession[]> {
  if (!(await takeOutOfFleet(db, membership))) throw new AppError('DRIVER_NOT_FOUND');
  return endSessionsOf(db, { userId: membership.driverId });
}
