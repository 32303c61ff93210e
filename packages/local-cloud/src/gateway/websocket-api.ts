import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { Connection, closings } from './connection.ts';
import { Connections } from './connections.ts';
import type { WebSocketApiDescription } from './descriptions.ts';
import type { ApiParts } from './http-api.ts';
import { headerBytesOf, newId } from './request-context.ts';
import { routeSelector } from './route-selection.ts';
import {
  type Closing,
  connectEvent,
  connectionFacts,
  type ConnectionFacts,
  disconnectEvent,
  messageEvent,
  type Occasion,
} from './socket-events.ts';
import { socketFunctions } from './socket-functions.ts';
import {
  isHandshake,
  isSubprotocol,
  makeUpgrader,
  refuseUpgrade,
  type Upgrade,
} from './upgrade.ts';

export interface WebSocketApi {
  readonly connections: Connections;
  readonly upgrade: (upgrade: Upgrade) => Promise<void>;
  /** Closes every socket, and lets their $disconnect run, for as long as closing may take. */
  readonly stop: () => Promise<void>;
}

type Admission =
  | { readonly isAdmitted: true; readonly subprotocol: string | undefined }
  | { readonly isAdmitted: false; readonly status: number };

/** A WebSocket API: from upgrades, messages and closings to the functions of their routes. */
export function makeWebSocketApi(api: WebSocketApiDescription, parts: ApiParts): WebSocketApi {
  const { limits, now } = parts;
  const routes = new Map(api.routes.map((route) => [route.routeKey, route]));
  const select = routeSelector(api.routeSelectionExpression);
  const callRoute = socketFunctions(api, parts);
  const upgrader = makeUpgrader(limits);
  const connections = new Connections(limits);
  const underWay = new Set<Promise<unknown>>();
  /** Clients whose $connect runs. */
  const waiting = new Set<Duplex>();
  let isStopping = false;

  return { connections, upgrade, stop };

  async function upgrade(wanted: Upgrade): Promise<void> {
    const { request, stream } = wanted;
    // Between now and the 101 nobody else listens.
    stream.on('error', () => stream.destroy());
    const facts = connectionFacts(request, now());
    const occasion = occasionOf('$connect');
    const admission = await admit(wanted, facts, occasion);
    if (!admission.isAdmitted) {
      const { status } = admission;
      const body = gatewayMessage(STATUS_CODES[status] ?? 'Refused', facts, occasion);
      refuseUpgrade(stream, status, body);
      return;
    }
    const isOpen = upgrader.open(wanted, admission.subprotocol, (socket) =>
      accept(facts, socket, stream),
    );
    // Who was let in and had left already is still reported as gone.
    if (!isOpen) await onClosed(facts, { code: 1006, reason: '' });
  }

  async function admit(
    { request, stream }: Upgrade,
    facts: ConnectionFacts,
    occasion: Occasion,
  ): Promise<Admission> {
    const refused = (status: number): Admission => ({ isAdmitted: false, status });
    if (!isHandshake(request)) return refused(400);
    if (headerBytesOf(request) > limits.headerBytes) return refused(431);
    if (connections.size + waiting.size >= limits.connections) return refused(429);
    waiting.add(stream);
    const event = connectEvent(api, facts, occasion, request);
    const called = await callRoute('$connect', event).finally(() => waiting.delete(stream));
    if (isStopping) return refused(503);
    if (!called.ok) return refused(called.status);
    const { statusCode, headers } = called.result;
    if (statusCode >= 300) return refused(statusCode);
    const subprotocol = headers.get('sec-websocket-protocol');
    if (subprotocol !== undefined && !isSubprotocol(subprotocol)) return refused(502);
    return { isAdmitted: true, subprotocol };
  }

  function accept(facts: ConnectionFacts, socket: WebSocket, stream: Duplex): void {
    const { promise: closed, resolve: onClosedAs } = Promise.withResolvers<Closing>();
    const connection = new Connection(facts, socket, {
      limits,
      now,
      onMessage: (text) => keep(onMessage(connection, text)),
      onClosing: () => connections.remove(facts.connectionId),
      onClosed: onClosedAs,
    });
    keep(closed.then((closing) => onClosed(facts, closing)));
    connection.watchFrames(stream);
    connections.add(connection);
  }

  async function onMessage(connection: Connection, text: string): Promise<void> {
    const { facts } = connection;
    const selected = select(text);
    const routeKey = selected !== undefined && routes.has(selected) ? selected : '$default';
    const occasion = occasionOf(routeKey);
    const route = routes.get(routeKey);
    if (!route) {
      connection.send(gatewayMessage('Forbidden', facts, occasion));
      return;
    }
    const called = await callRoute(routeKey, messageEvent(api, facts, occasion, text));
    const isTooLong = called.ok && Buffer.byteLength(called.result.body) > limits.messageBytes;
    if (!called.ok || isTooLong) {
      connection.send(gatewayMessage('Internal server error', facts, occasion));
    } else if (route.hasRouteResponse && called.result.body !== '') {
      connection.send(called.result.body);
    }
  }

  async function onClosed(facts: ConnectionFacts, closing: Closing): Promise<void> {
    const event = disconnectEvent(api, facts, occasionOf('$disconnect'), closing);
    await callRoute('$disconnect', event);
  }

  function occasionOf(routeKey: string): Occasion {
    return { routeKey, requestId: newId(), nowMs: now() };
  }

  function keep(work: Promise<unknown>): void {
    const kept = work
      .catch((error: unknown) => parts.onProblem(`A socket event failed: ${String(error)}.`))
      .finally(() => underWay.delete(kept));
    underWay.add(kept);
  }

  async function stop(): Promise<void> {
    isStopping = true;
    for (const stream of waiting) stream.destroy();
    for (const connection of connections.all()) connection.close(closings.goingAway);
    // Once for the clients to close, and once for the functions to be told.
    const deadline = Date.now() + 2 * limits.closingMs;
    while (underWay.size > 0 && Date.now() < deadline) {
      await Promise.race([Promise.all(underWay), pause(deadline - Date.now())]);
    }
  }
}

/** API Gateway's own words on a socket, spaced as it spaces them. */
function gatewayMessage(message: string, facts: ConnectionFacts, { requestId }: Occasion): string {
  return `{"message": "${message}", "connectionId":"${facts.connectionId}", "requestId":"${requestId}"}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
