import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';
import type { HttpRequest, Send } from './client.ts';

/**
 * Serves requests of one route by HTTP, so that a browser can make them. What it sends is not compressed. Closed after
 * the tests of the file.
 */
export async function served(
  send: Send,
  requestOf: (path: string) => Pick<HttpRequest, 'routeKey' | 'params'>,
): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const path = new URL(incoming.url ?? '/', 'http://here').pathname;
    const headers = Object.fromEntries(
      Object.entries({ ...incoming.headers, 'accept-encoding': 'identity' }).map(
        ([name, value]) => [name, String(value)],
      ),
    );
    const request = {
      ...requestOf(path),
      method: incoming.method ?? 'GET',
      path,
      query: {},
      headers,
    };
    void send(request).then((response) => {
      outgoing.writeHead(response.status, response.headers).end(response.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
