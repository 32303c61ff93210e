import type { CloseUnnamed, EndPolling } from '../../contract/queues.ts';
import { namedWithinSeconds, polling, transport } from '../../contract/socket/socket-io.ts';
import type { Queue } from '../../platform/aws/queues.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Connections } from '../connections/connections.ts';
import { openPacket } from '../handshake/open-packet.ts';
import { newSessionId } from './session-id.ts';
import type { PollingSessions } from './sessions.ts';

interface Deps {
  readonly sessions: Pick<PollingSessions, 'open'>;
  readonly connections: Pick<Connections, 'keepNewcomer'>;
  readonly notify: Pick<Queue, 'sendAll'>;
  readonly clock: Clock;
}

/** By then a session that has not upgraded has ended. What is left of it is removed. */
const endedAfterSeconds = polling.livesSeconds + 5;

/**
 * Opens the session of a client that begins with polling, and answers the first packet. Its connection is known by the
 * session's id for as long as it lives, whatever socket it moves to.
 */
export async function openPolling({ sessions, connections, notify, clock }: Deps): Promise<string> {
  const sid = newSessionId();
  const newcomer = { id: sid, framing: 'socket-io', openedAt: clock.now().getTime() } as const;
  await Promise.all([sessions.open(sid), connections.keepNewcomer(newcomer)]);
  const close: CloseUnnamed = { kind: 'close-unnamed', connectionId: sid };
  const end: EndPolling = { kind: 'end-polling', sid };
  await notify.sendAll([
    { message: close, delaySeconds: namedWithinSeconds },
    { message: end, delaySeconds: endedAfterSeconds },
  ]);
  return openPacket(sid, [transport]);
}
