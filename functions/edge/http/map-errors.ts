import { answersAreStrict } from '../../../src/contract/environment.ts';
import type { AppError } from '../../../src/contract/errors.ts';
import { errorsOf, hasPage, type Route } from '../../../src/contract/http/route.ts';
import { logger } from '../../../src/platform/logs/observability.ts';
import { asAppError } from '../as-app-error.ts';
import type { HttpEvent, HttpMiddleware, Reply } from './call.ts';
import { writeError, writeReply, type Page } from './write.ts';

/** A refusal as a page, or nothing for a client that accepts JSON instead. */
export type RefusalPage = (error: AppError, accept: string | undefined) => Page | undefined;

/** What routes of a foreign protocol answer instead. Nothing: they answer as all others do. */
export type OwnRefusal = (error: AppError, event: HttpEvent) => Promise<Reply | undefined>;

/** Turns every error from further in into an answer. Where a browser would get a page, it gets one of these, too. */
export function mapErrors(
  refusalPage: RefusalPage | undefined,
  ownRefusal: OwnRefusal | undefined,
): HttpMiddleware {
  return {
    onError: async (request) => {
      const { call } = request.context;
      const error = declared(asAppError(request.error), call.route);
      const own = call.route && (await ownRefusal?.(error, request.event));
      if (own) {
        request.response = writeReply(own, call);
        return;
      }
      const accept = request.event.headers['accept'];
      const page = call.route && hasPage(call.route) ? refusalPage?.(error, accept) : undefined;
      request.response = writeError(error, call, page);
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
