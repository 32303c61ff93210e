import middy from '@middy/core';
import type {
  APIGatewayProxyStructuredResultV2,
  APIGatewayProxyWebsocketEventV2,
} from 'aws-lambda';
import { logger } from '../../../src/platform/logs/observability.ts';
import { observe } from '../observe.ts';

/** The handler of a closed socket. API Gateway does not always call it. Then the connection's item expires. */
export function disconnectFunction({
  left,
}: {
  readonly left: (connectionId: string) => Promise<void>;
}) {
  return middy<APIGatewayProxyWebsocketEventV2, APIGatewayProxyStructuredResultV2>()
    .use(observe())
    .handler(async ({ requestContext: { connectionId } }) => {
      await left(connectionId);
      logger.info('Socket closed', { connectionId });
      return { statusCode: 200 };
    });
}
