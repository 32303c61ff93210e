import type { ServerResponse } from 'node:http';

/** An HTTP answer, before it is written. Names of headers are in lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string | readonly string[]>;
  readonly body: string | Buffer;
}

/** What API Gateway says by itself, without asking a function. */
function refusal(status: number, message: string): Answer {
  return {
    status,
    headers: new Map([['content-type', 'application/json']]),
    body: JSON.stringify({ message }),
  };
}

export const refusals = {
  badRequest: refusal(400, 'Bad Request'),
  notFound: refusal(404, 'Not Found'),
  bodyTooLarge: refusal(413, 'Request Entity Too Large'),
  headersTooLarge: refusal(431, 'Request Header Fields Too Large'),
  functionFailed: refusal(500, 'Internal Server Error'),
  tooManyRequests: refusal(429, 'Too Many Requests'),
  unavailable: refusal(503, 'Service Unavailable'),
} as const;

const bodyless: ReadonlySet<number> = new Set([204, 304]);

/** Writes an answer whole; a header that no client may be sent makes it a 500. */
export function write(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  try {
    for (const [name, value] of headers) response.setHeader(name, value);
  } catch {
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    write(response, refusals.functionFailed);
    return;
  }
  const bytes = Buffer.from(body);
  if (!bodyless.has(status)) response.setHeader('content-length', bytes.length);
  response.statusCode = status;
  // To a HEAD node writes the headers, the length among them, and leaves the body away.
  response.end(bodyless.has(status) ? undefined : bytes);
}
