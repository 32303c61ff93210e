import type { AppError } from '../../../src/contract/errors.ts';
import { routeOf, type Call, type HttpResult, type Reply } from './call.ts';

/** A reply, as HTTP: in the envelope, unless the route's answers go bare. */
export function writeReply({ status, body }: Reply, call: Call): HttpResult {
  const { envelope, cacheSeconds } = routeOf(call);
  const written = envelope === 'data' ? { success: true, data: body } : body;
  const keep =
    cacheSeconds === undefined ? {} : { 'cache-control': `public, max-age=${cacheSeconds}` };
  return json(status, written, { ...call.responseHeaders, ...keep });
}

/** A refusal, as HTTP: always in the envelope, and nobody keeps it. */
export function writeError({ code, message, status, facts }: AppError, call: Call): HttpResult {
  const body = { success: false, error: { code, message, ...facts, requestId: call.requestId } };
  const wait =
    facts.retryAfterMs === undefined
      ? {}
      : { 'retry-after': String(Math.ceil(facts.retryAfterMs / 1000)) };
  return json(status, body, { ...call.responseHeaders, ...wait });
}

function json(statusCode: number, body: unknown, headers: Record<string, string>): HttpResult {
  return {
    statusCode,
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  };
}
