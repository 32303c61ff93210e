import type * as z from 'zod';
import { rateLimitsAreLifted } from '../../../src/contract/environment.ts';
import { AppError } from '../../../src/contract/errors.ts';
import { callsPerUser } from '../../../src/contract/http/route.ts';
import { socketError, SocketRequest, type SocketAction } from '../../../src/contract/socket.ts';
import type { Connections } from '../../../src/messaging/connections/connections.ts';
import { logger } from '../../../src/platform/logs/observability.ts';
import type { CountCall } from '../../../src/platform/rate-limit.ts';
import { asAppError } from '../as-app-error.ts';
import { invalid, mostDetails } from '../invalid.ts';
import { readJsonObject } from '../read-json.ts';
import { limitKey, refuseBeyond } from '../refuse-beyond.ts';
import { unkeepableIn } from '../unkeepable.ts';
import { actionOf, callerOf, said, type SocketMiddleware } from './call.ts';

export function openCall(): SocketMiddleware {
  return {
    before: ({ event, context }) => {
      const { connectionId, requestId } = event.requestContext;
      context.call = { connectionId, requestId };
    },
  };
}

/** An error is sent as an event, and the connection stays open. */
export function mapErrors(): SocketMiddleware {
  return {
    onError: (request) => {
      const { code, message, facts } = asAppError(request.error);
      const { ref, requestId } = request.context.call;
      request.response = said({
        event: 'error',
        ...(ref && { ref }),
        data: socketError.data.parse({ code, message, ...facts, requestId }),
      });
    },
  };
}

/** A message's `ref` is read first: an error carries it, too. */
const Ref = SocketRequest.pick({ ref: true });

export function findAction(actions: readonly SocketAction[]): SocketMiddleware {
  return {
    before: ({ event, context: { call } }) => {
      const message = readJsonObject(event.body ?? '');
      const { ref } = Ref.safeParse(message).data ?? {};
      if (ref) call.ref = ref;
      const { action: name, data } = parsed(SocketRequest, message);
      const action = actions.find((each) => each.action === name);
      if (!action) throw new AppError('UNKNOWN_ACTION');
      call.action = action;
      call.sent = data ?? {};
    },
  };
}

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

export function parseData(): SocketMiddleware {
  return {
    before: ({ context: { call } }) => {
      const { data } = actionOf(call);
      const sent = call.sent ?? {};
      const details = unkeepableIn(sent).slice(0, mostDetails);
      if (details.length > 0) throw new AppError('VALIDATION_ERROR', { details });
      call.data = data ? parsed(data, sent) : {};
    },
  };
}

/** Counts the message against the limit of its action, and that of all the caller's calls together. */
export function limitRate(countCall: CountCall): SocketMiddleware {
  return {
    before: async ({ context: { call } }) => {
      if (rateLimitsAreLifted(process.env)) return;
      const { action, rateLimit } = actionOf(call);
      const { userId } = callerOf(call);
      const limits = [
        { ...rateLimit, key: limitKey(userId, `socket:${action}`) },
        { ...callsPerUser, key: limitKey(userId, 'all') },
      ];
      await refuseBeyond(limits, countCall, false);
    },
  };
}

function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (!result.success) throw new AppError('VALIDATION_ERROR', invalid(result.error));
  return result.data;
}
