import { AppError } from '../../contract/errors.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import { hasLeftFleet, takeOutOfFleet } from './fleet-membership-store.ts';
import { endSessionsOf, untoldEndsOf, type EndedSession } from '../sessions/session-store.ts';

interface Membership {
  readonly driverId: string;
  readonly transporterId: string;
}

/**
 * Lets a driver go and ends the driver's sessions, in the transaction that it is given: a login that comes between
 * the two waits for the first, and finds no fleet. Whoever commits it tells of the ends; where that fails it can be
 * done again, and then finds what was not told.
 */
export async function leaveFleet(
  db: Database,
  membership: Membership,
): Promise<readonly EndedSession[]> {
  const { driverId } = membership;
  if (await takeOutOfFleet(db, membership)) return endSessionsOf(db, { userId: driverId });
  if (await hasLeftFleet(db, membership)) return untoldEndsOf(db, driverId);
  throw new AppError('DRIVER_NOT_FOUND');
}
