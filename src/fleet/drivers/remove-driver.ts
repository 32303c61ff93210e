import { tellEnds, type EndSessionsDeps } from '../../identity/sessions/end-sessions.ts';
import { leaveFleet } from '../../identity/fleets/leave-fleet.ts';
import { unassignDriver } from '../vehicles/vehicle-store.ts';

interface Membership {
  readonly driverId: string;
  readonly transporterId: string;
}

/**
 * Lets a driver go, who keeps an account without a fleet, and no session. Done again it changes nothing, and tells
 * what a fault left untold.
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
