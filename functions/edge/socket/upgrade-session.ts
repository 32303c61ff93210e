import type { Via } from '../../../src/messaging/connections/connections.ts';
import { writeEnginePacket } from '../../../src/messaging/frames/engine-io.ts';
import { logger } from '../../../src/platform/logs/observability.ts';
import { leftOpen, type SocketGuards } from './authenticate.ts';
import { sent, unanswered, type SocketCall, type SocketResult } from './call.ts';
import { hangUp } from './welcome-client.ts';

export interface Upgrading extends Pick<SocketGuards, 'closeSoon'> {
  /** False: the session has ended, or has moved to another socket. */
  readonly probe: (socket: { readonly sid: string; readonly socketId: string }) => Promise<boolean>;
  /** The same, for moving there. */
  readonly moveTo: (socket: {
    readonly sid: string;
    readonly socketId: string;
  }) => Promise<boolean>;
  /** Whether the socket is the last one that the session has probed, or the one to which it has moved. */
  readonly isChosen: (socket: {
    readonly sid: string;
    readonly socketId: string;
  }) => Promise<boolean>;
}

const probe = writeEnginePacket('ping', 'probe');
/** The answer to a probe goes to the socket that was probed, whatever waits elsewhere. */
export const probed = writeEnginePacket('pong', 'probe');

/** On a socket that a session may move to, only this is heard first. Anything else closes the socket, not the session. */
export async function answerProbe(
  body: string,
  { socketId }: Via,
  { connectionId: sid }: SocketCall,
  { probe: isLet, closeSoon }: Upgrading,
): Promise<SocketResult> {
  const wouldDo = body === probe && (await isLet({ sid, socketId }).catch(failed));
  return wouldDo ? sent(probed) : letGo(socketId, { closeSoon });
}

/**
 * Whether a socket was probed and is not its session's: the session has gone on with another one, or has ended. A socket
 * to which all was handed over stays its session's, so nothing is read for it.
 */
export async function isLeftBehind(
  { socketId, isUpgraded }: Via,
  { connectionId: sid }: SocketCall,
  { isChosen }: Upgrading,
): Promise<boolean> {
  return !isUpgraded && !(await isChosen({ sid, socketId }).catch(failed));
}

/** The client has moved to the socket on which it says so. It expects no answer. */
export async function moveHere(call: SocketCall, guards: Upgrading): Promise<SocketResult> {
  const { connectionId: sid, via } = call;
  if (!via) return hangUp(call, guards);
  const { socketId } = via;
  const moved = await guards.moveTo({ sid, socketId }).catch(unsure);
  if (moved === true) return unanswered;
  await letGo(socketId, guards);
  return moved === false ? unanswered : hangUp(call, guards);
}

/** Closes a socket, and not the session. */
export async function letGo(
  socketId: string,
  { closeSoon }: Pick<Upgrading, 'closeSoon'>,
): Promise<SocketResult> {
  await closeSoon(socketId).catch(leftOpen);
  return unanswered;
}

/** The session may have moved here, and nobody hands it over. So it ends. */
function unsure(error: unknown): undefined {
  failed(error);
}

/** The client connects anew. */
function failed(error: unknown): false {
  logger.error('A session could not move to its socket', { error });
  return false;
}
