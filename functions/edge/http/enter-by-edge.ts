import type { IsFromEdge } from '../../../src/platform/edge-secret.ts';
import { addressFromEdge } from '../client-address.ts';
import type { HttpMiddleware } from './call.ts';

/** If the stage has an edge, refuses what did not come through it. Every route is behind it, health included. */
export function enterByEdge(isFromEdge: IsFromEdge | undefined): HttpMiddleware {
  return {
    before: async ({ event, context }) => {
      if (!isFromEdge) return;
      context.call.address = await addressFromEdge(event.headers, isFromEdge);
    },
  };
}
