import type { AppError } from '../../../src/contract/errors.ts';
import { socketError } from '../../../src/contract/socket/protocol.ts';
import { asAppError } from '../as-app-error.ts';
import { answered, unanswered, type SocketCall, type SocketMiddleware } from './call.ts';

/** An error is sent as an event, and the connection stays open. */
export function mapErrors(): SocketMiddleware {
  return {
    onError: (request) => {
      const { call } = request.context;
      const error = asAppError(request.error);
      const { code, message, facts } = error;
      const { ref, requestId } = call;
      request.response = isUnheard(call, error)
        ? unanswered
        : answered(call, {
            event: socketError.event,
            ref,
            data: socketError.data.parse({ code, message, ...facts, requestId }),
          });
    },
  };
}

/** The shipped apps show any error. What they say by themselves concerns nobody, unless it ends the connection. */
function isUnheard({ framing, action }: SocketCall, { status }: AppError): boolean {
  return framing === 'socket-io' && action?.isQuiet === true && status !== 401;
}
