import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { HttpContext, HttpEvent, HttpResult } from '../../functions/edge/http/call.ts';
import type { HttpRequest, Send } from './client.ts';

type HttpHandler = (event: HttpEvent, context: HttpContext) => Promise<HttpResult>;

interface Calling {
  /** Default: this machine's. */
  readonly address?: string | undefined;
  /** Of the function's time, in milliseconds. Default: enough. */
  readonly remainingMs?: number | undefined;
}

/** Sends requests straight into an exported handler, as API Gateway's payload format 2.0 has them. */
export function into(
  handler: HttpHandler,
  { address = '127.0.0.1', remainingMs }: Calling = {},
): Send {
  return async (request) => {
    const context = lambdaContext(remainingMs) as HttpContext;
    const result = await handler(eventOf(request, address), context);
    const headers = Object.entries(result.headers ?? {}).map(([k, v]) => [k, String(v)]);
    return {
      status: result.statusCode ?? 200,
      headers: Object.fromEntries(headers),
      body: result.body ?? '',
    };
  };
}

export function eventOf(request: HttpRequest, sourceIp = '127.0.0.1'): APIGatewayProxyEventV2 {
  const { method, path, routeKey, params, query, headers, body } = request;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { ...headers },
    ...(Object.keys(params).length > 0 && { pathParameters: { ...params } }),
    ...(Object.keys(query).length > 0 && { queryStringParameters: { ...query } }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'test',
      domainName: '127.0.0.1',
      domainPrefix: 'test',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp, userAgent: 'test' },
      requestId: 'gateway-request-id',
      routeKey,
      stage: '$default',
      time: '31/Jan/2026:09:30:00 +0000',
      timeEpoch: 1_769_851_800_000,
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
  };
}

export function lambdaContext(remainingMs = 10_000): Context {
  const endsAt = Date.now() + remainingMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'test',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:ap-south-1:000000000000:function:test',
    memoryLimitInMB: '512',
    awsRequestId: 'lambda-request-id',
    logGroupName: '/weelo/test/test',
    logStreamName: 'test',
    getRemainingTimeInMillis: () => endsAt - Date.now(),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
