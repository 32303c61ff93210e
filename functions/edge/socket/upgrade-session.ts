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
  if (wouldDo) return sent(probed);
  await closeSoon(socketId).catch(leftOpen);
  return unanswered;
}

/** The client has moved to the socket on which it says so. It expects no answer. */
export async function moveHere(call: SocketCall, guards: Upgrading): Promise<SocketResult> {
  const { connectionId: sid, via } = call;
  if (!via) return hangUp(call, guards);
  const { socketId } = via;
  if (await guards.moveTo({ sid, socketId }).catch(failed)) return unanswered;
  await guards.closeSoon(socketId).catch(leftOpen);
  return hangUp(call, guards);
}

/** The client connects anew. */
function failed(error: unknown): false {
  logger.error('A session could not move to its socket', { error });
  return false;
}
