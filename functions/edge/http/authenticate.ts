import { AppError } from '../../../src/contract/errors.ts';
import type { Identify } from '../../../src/identity/sessions/access-token.ts';
import { logger } from '../../../src/platform/logs/observability.ts';
import { routeOf, type HttpMiddleware } from './call.ts';

/** Finds out who is asking. A public route does not read the token, so an expired one does no harm. */
export function authenticate(identify: Identify | undefined): HttpMiddleware {
  return {
    before: async ({ event, context }) => {
      if (routeOf(context.call).audience === 'public') return;
      const token = /^Bearer +(\S+)$/i.exec(event.headers['authorization'] ?? '')?.[1];
      if (!token || !identify) throw new AppError('UNAUTHORIZED');
      const caller = await identify(token).catch(refused);
      context.call.caller = caller;
      logger.appendKeys({ userId: caller.userId, sessionId: caller.sessionId });
    },
  };
}

/** The reason is only logged: a client that tries out tokens must not learn it. */
function refused(error: unknown): never {
  const { cause } = error instanceof Error ? error : {};
  logger.info('Access token refused', {
    reason: cause instanceof Error ? cause.name : 'its session has ended',
  });
  throw error;
}

/** Lets in only the roles that the route is for. */
export function requireRole(): HttpMiddleware {
  return {
    before: ({ context }) => {
      const { audience } = routeOf(context.call);
      if (audience === 'public' || audience === 'signed-in') return;
      const role = context.call.caller?.role;
      if (!role || !audience.includes(role)) throw new AppError('FORBIDDEN');
    },
  };
}
