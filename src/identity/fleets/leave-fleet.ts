import { AppError } from '../../contract/errors.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import { hasLeftFleet, takeOutOfFleet } from './fleet-membership-store.ts';
import { endSessionsOf, untoldEndsOf, type EndedSession } from '../sessions/session-store.ts';

interface Membership {
  readonly driverId: string;
  readonly transporterId: string;
}

/**
 * Takes a driver out of the fleet and ends the driver's sessions, in the caller's transaction. A login that comes
 * between the two waits for the first, and then finds no fleet. After the commit the caller announces the ended
 * sessions. If that fails, this can be called again: it then answers the sessions that were not announced.
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
