import { tellEnds, type EndSessionsDeps } from '../../identity/sessions/end-sessions.ts';
import { leaveFleet } from '../../identity/fleets/leave-fleet.ts';
import { AppError } from '../../contract/errors.ts';
import { isStillReferredTo } from '../../platform/postgres/postgres-errors.ts';
import { unassignDriver } from '../vehicles/vehicle-store.ts';

interface Membership {
  readonly driverId: string;
  readonly transporterId: string;
}

/**
 * P11: a driver who is asked for a trip, or on one, stays: the assignment refers to the driver and the fleet together.
 * Takes a driver out of the fleet. The driver keeps the account, without a fleet, and is logged out. A second call
 * changes nothing, but announces the ended sessions that the first could not announce.
 */
export async function removeDriver(membership: Membership, deps: EndSessionsDeps) {
  const ended = await deps.postgres
    .transaction(async (db) => {
      const sessions = await leaveFleet(db, membership);
      await unassignDriver(db, membership);
      return sessions;
    })
    .catch((error: unknown) => {
      throw isStillReferredTo(error) ? new AppError('DRIVER_IN_USE', { cause: error }) : error;
    });
  await tellEnds(ended, deps);
  return { message: 'The driver has left your fleet.' };
}
