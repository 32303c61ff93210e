import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';
import type { CorsConfiguration } from './descriptions.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html */

/** A browser's question before the real request. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

export function preflightAnswer(cors: CorsConfiguration, request: IncomingMessage): Answer {
  return { status: 204, headers: corsHeaders(cors, request), body: '' };
}

/** With CORS configured, what the function says of it is ignored. */
export function withCors(
  answer: Answer,
  cors: CorsConfiguration | undefined,
  request: IncomingMessage,
): Answer {
  if (!cors) return answer;
  const own = [...answer.headers].filter(([name]) => !name.startsWith('access-control-'));
  return { ...answer, headers: new Map([...own, ...corsHeaders(cors, request)]) };
}

/** None for an origin that is not allowed: the browser then keeps the answer from the page. */
function corsHeaders(
  cors: CorsConfiguration,
  request: IncomingMessage,
): ReadonlyMap<string, string> {
  const allowed = allowedOrigin(cors, request.headers.origin);
  const headers = new Map<string, string>();
  if (allowed === undefined) return headers;
  headers.set('access-control-allow-origin', allowed);
  const list = (name: string, values: readonly string[]): void => {
    if (values.length > 0) headers.set(name, values.join(','));
  };
  if (cors.allowCredentials) headers.set('access-control-allow-credentials', 'true');
  list('access-control-expose-headers', cors.exposeHeaders);
  if (!isPreflight(request)) return headers;
  list('access-control-allow-methods', cors.allowMethods);
  list('access-control-allow-headers', cors.allowHeaders);
  if (cors.maxAgeSeconds !== undefined) {
    headers.set('access-control-max-age', String(cors.maxAgeSeconds));
  }
  return headers;
}

function allowedOrigin(
  { allowOrigins }: CorsConfiguration,
  origin: string | undefined,
): string | undefined {
  if (origin === undefined) return undefined;
  if (allowOrigins.includes('*')) return '*';
  const byScheme = ['https://', 'http://'].some(
    (scheme) => allowOrigins.includes(`${scheme}*`) && origin.startsWith(scheme),
  );
  return byScheme || allowOrigins.includes(origin) ? origin : undefined;
}
