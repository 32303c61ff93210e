import type { EndPolling } from '../../contract/queues.ts';
import type { Queue } from '../../platform/aws/queues.ts';
import type { Sockets } from '../../platform/aws/sockets.ts';
import type { Connections } from '../connections/connections.ts';
import type { PollingSessions } from './sessions.ts';

/** By then a hand-over is done, or its session has ended. */
const askedAgainAfterSeconds = 130;

/** Removes what is left of a session that has not upgraded in time. */
export async function endPolling(
  { kind, sid }: EndPolling,
  {
    sessions,
    connections,
    sockets,
    queue,
  }: {
    readonly sessions: Pick<PollingSessions, 'find'>;
    readonly connections: Pick<Connections, 'forgetById'>;
    readonly sockets: Pick<Sockets, 'close'>;
    readonly queue: Pick<Queue, 'send'>;
  },
): Promise<void> {
  const session = await sessions.find(sid);
  if (session?.toldOn !== undefined) return;
  if (session?.movingTo !== undefined) {
    await queue.send({ kind, sid }, { delaySeconds: askedAgainAfterSeconds });
    return;
  }
  await sockets.close(sid);
  await connections.forgetById(sid);
}

/**
 * A socket has gone. If it was a session's, the session has ended. If it was only tried, the session polls on. What says
 * whose socket it was is forgotten last: if the function crashes before, all of this can be done again.
 */
export async function socketLeft(
  connectionId: string,
  {
    sessions,
    connections,
  }: {
    readonly sessions: Pick<PollingSessions, 'lose'>;
    readonly connections: Pick<Connections, 'forgetById' | 'sessionOf'>;
  },
): Promise<void> {
  const sid = await connections.sessionOf(connectionId);
  if (sid !== undefined && (await sessions.lose(sid, connectionId))) {
    await connections.forgetById(sid);
  }
  await connections.forgetById(connectionId);
}
