import type { CloseUnnamed, OpenSession } from '../../contract/queues.ts';
import { namedWithinSeconds } from '../../contract/socket/socket-io.ts';
import type { Queue } from '../../platform/aws/queues.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Connections } from '../connections/connections.ts';

interface Deps {
  readonly connections: Pick<Connections, 'keepNewcomer'>;
  readonly notify: Pick<Queue, 'sendAll'>;
  readonly clock: Clock;
}

/**
 * Lets in a client of Socket.IO. It says who it is when the server has said its first packet, and a socket that is being
 * opened cannot be posted to: so notify does it.
 *
 *     $connect ─ 101 ─ 0{"sid"…} ─ 40{"token"…} ─ 40{"sid"…} ─ "connected" ─ what is live
 *     └─────────────────── 10 s ───────────────────┘ or the socket is closed
 */
export async function letInUnnamed(
  connectionId: string,
  { connections, notify, clock }: Deps,
): Promise<void> {
  const openedAt = clock.now().getTime();
  await connections.keepNewcomer({ id: connectionId, framing: 'socket-io', openedAt });
  const open: OpenSession = { kind: 'open-session', connectionId, triedBefore: 0 };
  const close: CloseUnnamed = { kind: 'close-unnamed', connectionId };
  await notify.sendAll([{ message: open }, { message: close, delaySeconds: namedWithinSeconds }]);
}
