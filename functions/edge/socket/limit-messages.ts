import { rateLimitsAreLifted } from '../../../src/contract/environment.ts';
import { floodOfConnection, messagesPerConnection } from '../../../src/contract/socket/protocol.ts';
import type { CountCall } from '../../../src/platform/rate-limit.ts';
import { limitKey, uncounted } from '../refuse-beyond.ts';
import type { SocketGuards } from './authenticate.ts';
import type { SocketMiddleware } from './call.ts';
import { hangUp } from './welcome-client.ts';

/**
 * Counts whatever a client says, whether it is understood or not. Beyond the limit its actions are refused. A client that
 * goes on far beyond it is dropped: each message takes a function from somebody else.
 */
export function limitMessages(
  guards: Pick<SocketGuards, 'closeSoon'> & { readonly countCall: CountCall },
): SocketMiddleware {
  return {
    before: async ({ context: { call } }) => {
      if (rateLimitsAreLifted(process.env)) return undefined;
      // Who has not said who it is has a limit of its own. If the connections cannot be read, the call fails later.
      const caller = (await call.found?.catch(() => undefined))?.caller;
      if (!caller) return undefined;
      const all = limitKey(caller.userId, `connection:${call.connectionId}`);
      const limit = { ...messagesPerConnection, key: all };
      const verdict = await guards
        .countCall(`${all}:flood`, floodOfConnection, limit)
        .catch(uncounted);
      if (!verdict || verdict.allowed) return undefined;
      if (verdict.limit === floodOfConnection.limit) return hangUp(call, guards);
      call.refusedForMs = verdict.resetMs;
      return undefined;
    },
  };
}
