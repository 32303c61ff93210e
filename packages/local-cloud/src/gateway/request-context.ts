import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Sixteen characters that end in `=`, as API Gateway's ids of requests, messages and connections. */
export function newId(): string {
  return `${randomBytes(11).toString('base64url')}=`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Common Log Format, in UTC: `12/Mar/2020:19:03:58 +0000`. */
export function logTime(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${two(date.getUTCDate())}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${day}:${time} +0000`;
}

export function sourceIpOf({ socket }: IncomingMessage): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

/** Where the client thinks it is: a name in the cloud, address and port here. */
export function domainNameOf({ headers }: IncomingMessage): string {
  return headers.host ?? '';
}

/** Headers as they were sent, one pair each, without those that end at the gateway. */
export function sentHeaders({
  rawHeaders,
}: IncomingMessage): readonly (readonly [string, string])[] {
  return rawHeaders.flatMap((name, index) => {
    const isName = index % 2 === 0;
    return isName && !hopByHop.has(name.toLowerCase())
      ? [[name, rawHeaders[index + 1] ?? ''] as const]
      : [];
  });
}

/** They speak of one connection, which is not the one that the other side has. */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What API Gateway tells the function of the way that a request took. */
export function forwardedHeaders(request: IncomingMessage): Readonly<Record<string, string>> {
  const before = request.headers['x-forwarded-for'];
  const sourceIp = sourceIpOf(request);
  return {
    'X-Amzn-Trace-Id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`,
    'X-Forwarded-For': before === undefined ? sourceIp : `${String(before)}, ${sourceIp}`,
    'X-Forwarded-Port': String(request.socket.localPort ?? ''),
    'X-Forwarded-Proto': 'http',
  };
}

/** API Gateway counts the request line and the values of the headers, not their names. */
export function headerBytesOf({ method, url, httpVersion, rawHeaders }: IncomingMessage): number {
  const line = `${method ?? ''} ${url ?? ''} HTTP/${httpVersion}`;
  const values = rawHeaders.filter((_, index) => index % 2 === 1);
  return [line, ...values].reduce((sum, each) => sum + Buffer.byteLength(each), 0);
}
