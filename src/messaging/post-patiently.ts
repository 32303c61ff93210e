import { setTimeout as pause } from 'node:timers/promises';
import { countOne, logger } from '../platform/logs/observability.ts';
import type { Sockets } from '../platform/aws/sockets.ts';
import { publicIdOf } from './polling/session-id.ts';

/** Milliseconds between the tries of a post that was throttled or failed. */
const pauses = [100, 300, 900];
/** Later than this, counted from the first post of a message, none is tried again: the message must end in time. */
const triedAgainForMs = 2000;

/** `unreached`: the socket may be there, but could not be posted to. */
type Reached = 'posted' | 'gone' | 'unreached';

export type PostPatiently = (connectionId: string, text: string) => Promise<Reached>;

/**
 * Posts to sockets, and tries again for a moment. To be made anew for each message of the queue. `nameOf` says what a
 * connection is called in the log.
 */
export function postPatiently(
  sockets: Pick<Sockets, 'post'>,
  nameOf: (connectionId: string) => string = publicIdOf,
): PostPatiently {
  const begun = performance.now();
  return async (connectionId, text) => {
    for (const ms of [0, ...pauses]) {
      if (ms > 0 && performance.now() - begun > triedAgainForMs) break;
      if (ms > 0) await pause(ms);
      const posted = await sockets
        .post(connectionId, text)
        .catch((error: unknown) => failed(error, nameOf(connectionId)));
      if (posted === 'gone') countOne('SocketsGone');
      if (posted === 'posted' || posted === 'gone') return posted;
    }
    return 'unreached';
  };
}

function failed(error: unknown, connection: string): 'failed' {
  logger.warn('A post failed', { connection, error: String(error) });
  return 'failed';
}
