import { AppError } from '../../contract/errors.ts';
import type { SessionOwner } from '../../contract/wire.ts';
import { endSessions, type EndSessionsDeps } from './end-sessions.ts';
import { isSessionOf } from './session-store.ts';

/** P16: ends the session of the token, or every session of its owner. */
export async function logOut(
  { userId, sessionId }: SessionOwner,
  { everywhere }: { readonly everywhere: boolean },
  deps: EndSessionsDeps,
) {
  await endSessions(everywhere ? { userId } : { userId, sessionId }, deps);
  return { message: everywhere ? 'You are logged out everywhere.' : 'You are logged out.' };
}

/** Ends the caller's session on another device. If it is ended already, that is no error. */
export async function endOwnSession(
  { userId }: SessionOwner,
  sessionId: string,
  deps: EndSessionsDeps,
) {
  if (!(await deps.postgres.run((db) => isSessionOf(db, userId, sessionId)))) {
    throw new AppError('NOT_FOUND');
  }
  await endSessions({ userId, sessionId }, deps);
  return { message: 'The session has ended.' };
}
