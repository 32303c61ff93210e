import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';

export interface Asked {
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | string;
  readonly signal?: AbortSignal | undefined;
}

export interface Answered {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** Every call of every function comes by here. `fetch` takes several times the processor time. */
const agent = new Agent({ keepAlive: true });

/** Asks an engine on this machine. */
export async function exchange(
  url: string,
  { method, headers, body, signal }: Asked,
): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const length = { 'content-length': Buffer.byteLength(body) };
  const options = { method, headers: { ...headers, ...length }, agent, ...(signal && { signal }) };
  request(url, options, resolve).on('error', reject).end(body);
  const response = await promise;
  return {
    status: response.statusCode ?? 500,
    headers: response.headers,
    body: await wholeBody(response),
  };
}

/** The consumers of `node:stream` read by way of a Blob, which takes several times the processor time. */
export function wholeBody(message: IncomingMessage): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  message.on('data', (chunk: Buffer) => void chunks.push(chunk));
  message.on('end', () => resolve(Buffer.concat(chunks)));
  message.on('error', reject);
  return promise;
}
