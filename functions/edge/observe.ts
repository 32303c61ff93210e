import type { MiddlewareObj } from '@middy/core';
import * as z from 'zod';
import { discreetError } from '../../src/platform/logs/log-format.ts';
import { logger, metrics } from '../../src/platform/logs/observability.ts';

/** API Gateway's event of a socket. What else calls functions has no id of its own. */
const OfSocket = z.object({ requestContext: z.object({ requestId: z.string() }) });

/** For everything but HTTP: Lambda's facts on every log line, and the metrics out at the end. */
export function observe<E, R>(): MiddlewareObj<E, R> {
  return {
    before: ({ event, context }) => {
      logger.resetKeys();
      logger.addContext(context);
      const { data } = OfSocket.safeParse(event);
      if (data) logger.appendKeys({ requestId: data.requestContext.requestId });
    },
    after: publish,
    onError: (request) => {
      const { error, response } = request;
      // An error that became an answer has been logged there already.
      if (response === undefined) logger.error('Invocation failed', error ?? 'no error was given');
      if (error) request.error = discreetError(error);
      publish();
    },
  };
}

function publish(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}
