import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { GatewayLimits } from './limits.ts';

/** The 101, held back until the function has let the client in. */
export interface Upgrader {
  /** Undefined where the client left meanwhile. */
  open(
    upgrade: Upgrade,
    subprotocol: string | undefined,
    onOpen: (socket: WebSocket) => void,
  ): boolean;
}

export interface Upgrade {
  readonly request: IncomingMessage;
  readonly stream: Duplex;
  readonly head: Buffer;
}

export function makeUpgrader({ messageBytes }: GatewayLimits): Upgrader {
  const subprotocols = new WeakMap<IncomingMessage, string>();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: messageBytes,
    // Not the gateway chooses among what the client offers, but the function of $connect.
    handleProtocols: () => false,
  });
  server.on('headers', (headers, request) => {
    const subprotocol = subprotocols.get(request);
    if (subprotocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
  });
  return {
    open({ request, stream, head }, subprotocol, onOpen) {
      if (subprotocol !== undefined) subprotocols.set(request, subprotocol);
      let isOpen = false;
      server.handleUpgrade(request, stream, head, (socket) => {
        isOpen = true;
        onOpen(socket);
      });
      return isOpen;
    },
  };
}

/** Whether a request is a WebSocket handshake at all. https://www.rfc-editor.org/rfc/rfc6455.html#section-4.2.1 */
export function isHandshake({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '')
  );
}

/** What a function may choose: one token. https://www.rfc-editor.org/rfc/rfc6455.html#section-4.1 */
export function isSubprotocol(text: string): boolean {
  return /^[!#$%&'*+\-.^`|~\w]+$/.test(text);
}

export function refuseUpgrade(stream: Duplex, status: number, body: string): void {
  if (!stream.writable) return;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  stream.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
