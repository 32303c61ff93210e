import type { AppError } from '../../../src/contract/errors.ts';
import { routeOf, type Call, type HttpResult, type Reply } from './call.ts';

/** A page that says why something was refused. `headers` replace the usual ones. */
export interface Page {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A reply, as HTTP: in the envelope, unless the route's answers go bare. */
export function writeReply({ status, body, headers: own = {} }: Reply, call: Call): HttpResult {
  const { envelope, cacheSeconds, responses } = routeOf(call);
  const keep =
    cacheSeconds === undefined ? {} : { 'cache-control': `public, max-age=${cacheSeconds}` };
  const headers = { ...call.responseHeaders, ...keep, ...own };
  const { media, page } = responses[status] ?? {};
  if (page && typeof body === 'string') return written(status, body, headers, 'text/html');
  if (media !== undefined) return written(status, String(body), headers, media);
  return json(status, envelope === 'data' ? { success: true, data: body } : body, headers);
}

/** A refusal, as HTTP, and never cached: in the envelope, or as a page. */
export function writeError(error: AppError, call: Call, page?: Page): HttpResult {
  const { code, message, status, facts } = error;
  const wait =
    facts.retryAfterMs === undefined
      ? {}
      : { 'retry-after': String(Math.ceil(facts.retryAfterMs / 1000)) };
  const headers = { ...call.responseHeaders, ...wait };
  if (page) return written(status, page.body, { ...headers, ...page.headers }, 'text/html');
  const body = { success: false, error: { code, message, ...facts, requestId: call.requestId } };
  return json(status, body, headers);
}

function json(status: number, body: unknown, headers: Record<string, string>): HttpResult {
  return written(status, JSON.stringify(body), headers, 'application/json');
}

function written(
  statusCode: number,
  body: string,
  headers: Record<string, string>,
  media: string,
): HttpResult {
  return { statusCode, headers: { ...headers, 'content-type': `${media}; charset=utf-8` }, body };
}
