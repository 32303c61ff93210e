import type { HandOver } from '../../contract/queues.ts';
import type { Sockets } from '../../platform/aws/sockets.ts';
import { countOne } from '../../platform/logs/observability.ts';
import type { Once } from '../../platform/once/seen-once.ts';
import type { Connections } from '../connections/connections.ts';
import { postPatiently } from '../post-patiently.ts';
import { publicIdOf } from './session-id.ts';
import type { PollingSession, PollingSessions } from './sessions.ts';

interface Deps {
  readonly once: Once;
  readonly sessions: Pick<PollingSessions, 'find' | 'handOn' | 'lose'>;
  readonly connections: Pick<Connections, 'markVia' | 'forgetById'>;
  readonly sockets: Pick<Sockets, 'post' | 'isOpen' | 'close'>;
}

/** After so many posts it is noted how far they have come: a crash then repeats no more posts than these. */
const notedAfter = 20;

/**
 * Posts to the socket of a session what waits for its client, in its order, and has it told there what comes next. Until
 * nothing waits any more, events go on to the mailbox: so none is lost, doubled or turned round.
 */
export async function handOver({ sid, socketId }: HandOver, deps: Deps): Promise<void> {
  const { once, sessions, connections, sockets } = deps;
  // The sockets of functions, not those of sessions: a session is not told on its socket yet.
  const post = postPatiently(sockets, () => publicIdOf(sid));
  await once(`hand-over:${socketId}`, async () => {
    for (;;) {
      const session = await sessions.find(sid);
      if (session?.movingTo !== socketId) return end({ sid, socketId }, deps);
      if (session.toldOn !== undefined) break;
      const posted = await postSome(session, socketId, post);
      if (posted === 'gone') return end({ sid, socketId }, deps);
      await sessions.handOn(session, posted);
    }
    await connections.markVia(socketId, 'isUpgraded');
    countOne('SocketsUpgraded');
    // Nobody has noticed a socket that closed before the session moved to it.
    if (!(await sockets.isOpen(socketId))) await end({ sid, socketId }, deps);
  });
}

/** Answers how many were posted. */
async function postSome(
  { packets }: PollingSession,
  socketId: string,
  post: ReturnType<typeof postPatiently>,
): Promise<number | 'gone'> {
  const some = packets.slice(0, notedAfter);
  for (const packet of some) {
    const reached = await post(socketId, packet);
    if (reached === 'gone') return 'gone';
    if (reached === 'unreached') throw new Error('A session could not be handed over');
  }
  return some.length;
}

/** The session has ended, or its socket has gone. The client connects anew. */
async function end(
  { sid, socketId }: Pick<HandOver, 'sid' | 'socketId'>,
  { sessions, connections, sockets }: Deps,
): Promise<void> {
  const hasEnded = await sessions.lose(sid, socketId);
  await sockets.close(socketId);
  if (hasEnded) await connections.forgetById(sid);
  await connections.forgetById(socketId);
}
