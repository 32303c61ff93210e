import { tellEnds, type EndSessionsDeps } from '../../identity/sessions/end-sessions.ts';
import { leaveFleet } from '../../identity/fleets/leave-fleet.ts';
import { unassignDriver } from '../vehicles/vehicle-store.ts';

interface Membership {
  readonly driverId: string;
  readonly transporterId: string;
}

/**
 * Takes a driver out of the fleet. The driver keeps the account, without a fleet, and is logged out. A second call
 * changes nothing, but announces the ended sessions that the first could not announce.
 */
export async function removeDriver(membership: Membership, deps: EndSessionsDeps) {
  const ended = await deps.postgres.transaction(async (db) => {
    const sessions = await leaveFleet(db, membership);
    await unassignDriver(db, membership);
    return sessions;
  });
  await tellEnds(ended, deps);
  return { message: 'The driver has left your fleet.' };
}
