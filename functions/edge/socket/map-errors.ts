import { socketError } from '../../../src/contract/socket/protocol.ts';
import { asAppError } from '../as-app-error.ts';
import { answered, type SocketMiddleware } from './call.ts';

/** An error is sent as an event, and the connection stays open. */
export function mapErrors(): SocketMiddleware {
  return {
    onError: (request) => {
      const { code, message, facts } = asAppError(request.error);
      const { ref, requestId } = request.context.call;
      request.response = answered({
        event: socketError.event,
        ref,
        data: socketError.data.parse({ code, message, ...facts, requestId }),
      });
    },
  };
}
