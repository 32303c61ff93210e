import type { MiddlewareObj } from '@middy/core';
import { logger, metrics } from '../../src/platform/logs/observability.ts';

/** For everything but HTTP: Lambda's facts on every log line, and the metrics out at the end. */
export function observe<E, R>(): MiddlewareObj<E, R> {
  return {
    before: ({ context }) => {
      logger.resetKeys();
      logger.addContext(context);
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
