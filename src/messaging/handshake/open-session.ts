import { setTimeout as pause } from 'node:timers/promises';
import type { OpenSession } from '../../contract/queues.ts';
import type { Sockets } from '../../platform/aws/sockets.ts';
import { logger } from '../../platform/logs/observability.ts';
import { openPacket } from './open-packet.ts';

/** Milliseconds between the posts. Until $connect has ended, the socket is gone for API Gateway. */
const pauses = [50, 100, 200, 400, 800, 1000];

/** Posts the first packet of a session of Socket.IO, as soon as its socket is open. */
export async function openSession(
  { connectionId }: OpenSession,
  { sockets }: { readonly sockets: Pick<Sockets, 'post'> },
): Promise<void> {
  // The socket is the only transport, so nobody ever asks for the session by its id.
  const packet = openPacket(connectionId, []);
  for (const ms of [0, ...pauses]) {
    if (ms > 0) await pause(ms);
    const posted = await sockets.post(connectionId, packet).catch(failed);
    if (posted === 'posted') return;
  }
  // A client that is still there gives up waiting, and connects again.
  logger.info('A session could not be opened', { connectionId });
}

function failed(error: unknown): 'failed' {
  logger.warn('The first packet of a session could not be posted', { error: String(error) });
  return 'failed';
}
