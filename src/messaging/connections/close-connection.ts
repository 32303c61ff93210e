import { socketError } from '../../contract/socket/protocol.ts';
import { AppError } from '../../contract/errors.ts';
import type { CloseSocket, CloseUnnamed, SessionsEnded } from '../../contract/queues.ts';
import type { Sockets } from '../../platform/aws/sockets.ts';
import { countOne, logger } from '../../platform/logs/observability.ts';
import { writingIn } from '../frames/framings.ts';
import { publicIdOf } from '../polling/session-id.ts';
import type { Connection, Connections } from './connections.ts';

interface Deps {
  readonly connections: Pick<Connections, 'find' | 'ofUsers' | 'forget' | 'forgetById'>;
  readonly sockets: Pick<Sockets, 'post' | 'close'>;
}

/** Closes a socket whose client was told why. A connection that nobody knows is closed, too. */
export async function closeSocket({ connectionId }: CloseSocket, deps: Deps): Promise<void> {
  await deps.sockets.close(connectionId);
  await deps.connections.forgetById(connectionId);
}

/**
 * Closes a socket whose client has not said in time who it is, or has tried it and not moved to it. A socket whose
 * session has ended is not found, and is closed, too. Closing it twice does no harm.
 */
export async function closeUnnamed({ connectionId }: CloseUnnamed, deps: Deps): Promise<void> {
  const found = await deps.connections.find(connectionId);
  if (found && (found.via ? found.via.isUpgraded : found.caller)) return;
  await closeSocket({ kind: 'close-socket', connectionId }, deps);
  if (found) countOne('SocketsUnnamed');
}

/** P18: closes the sockets of sessions that have ended. */
export async function closeEndedSessions(
  { userId, sessionIds }: SessionsEnded,
  deps: Deps,
): Promise<void> {
  const all = await deps.connections.ofUsers([userId]);
  const ended = all.filter(({ caller }) => sessionIds.includes(caller.sessionId));
  await Promise.all(ended.map((each) => closeAsExpired(each, deps)));
}

/** Tells a client that its token is not valid any more, and closes its socket. */
export async function closeAsExpired(
  connection: Connection,
  {
    connections,
    sockets,
  }: Pick<Deps, 'sockets'> & { readonly connections: Pick<Connections, 'forget'> },
): Promise<void> {
  const requestId = publicIdOf(connection.id);
  const data = socketError.data.parse({ code, message, requestId });
  const { write } = writingIn(connection.framing);
  await sockets.post(connection.id, write({ event: socketError.event, data }));
  logger.info('Socket closed: its token has expired', { requestId, ...connection.caller });
  await sockets.close(connection.id);
  await connections.forget(connection);
}

const { code, message } = new AppError('TOKEN_EXPIRED');
