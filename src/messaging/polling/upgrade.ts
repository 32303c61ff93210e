import type { CloseUnnamed, HandOver } from '../../contract/queues.ts';
import { polling } from '../../contract/socket/socket-io.ts';
import type { Queue } from '../../platform/aws/queues.ts';
import type { Connections, Via } from '../connections/connections.ts';
import type { PollingSessions } from './sessions.ts';

/** A socket that its client tries, and does not move to, is closed. */
const triedForSeconds = polling.livesSeconds;

interface Socket {
  readonly sid: string;
  readonly socketId: string;
}

/** Lets in a socket to which a session may move. False: nobody polls in this session. */
export async function letInToUpgrade(
  { sid, socketId }: Socket,
  {
    sessions,
    connections,
    notify,
  }: {
    readonly sessions: Pick<PollingSessions, 'find'>;
    readonly connections: Pick<Connections, 'keepVia'>;
    readonly notify: Pick<Queue, 'send'>;
  },
): Promise<boolean> {
  const session = await sessions.find(sid);
  if (!session || session.closedWith !== undefined || session.movingTo !== undefined) return false;
  await connections.keepVia(socketId, sid);
  const close: CloseUnnamed = { kind: 'close-unnamed', connectionId: socketId };
  await notify.send(close, { delaySeconds: triedForSeconds });
  return true;
}

/** The client asks whether the socket would do. False: its session has ended, or has moved to another. */
export async function probeSocket(
  { sid, socketId }: Socket,
  {
    sessions,
    connections,
  }: {
    readonly sessions: Pick<PollingSessions, 'probe'>;
    readonly connections: Pick<Connections, 'markVia'>;
  },
): Promise<boolean> {
  if (!(await sessions.probe(sid, socketId))) return false;
  await connections.markVia(socketId, 'isProbed');
  return true;
}

/** Whether what is said on a socket is still its session's: it was the last one to be probed, or the session has moved to it. */
export async function isChosen(
  { sid, socketId }: Socket,
  { sessions }: { readonly sessions: Pick<PollingSessions, 'find'> },
): Promise<boolean> {
  const session = await sessions.find(sid);
  if (!session || session.closedWith !== undefined) return false;
  return socketId === (session.toldOn ?? session.movingTo ?? session.probedBy);
}

/** The client has moved to the socket. Notify posts there what waits for it. False: the session is not there any more. */
export async function moveToSocket(
  { sid, socketId }: Socket,
  {
    sessions,
    notify,
  }: {
    readonly sessions: Pick<PollingSessions, 'moveTo'>;
    readonly notify: Pick<Queue, 'send'>;
  },
): Promise<boolean> {
  if (!(await sessions.moveTo(sid, socketId))) return false;
  const handOver: HandOver = { kind: 'hand-over', sid, socketId };
  await notify.send(handOver);
  return true;
}

/**
 * An answer to what was said on the socket stands behind what waits for the client, as long as something may. True: it does.
 */
export async function answersByMailbox(
  { sid, via, text }: { readonly sid: string; readonly via: Via; readonly text: string },
  { sessions }: { readonly sessions: Pick<PollingSessions, 'append'> },
): Promise<boolean> {
  if (via.isUpgraded || !via.isProbed) return false;
  return (await sessions.append(sid, text)) === 'kept';
}
