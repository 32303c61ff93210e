import { setTimeout as pause } from 'node:timers/promises';
import type { OpenSession } from '../../contract/queues.ts';
import type { Queue } from '../../platform/aws/queues.ts';
import type { Sockets } from '../../platform/aws/sockets.ts';
import { logger } from '../../platform/logs/observability.ts';
import { openPacket } from './open-packet.ts';

/** Milliseconds between the posts. Until $connect has ended, the socket is gone for API Gateway. */
const pauses = [50, 100, 200];
/** Then one post a second, so many times. */
const mostLater = 3;

interface Deps {
  readonly sockets: Pick<Sockets, 'post'>;
  readonly queue: Pick<Queue, 'send'>;
}

/**
 * Posts the first packet of a session of Socket.IO, as soon as its socket is open. A client that has left at once looks
 * like one whose socket is being opened. It must not hold this function, which others need: so what takes longer is
 * tried by a later message.
 */
export async function openSession(
  { connectionId, triedBefore }: OpenSession,
  { sockets, queue }: Deps,
): Promise<void> {
  // The socket is the only transport, so nobody ever asks for the session by its id.
  const packet = openPacket(connectionId, []);
  for (const ms of triedBefore === 0 ? [0, ...pauses] : [0]) {
    if (ms > 0) await pause(ms);
    const posted = await sockets.post(connectionId, packet).catch(failed);
    if (posted === 'posted') return;
  }
  if (triedBefore < mostLater) {
    const later = { kind: 'open-session', connectionId, triedBefore: triedBefore + 1 } as const;
    return queue.send(later, { delaySeconds: 1 });
  }
  // A client that is still there gives up waiting, and connects again.
  logger.info('A session could not be opened', { connectionId });
}

function failed(error: unknown): 'failed' {
  logger.warn('The first packet of a session could not be posted', { error: String(error) });
  return 'failed';
}
