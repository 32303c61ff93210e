import { logger } from '../../platform/logs/observability.ts';
import type { Connections } from '../connections/connections.ts';
import type { PollingSessions } from './sessions.ts';

export interface ClosingDeps {
  readonly sessions: Pick<PollingSessions, 'close'>;
  readonly connections: Pick<Connections, 'forgetById'>;
  /** Has a socket closed. The functions in the VPC cannot do so themselves. */
  readonly closeSoon: (connectionId: string) => Promise<void>;
}

/** Ends a session, and has the sockets closed that it tried. `last` is said to a GET that waits. */
export async function closeSession(
  sid: string,
  last: string,
  { sessions, connections, closeSoon }: ClosingDeps,
): Promise<void> {
  const sockets = await sessions.close(sid, last);
  await connections.forgetById(sid);
  await Promise.all(sockets.map((each) => closeSoon(each).catch(leftOpen)));
}

/** It is closed all the same, half a minute after it was let in. */
function leftOpen(error: unknown): void {
  logger.warn('A socket could not be closed', { error: String(error) });
}
