import { createHash } from 'node:crypto';
import type { Sockets } from '../../platform/aws/sockets.ts';
import { countOne } from '../../platform/logs/observability.ts';
import { writeEnginePacket } from '../frames/engine-io.ts';
import { isSessionId } from './session-id.ts';
import type { PollingSessions } from './sessions.ts';

type Sessions = Pick<PollingSessions, 'find' | 'append' | 'close' | 'lose'>;

const goodbye = writeEnginePacket('close');

/** The sockets, where one may be a session that polls: it is told in its mailbox until it has a socket. */
export function withPolling(sockets: Sockets, sessions: Sessions): Sockets {
  return {
    post: (id, text) =>
      isSessionId(id) ? postTo(id, text, { sockets, sessions }) : sockets.post(id, text),
    isOpen: async (id) => {
      if (!isSessionId(id)) return sockets.isOpen(id);
      const session = await sessions.find(id);
      if (!session || session.closedWith !== undefined) return false;
      return session.toldOn === undefined || sockets.isOpen(session.toldOn);
    },
    close: async (id) => {
      const all = isSessionId(id) ? await sessions.close(id, goodbye) : [id];
      await Promise.all(all.map((each) => sockets.close(each)));
    },
  };
}

/** Two packets with the same text say the same: events have ids in it, and states versions. */
function markOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

interface Both {
  readonly sockets: Sockets;
  readonly sessions: Sessions;
}

async function postTo(sid: string, text: string, both: Both): ReturnType<Sockets['post']> {
  const { sockets, sessions } = both;
  const session = await sessions.find(sid);
  const mark = markOf(text);
  // The post is repeated, because its first try seemed to have failed.
  if (session?.marks.includes(mark)) return 'posted';
  // Most sessions have their socket: they are asked for it by a read, and not by a write that is refused.
  if (session?.toldOn === undefined) {
    const appended = session ? await sessions.append(sid, text, mark) : 'gone';
    if (appended === 'kept') return 'posted';
    if (appended === 'gone') return 'gone';
    if (appended === 'upgraded') return postTo(sid, text, both);
    // The client does not read. It connects anew, and is told what is live.
    countOne('MailboxesFull');
    await withPolling(sockets, sessions).close(sid);
    return 'gone';
  }
  const posted = await sockets.post(session.toldOn, text);
  if (posted === 'gone') await sessions.lose(sid, session.toldOn);
  return posted;
}
