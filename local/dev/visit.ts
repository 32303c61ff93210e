import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request for a development route, read as far as routes need it. */
export interface Visit {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export type DevRoute = (visit: Visit) => Reply | Promise<Reply>;

/** Said to whoever asked: one sentence that says what to do. */
export class Misuse extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'Misuse';
    this.status = status;
  }
}

/** Bytes: a fault is a few hundred. */
const LARGEST = 64 * 1024;

export async function visitOf(request: IncomingMessage, url: URL): Promise<Visit> {
  const body = await bodyOf(request);
  const { method = 'GET', headers } = request;
  return { method, path: url.pathname, query: Object.fromEntries(url.searchParams), headers, body };
}

async function bodyOf(request: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    // Read to its end even so: a sender that is cut off never sees the answer.
    if (size <= LARGEST) chunks.push(chunk);
  }
  if (size > LARGEST) throw new Misuse(413, `Send at most ${LARGEST} bytes.`);
  return Buffer.concat(chunks).toString('utf8');
}

export const jsonReply = (body: unknown, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: `${JSON.stringify(body, null, 2)}\n`,
});

export function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
