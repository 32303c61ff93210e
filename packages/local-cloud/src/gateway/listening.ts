import { type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { refusals } from './answer.ts';

/**
 * How many connections the kernel keeps until they are accepted. Node's default, 511, is too few: when thousands of clients
 * connect at once, the kernel drops the rest, and a dropped client tries again only after 1, 3, 7, ... 63 seconds.
 */
const backlog = 65_535;

/** The origin, once the server listens there. */
export function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: Error & { code?: string }) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(
        isTaken
          ? new Error(
              `Port ${port} on 127.0.0.1 is taken: stop what listens there, or choose another.`,
            )
          : error,
      );
    });
    server.listen({ port, host: '127.0.0.1', backlog }, () => {
      const address = server.address();
      const taken = address === null || typeof address === 'string' ? port : address.port;
      resolve(`http://127.0.0.1:${taken}`);
    });
  });
}

/** Answers what node could not even parse, since nobody else will. */
export function refuseUnparsable(error: Error & { code?: string }, stream: Duplex): void {
  const { status, body } =
    error.code === 'HPE_HEADER_OVERFLOW' ? refusals.headersTooLarge : refusals.badRequest;
  if (!stream.writable) return;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ];
  stream.end(`${lines.join('\r\n')}\r\n\r\n${body.toString()}`);
}

/** Takes no more, waits for what is under way, then cuts it off. */
export function closeServer(server: Server, closingMs: number): Promise<void> {
  const cutOff = setTimeout(() => server.closeAllConnections(), closingMs);
  // A connection that has had its answer is kept alive, and would keep the server waiting.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  return new Promise((resolve) => {
    server.close(() => {
      clearTimeout(cutOff);
      clearInterval(sweep);
      resolve();
    });
  });
}
