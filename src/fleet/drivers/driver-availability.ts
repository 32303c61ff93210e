import { AppError } from '../../contract/errors.ts';
import type { Caller } from '../../contract/wire.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { availabilityOf, changeAvailability } from './driver-store.ts';

interface Deps {
  readonly postgres: Postgres;
}

const retryAfterMs = 2000;

export async function readAvailability({ userId }: Caller, { postgres }: Deps) {
  const { is_online: isOnline, said_at: at } = await postgres.run((db) =>
    availabilityOf(db, userId),
  );
  return view(isOnline, at);
}

/**
 * Of opposite wishes that have seen the same state one holds, and the others are told so; who wished what came of it
 * has got it.
 */
export async function setAvailability(
  { userId: driverId, sessionId }: Caller,
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

/** Positions come with the capability of trips. */
function view(isOnline: boolean, at: Date | null) {
  return { isOnline, lastLocation: null, updatedAt: at?.toISOString() ?? null };
}
