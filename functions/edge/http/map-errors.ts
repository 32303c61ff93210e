import { asAppError } from '../as-app-error.ts';
import type { HttpMiddleware } from './call.ts';
import { writeError } from './write.ts';

/** Whatever is thrown further in becomes an answer here. */
export function mapErrors(): HttpMiddleware {
  return {
    onError: (request) => {
      request.response = writeError(asAppError(request.error), request.context.call);
    },
  };
}
