import { framingOf } from '../../../src/messaging/frames/framings.ts';
import type { SocketMiddleware } from './call.ts';

export function openCall(): SocketMiddleware {
  return {
    before: ({ event, context }) => {
      const { connectionId, requestId } = event.requestContext;
      context.call = { connectionId, requestId, framing: framingOf(event.body ?? '') };
    },
  };
}
