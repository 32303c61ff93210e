import type { IncomingMessage } from 'node:http';
import type { HttpApiDescription } from './descriptions.ts';
import type { RouteMatch } from './http-routes.ts';
import {
  domainNameOf,
  forwardedHeaders,
  logTime,
  sentHeaders,
  sourceIpOf,
} from './request-context.ts';

export interface HttpCall {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  /** Decoded; see `http-path.ts`. */
  readonly path: string;
  readonly rawQueryString: string;
  readonly match: RouteMatch;
  readonly requestId: string;
  readonly accountId: string;
  readonly nowMs: number;
}

/**
 * The event of payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpEvent(api: HttpApiDescription, call: HttpCall) {
  const { request, match, path, rawQueryString } = call;
  const { headers, cookies } = headersOf(call);
  const query = queryOf(rawQueryString);
  return {
    version: '2.0',
    routeKey: match.route.routeKey,
    rawPath: path,
    rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(isNotEmpty(query) && { queryStringParameters: query }),
    requestContext: requestContext(api, call),
    ...(isNotEmpty(match.pathParameters) && { pathParameters: match.pathParameters }),
    ...(api.stageVariables && { stageVariables: api.stageVariables }),
    ...bodyOf(request.headers['content-type'], call.body),
  };
}

function requestContext(
  { apiId, stage }: HttpApiDescription,
  { request, match, path, requestId, accountId, nowMs }: HttpCall,
) {
  const domainName = domainNameOf(request);
  return {
    accountId,
    apiId,
    domainName,
    domainPrefix: domainName.split('.')[0] ?? '',
    http: {
      method: request.method ?? '',
      path,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: sourceIpOf(request),
      userAgent: request.headers['user-agent'] ?? '',
    },
    requestId,
    routeKey: match.route.routeKey,
    stage,
    time: logTime(nowMs),
    timeEpoch: nowMs,
  };
}

/** Names in lower case, repeated ones joined by commas; cookies have a field of their own. */
function headersOf({ request, body }: HttpCall): {
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
} {
  const joined = new Map<string, string>();
  const cookies: string[] = [];
  for (const [name, value] of sentHeaders(request)) {
    const key = name.toLowerCase();
    const before = joined.get(key);
    if (key === 'cookie') cookies.push(...value.split(/; */).filter((each) => each !== ''));
    else joined.set(key, before === undefined ? value : `${before},${value}`);
  }
  for (const [name, value] of Object.entries(forwardedHeaders(request))) {
    joined.set(name.toLowerCase(), value);
  }
  // The gateway has the whole body, also one that came in chunks, and says how long it is.
  joined.set('content-length', String(body.length));
  return { headers: Object.fromEntries(joined), cookies };
}

/** Decoded, repeated ones joined by commas. */
function queryOf(rawQueryString: string): Readonly<Record<string, string>> {
  const joined = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

/** Form fields and a body of no stated type are base64, too: so it was measured in the cloud. */
const textual = /^(text\/.*|application\/(json|xml|javascript))$/;

function bodyOf(contentType: string | undefined, body: Buffer) {
  if (body.length === 0) return { isBase64Encoded: false };
  const mediaType = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const isBase64Encoded = !textual.test(mediaType);
  return { body: body.toString(isBase64Encoded ? 'base64' : 'utf8'), isBase64Encoded };
}

function isNotEmpty(record: Readonly<Record<string, string>>): boolean {
  return Object.keys(record).length > 0;
}
