import type { Server } from 'node:http';

/** The origin of an engine that listens in this process. */
export function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('The engine is not listening on a TCP port: start it before asking.');
  }
  return `http://127.0.0.1:${address.port}`;
}
