import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

export interface SlowUpgrades {
  readonly origin: string;
  stop(): void;
}

/** A way to the cloud on which requests are as fast as ever, and each socket is only opened after a while. */
export async function slowUpgrades(origin: string, delayMs: () => number): Promise<SlowUpgrades> {
  const { hostname, port } = new URL(origin);
  const server = createServer((incoming, answer) => {
    const { method, url, headers } = incoming;
    const onward = request({ hostname, port, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  const open = async (
    { method, url, rawHeaders }: IncomingMessage,
    client: Duplex,
    head: Buffer,
  ) => {
    client.on('error', () => client.destroy());
    await pause(delayMs());
    const onward = connect(Number(port), hostname);
    onward.on('error', () => client.destroy());
    const lines = rawHeaders.flatMap((name, i) =>
      i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1] ?? ''}`] : [],
    );
    onward.write([`${method ?? ''} ${url ?? ''} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
    onward.write(head);
    client.pipe(onward).pipe(client);
    client.on('close', () => onward.destroy());
    onward.on('close', () => client.destroy());
  };
  server.on('upgrade', (incoming: IncomingMessage, client: Duplex, head: Buffer) => {
    open(incoming, client, head).catch(() => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${address.port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
