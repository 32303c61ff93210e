import type { MiddlewareObj } from '@middy/core';
import * as z from 'zod';
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
    onError: ({ error, response }) => {
      // An error that became an answer has been logged there already.
      if (response === undefined) logger.error('Invocation failed', error ?? 'no error was given');
      publish();
    },
  };
}

function publish(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}
