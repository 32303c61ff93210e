import type { KeepAwake } from '../../contract/queues.ts';
import { pingSeconds } from '../../contract/socket/socket-io.ts';
import type { EndedSessions } from '../../identity/sessions/ended-sessions.ts';
import type { Queue } from '../../platform/aws/queues.ts';
import type { Sockets } from '../../platform/aws/sockets.ts';
import type { Clock } from '../../platform/clock.ts';
import { closeAsExpired } from '../connections/close-connection.ts';
import type { Connections } from '../connections/connections.ts';
import { writeEnginePacket } from '../frames/engine-io.ts';
import { postPatiently } from '../post-patiently.ts';

interface Deps {
  readonly connections: Pick<Connections, 'find' | 'forget'>;
  readonly sockets: Pick<Sockets, 'post' | 'close'>;
  readonly endedSessions: Pick<EndedSessions, 'has'>;
  readonly queue: Pick<Queue, 'send'>;
  readonly clock: Clock;
}

/** The first and each next ping of a socket, as a message to notify. */
export function nextPing(connectionId: string) {
  const message: KeepAwake = { kind: 'keep-awake', connectionId };
  return { message, delaySeconds: pingSeconds };
}

/**
 * Pings a client of Socket.IO, so that API Gateway does not cut its socket off, and does so again in eight minutes, as long
 * as the socket lives. P18: a socket whose token or session has ended is closed instead.
 */
export async function keepAwake({ connectionId }: KeepAwake, deps: Deps): Promise<void> {
  const { connections, sockets, endedSessions, queue, clock } = deps;
  const connection = await connections.find(connectionId);
  if (!connection?.caller) return;
  const { sessionId, tokenEndsAt } = connection.caller;
  if (tokenEndsAt <= clock.now().getTime() || (await endedSessions.has(sessionId))) {
    await closeAsExpired(connection, deps);
    return;
  }
  const reached = await postPatiently(sockets)(connectionId, writeEnginePacket('ping'));
  if (reached === 'gone') {
    await connections.forget(connection);
    return;
  }
  const { message, delaySeconds } = nextPing(connectionId);
  await queue.send(message, { delaySeconds });
}
