import { AppError } from '../../../src/contract/errors.ts';
import type { Connections } from '../../../src/messaging/connections/connections.ts';
import type { EndedSessions } from '../../../src/identity/sessions/ended-sessions.ts';
import type { Clock } from '../../../src/platform/clock.ts';
import { logger } from '../../../src/platform/logs/observability.ts';
import { actionOf, callerOf, unanswered, type SocketCall, type SocketMiddleware } from './call.ts';

export interface SocketGuards {
  readonly connections: Pick<Connections, 'find'>;
  readonly endedSessions: Pick<EndedSessions, 'has'>;
  /** Has a socket closed, once its client has read the answer. */
  readonly closeSoon: (connectionId: string) => Promise<void>;
  readonly clock: Clock;
}

/** Asks who is at the other end, and how they write. What comes of it is heard later: an answer has the `ref` first. */
export function findConnection({ connections }: SocketGuards): SocketMiddleware {
  return {
    before: async ({ context: { call } }) => {
      call.found = connections.find(call.connectionId);
      const found = await call.found.catch(() => undefined);
      if (!found) return;
      call.framing = found.framing;
      call.connectionId = found.id;
      if (found.via) call.via = found.via;
    },
  };
}

/** The caller is stored with the connection: the client showed a token when it connected. */
export function identifyCaller({ closeSoon }: SocketGuards): SocketMiddleware {
  return {
    before: async ({ context: { call } }) => {
      const connection = await call.found;
      if (!connection?.caller) {
        await closeConnection(call, { closeSoon });
        throw new AppError('UNAUTHORIZED');
      }
      const { caller } = connection;
      call.caller = caller;
      logger.appendKeys({ userId: caller.userId, sessionId: caller.sessionId });
    },
  };
}

/** P18: refuses a client whose token has expired or whose session was ended, and has its socket closed. */
export function requireLiveToken(guards: SocketGuards): SocketMiddleware {
  const { endedSessions, closeSoon, clock } = guards;
  return {
    before: async ({ context: { call } }) => {
      if (actionOf(call).whileExpired) return;
      const { tokenEndsAt, sessionId } = callerOf(call);
      const hasExpired = tokenEndsAt <= clock.now().getTime();
      if (!hasExpired && !(await endedSessions.has(sessionId))) return;
      await closeConnection(call, { closeSoon });
      throw new AppError('TOKEN_EXPIRED');
    },
  };
}

/** Has the connection closed on which something was said. */
export async function closeConnection(
  call: SocketCall,
  { closeSoon }: Pick<SocketGuards, 'closeSoon'>,
): Promise<void> {
  call.hasHungUp = true;
  await closeSoon(call.connectionId).catch(leftOpen);
}

/** The client is refused all the same, and its next message has the socket closed. */
export function leftOpen(error: unknown): void {
  logger.warn('A socket could not be closed', { error: String(error) });
}

/** Lets in only the roles that the action is for. The shipped apps say some things in every role, and show any error. */
export function requireRole(): SocketMiddleware {
  return {
    before: ({ context: { call } }) => {
      const { audience } = actionOf(call);
      if (audience === 'signed-in' || audience.includes(callerOf(call).role)) return undefined;
      if (call.framing === 'socket-io') return unanswered;
      throw new AppError('FORBIDDEN');
    },
  };
}
