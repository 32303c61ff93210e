import { AppError } from '../../../src/contract/errors.ts';
import type { Connections } from '../../../src/messaging/connections/connections.ts';
import { logger } from '../../../src/platform/logs/observability.ts';
import { actionOf, callerOf, type SocketMiddleware } from './call.ts';

/** The caller is stored with the connection: the client showed a token when it connected. */
export function identifyCaller(connections: Pick<Connections, 'callerOf'>): SocketMiddleware {
  return {
    before: async ({ context: { call } }) => {
      const caller = await connections.callerOf(call.connectionId);
      if (!caller) throw new AppError('UNAUTHORIZED');
      call.caller = caller;
      logger.appendKeys({ userId: caller.userId, sessionId: caller.sessionId });
    },
  };
}

/** Lets in only the roles that the action is for. */
export function requireRole(): SocketMiddleware {
  return {
    before: ({ context: { call } }) => {
      const { audience } = actionOf(call);
      if (audience === 'signed-in' || audience.includes(callerOf(call).role)) return;
      throw new AppError('FORBIDDEN');
    },
  };
}
