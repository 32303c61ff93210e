import { AppError } from '../../contract/errors.ts';
import type { SessionOwner } from '../../contract/wire.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { availabilityOf, changeAvailability } from './driver-store.ts';

interface Deps {
  readonly postgres: Postgres;
}

const retryAfterMs = 2000;

export async function readAvailability({ userId }: SessionOwner, { postgres }: Deps) {
  const { is_online: isOnline, said_at: at } = await postgres.run((db) =>
    availabilityOf(db, userId),
  );
  return view(isOnline, at);
}

/**
 * If several requests have read the same state, only the first one changes it. The others compare what they want with
 * the new state: if it is the same, they succeed; if not, they are refused.
 */
export async function setAvailability(
  { userId: driverId, sessionId }: SessionOwner,
  isOnline: boolean,
  { postgres }: Deps,
) {
  const look = () => postgres.run((db) => availabilityOf(db, driverId));
  const { revision: seenRevision } = await look();
  const said = { driverId, sessionId, isOnline, seenRevision };
  const changed = await postgres.run((db) => changeAvailability(db, said));
  if (changed) return view(isOnline, changed.said_at);

  const now = await look();
  if (now.revision === seenRevision) throw new AppError('UNAUTHORIZED');
  if (now.is_online !== isOnline) throw new AppError('TOGGLE_IN_PROGRESS', { retryAfterMs });
  return view(isOnline, now.said_at);
}

/** There is no position yet: src/trips will bring it. */
function view(isOnline: boolean, at: Date | null) {
  return { isOnline, lastLocation: null, updatedAt: at?.toISOString() ?? null };
}
