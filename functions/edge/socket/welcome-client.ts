import * as z from 'zod';
import { refusals } from '../../../src/contract/socket/socket-io.ts';
import type { Connection, Newcomer } from '../../../src/messaging/connections/connections.ts';
import {
  mainNamespace,
  writeSocketIoFrame,
  type SocketIoPacket,
} from '../../../src/messaging/frames/socket-io.ts';
import { publicIdOf } from '../../../src/messaging/polling/session-id.ts';
import { logger } from '../../../src/platform/logs/observability.ts';
import { closeConnection, type SocketGuards } from './authenticate.ts';
import { sent, unanswered, type SocketCall, type SocketResult } from './call.ts';

export interface Welcoming extends Pick<SocketGuards, 'closeSoon'> {
  /** Answers why a client is refused that says who it is, if it is. */
  readonly welcome: (named: {
    readonly connection: Connection | Newcomer;
    readonly token: string | undefined;
  }) => Promise<string | undefined>;
}

const Shown = z.object({ token: z.string().min(1).max(4096) });

/** P18: answers a client of Socket.IO that says who it is. The token comes in a packet, so it is in no URL. */
export async function welcomeClient(
  { namespace, data }: Extract<SocketIoPacket, { readonly type: 'connect' }>,
  call: SocketCall,
  guards: Welcoming,
): Promise<SocketResult> {
  const refused = (message: string) =>
    sent(writeSocketIoFrame({ type: 'connect_error', namespace, data: { message } }));
  if (namespace !== mainNamespace) return refused(refusals.elsewhere);
  try {
    const connection = await call.found;
    if (!connection) return await hangUp(call, guards);
    const token = Shown.safeParse(data).data?.token;
    const refusedFor = await guards.welcome({ connection, token });
    if (refusedFor === undefined) {
      const session = { sid: publicIdOf(call.connectionId) };
      return sent(writeSocketIoFrame({ type: 'connect', namespace, data: session }));
    }
    await hangUp(call, guards);
    return refused(refusedFor);
  } catch (error) {
    // After a refusal the apps do not try again. After a lost connection they do.
    logger.error('A client could not be welcomed', { error });
    return hangUp(call, guards);
  }
}

/** Has the socket closed. There is nothing to be said. */
export async function hangUp(
  call: SocketCall,
  guards: Pick<SocketGuards, 'closeSoon'>,
): Promise<SocketResult> {
  await closeConnection(call, guards);
  return unanswered;
}
