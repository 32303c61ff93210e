import middy from '@middy/core';
import type {
  APIGatewayProxyStructuredResultV2,
  APIGatewayProxyWebsocketEventV2,
} from 'aws-lambda';
import { logger } from '../../../src/platform/logs/observability.ts';
import { observe } from '../observe.ts';

/** The handler of a closed socket. API Gateway calls it as a courtesy, and not always. */
export function disconnectFunction() {
  return middy<APIGatewayProxyWebsocketEventV2, APIGatewayProxyStructuredResultV2>()
    .use(observe())
    .handler(async ({ requestContext }) => {
      logger.info('Socket closed', { connectionId: requestContext.connectionId });
      return { statusCode: 200 };
    });
}
