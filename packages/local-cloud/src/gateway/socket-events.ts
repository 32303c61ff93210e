import type { IncomingMessage } from 'node:http';
import type { WebSocketApiDescription } from './descriptions.ts';
import {
  domainNameOf,
  forwardedHeaders,
  logTime,
  newId,
  sentHeaders,
  sourceIpOf,
} from './request-context.ts';

/** What stays the same about a connection, from its upgrade on. */
export interface ConnectionFacts {
  readonly connectionId: string;
  readonly connectedAtMs: number;
  readonly domainName: string;
  readonly identity: { readonly sourceIp: string; readonly userAgent?: string };
}

export function connectionFacts(request: IncomingMessage, nowMs: number): ConnectionFacts {
  const userAgent = request.headers['user-agent'];
  return {
    connectionId: newId(),
    connectedAtMs: nowMs,
    domainName: domainNameOf(request),
    identity: { sourceIp: sourceIpOf(request), ...(userAgent !== undefined && { userAgent }) },
  };
}

/** Why and when an event is made. */
export interface Occasion {
  readonly routeKey: string;
  readonly requestId: string;
  readonly nowMs: number;
}

/**
 * The upgrade request, for the function that decides it. Names of headers stay as they were sent.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
 */
export function connectEvent(
  api: WebSocketApiDescription,
  facts: ConnectionFacts,
  occasion: Occasion,
  request: IncomingMessage,
) {
  const query = new URL(request.url ?? '/', 'http://gateway').searchParams;
  const added = Object.entries(forwardedHeaders(request));
  const replaced = new Set(added.map(([name]) => name.toLowerCase()));
  const sent = sentHeaders(request).filter(([name]) => !replaced.has(name.toLowerCase()));
  const { single, multiple } = grouped([...sent, ...added]);
  const { single: one, multiple: all } = grouped([...query]);
  return {
    headers: single,
    multiValueHeaders: multiple,
    ...(query.size > 0 && { queryStringParameters: one, multiValueQueryStringParameters: all }),
    ...inContext(api, facts, occasion, { eventType: 'CONNECT' }),
    isBase64Encoded: false,
  };
}

export function messageEvent(
  api: WebSocketApiDescription,
  facts: ConnectionFacts,
  occasion: Occasion,
  body: string,
) {
  const more = { eventType: 'MESSAGE', messageId: newId() };
  return { ...inContext(api, facts, occasion, more), body, isBase64Encoded: false };
}

export interface Closing {
  readonly code: number;
  readonly reason: string;
}

export function disconnectEvent(
  api: WebSocketApiDescription,
  facts: ConnectionFacts,
  occasion: Occasion,
  { code, reason }: Closing,
) {
  const headers = {
    Host: facts.domainName,
    'x-api-key': '',
    'X-Forwarded-For': '',
    'x-restapi': '',
  };
  const { single, multiple } = grouped(Object.entries(headers));
  const more = { eventType: 'DISCONNECT', disconnectStatusCode: code, disconnectReason: reason };
  return {
    headers: single,
    multiValueHeaders: multiple,
    ...inContext(api, facts, occasion, more),
    isBase64Encoded: false,
  };
}

function inContext<More extends object>(
  { apiId, stage, stageVariables }: WebSocketApiDescription,
  { connectionId, connectedAtMs, domainName, identity }: ConnectionFacts,
  { routeKey, requestId, nowMs }: Occasion,
  more: More,
) {
  const requestContext = {
    routeKey,
    ...more,
    extendedRequestId: requestId,
    requestTime: logTime(nowMs),
    messageDirection: 'IN',
    stage,
    connectedAt: connectedAtMs,
    requestTimeEpoch: nowMs,
    identity,
    requestId,
    domainName,
    connectionId,
    apiId,
  };
  return { requestContext, ...(stageVariables && { stageVariables }) };
}

/** Of a repeated name the single form has the last value, the multiple form all. */
function grouped(pairs: readonly (readonly [string, string])[]): {
  readonly single: Readonly<Record<string, string>>;
  readonly multiple: Readonly<Record<string, readonly string[]>>;
} {
  const multiple: Record<string, string[]> = {};
  for (const [name, value] of pairs) multiple[name] = [...(multiple[name] ?? []), value];
  return { single: Object.fromEntries(pairs), multiple };
}
