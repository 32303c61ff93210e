import { answersAreStrict } from '../../../src/contract/environment.ts';
import type { AppError } from '../../../src/contract/errors.ts';
import { errorsOf, type Route } from '../../../src/contract/http/route.ts';
import { logger } from '../../../src/platform/logs/observability.ts';
import { asAppError } from '../as-app-error.ts';
import type { HttpMiddleware } from './call.ts';
import { writeError } from './write.ts';

/** Turns every error from further in into an answer. */
export function mapErrors(): HttpMiddleware {
  return {
    onError: (request) => {
      const { call } = request.context;
      request.response = writeError(declared(asAppError(request.error), call.route), call);
    },
  };
}

/**
 * A code that the route does not declare is a fault of ours, which a test must see. In stages with real users the
 * client still gets this code, because it says best what is wrong.
 */
function declared(error: AppError, route: Route | undefined): AppError {
  if (!route || errorsOf(route).includes(error.code)) return error;
  const told = `${route.id} answered ${error.code}, which its contract does not know`;
  if (answersAreStrict(process.env)) return asAppError(new Error(told));
  logger.error(told);
  return error;
}
