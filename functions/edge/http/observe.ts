import { countOne, logger, metrics } from '../../../src/platform/logs/observability.ts';
import type { Call, HttpMiddleware } from './call.ts';

/** One log line per request, with its id and route on every line in between, and its metrics. */
export function observe(): HttpMiddleware {
  return {
    before: ({ event, context }) => {
      logger.addContext(context);
      // These fields are on every log line of a call. They replace the last call's fields, even if they are empty.
      logger.appendKeys({
        requestId: context.call.requestId,
        route: event.routeKey,
        userId: undefined,
        sessionId: undefined,
      });
    },
    after: ({ response, context }) => report(response?.statusCode ?? 500, context.call),
    onError: ({ response, context }) => report(response?.statusCode ?? 500, context.call),
  };
}

function report(status: number, call: Call): void {
  const milliseconds = Math.round(performance.now() - call.startedAt);
  logger.info('Request answered', { operation: call.route?.id, status, milliseconds });
  if (status >= 500) countOne('ServerErrors');
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}
