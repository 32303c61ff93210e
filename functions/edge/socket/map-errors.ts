import { socketError } from '../../../src/contract/socket.ts';
import { asAppError } from '../as-app-error.ts';
import { said, type SocketMiddleware } from './call.ts';

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
