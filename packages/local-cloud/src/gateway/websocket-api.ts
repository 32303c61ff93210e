import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { Connection, closings } from './connection.ts';
import { Connections } from './connections.ts';
import type { WebSocketApiDescription, WebSocketApiRoute } from './descriptions.ts';
import type { ApiParts } from './http-api.ts';
import { headerBytesOf, newId } from './request-context.ts';
import { routeSelector, type SelectRoute } from './route-selection.ts';
import {
  type Closing,
  connectEvent,
  connectionFacts,
  type ConnectionFacts,
  disconnectEvent,
  messageEvent,
  type Occasion,
} from './socket-events.ts';
import { type CallRoute, socketFunctions } from './socket-functions.ts';
import { TokenBucket } from './token-bucket.ts';
import type { SocketFacts } from '../watch/service-metrics.ts';
import {
  isHandshake,
  isSubprotocol,
  makeUpgrader,
  refuseUpgrade,
  type Upgrade,
  type Upgrader,
} from './upgrade.ts';

type Admission =
  | { readonly isAdmitted: true; readonly subprotocol: string | undefined }
  | { readonly isAdmitted: false; readonly status: number };

/** A WebSocket API: from upgrades, messages and closings to the functions of their routes. */
export class WebSocketApi {
  readonly connections: Connections;
  #api: WebSocketApiDescription;
  readonly #parts: ApiParts;
  #routes: ReadonlyMap<string, WebSocketApiRoute>;
  #select: SelectRoute;
  #callRoute: CallRoute;
  readonly #upgrader: Upgrader;
  readonly #underWay = new Set<Promise<unknown>>();
  /** Clients whose $connect runs. */
  readonly #waiting = new Set<Duplex>();
  /** What is left of the quota on new connections. */
  readonly #arrivals: TokenBucket;
  #isStopping = false;

  constructor(api: WebSocketApiDescription, parts: ApiParts) {
    this.#api = api;
    this.#parts = parts;
    this.#routes = new Map(api.routes.map((route) => [route.routeKey, route]));
    this.#select = routeSelector(api.routeSelectionExpression);
    this.#callRoute = socketFunctions(api, parts);
    this.#upgrader = makeUpgrader(parts.limits);
    this.connections = new Connections(parts.limits, parts.calls, () => this.#tell('message'));
    this.#arrivals = new TokenBucket(parts.limits.newConnections);
  }

  /** Takes other routes, also for the sockets that are open. */
  change(api: WebSocketApiDescription): void {
    this.#api = api;
    this.#routes = new Map(api.routes.map((route) => [route.routeKey, route]));
    this.#select = routeSelector(api.routeSelectionExpression);
    this.#callRoute = socketFunctions(api, this.#parts);
  }

  async upgrade(wanted: Upgrade): Promise<void> {
    const { request, stream } = wanted;
    // Between now and the 101 nobody else listens.
    stream.on('error', () => stream.destroy());
    const facts = connectionFacts(request, this.#parts.now());
    const occasion = this.#occasionOf('$connect');
    const admission = await this.#admit(wanted, facts, occasion);
    if (!admission.isAdmitted) {
      const { status } = admission;
      const body = gatewayMessage(STATUS_CODES[status] ?? 'Refused', facts, occasion);
      refuseUpgrade(stream, status, body);
      return;
    }
    const isOpen = this.#upgrader.open(wanted, admission.subprotocol, (socket) =>
      this.#accept(facts, socket, stream),
    );
    // Who was let in and had left already is still reported as gone.
    if (!isOpen) await this.#onClosed(facts, { code: 1006, reason: '' });
  }

  async #admit(
    { request, stream }: Upgrade,
    facts: ConnectionFacts,
    occasion: Occasion,
  ): Promise<Admission> {
    const refused = (status: number): Admission => ({ isAdmitted: false, status });
    const refusal = this.#refusalOf(request);
    if (refusal !== undefined) {
      this.#tell('connect', 'client');
      return refused(refusal);
    }
    this.#waiting.add(stream);
    const event = connectEvent(this.#api, facts, occasion, request);
    const called = await this.#callRoute('$connect', event).finally(() =>
      this.#waiting.delete(stream),
    );
    if (this.#isStopping) return refused(503);
    if (!called.ok) return refused(called.status);
    const { statusCode, headers } = called.result;
    if (statusCode >= 300) return refused(statusCode);
    const subprotocol = headers.get('sec-websocket-protocol');
    if (subprotocol !== undefined && !isSubprotocol(subprotocol)) return refused(502);
    return { isAdmitted: true, subprotocol };
  }

  /** The status by which API Gateway itself refuses an upgrade. */
  #refusalOf(request: Upgrade['request']): number | undefined {
    const { limits } = this.#parts;
    if (!isHandshake(request)) return 400;
    if (headerBytesOf(request) > limits.headerBytes) return 431;
    if (!this.#arrivals.take()) return 429;
    return this.connections.size + this.#waiting.size >= limits.connections ? 429 : undefined;
  }

  #tell(kind: SocketFacts['kind'], failure?: SocketFacts['failure']): void {
    const { apiId, stage } = this.#api;
    this.#parts.onSocket({ apiId, stage, kind, failure });
  }

  #accept(facts: ConnectionFacts, socket: WebSocket, stream: Duplex): void {
    const { promise: closed, resolve: onClosedAs } = Promise.withResolvers<Closing>();
    const connection = new Connection(facts, socket, {
      limits: this.#parts.limits,
      now: this.#parts.now,
      onMessage: (text) => this.#keep(this.#onMessage(connection, text)),
      onClosing: () => this.connections.remove(facts.connectionId),
      onClosed: onClosedAs,
    });
    this.#keep(closed.then((closing) => this.#onClosed(facts, closing)));
    connection.watchFrames(stream);
    this.connections.add(connection);
  }

  async #onMessage(connection: Connection, text: string): Promise<void> {
    const { facts } = connection;
    const selected = this.#select(text);
    const routeKey = selected !== undefined && this.#routes.has(selected) ? selected : '$default';
    const occasion = this.#occasionOf(routeKey);
    const route = this.#routes.get(routeKey);
    if (!route) {
      this.#tell('message', 'client');
      connection.send(gatewayMessage('Forbidden', facts, occasion));
      return;
    }
    const called = await this.#callRoute(routeKey, messageEvent(this.#api, facts, occasion, text));
    const isTooLong =
      called.ok && Buffer.byteLength(called.result.body) > this.#parts.limits.messageBytes;
    if (!called.ok || isTooLong) {
      connection.send(gatewayMessage('Internal server error', facts, occasion));
    } else if (route.hasRouteResponse && called.result.body !== '') {
      connection.send(called.result.body);
    }
  }

  async #onClosed(facts: ConnectionFacts, closing: Closing): Promise<void> {
    const event = disconnectEvent(this.#api, facts, this.#occasionOf('$disconnect'), closing);
    await this.#callRoute('$disconnect', event);
  }

  #occasionOf(routeKey: string): Occasion {
    return { routeKey, requestId: newId(), nowMs: this.#parts.now() };
  }

  #keep(work: Promise<unknown>): void {
    const kept = work
      .catch((error: unknown) => this.#parts.onProblem(`A socket event failed: ${String(error)}.`))
      .finally(() => this.#underWay.delete(kept));
    this.#underWay.add(kept);
  }

  /** Closes every socket, and lets their $disconnect run, for as long as closing may take. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const stream of this.#waiting) stream.destroy();
    for (const connection of this.connections.all()) connection.close(closings.goingAway);
    // Once for the clients to close, and once for the functions to be told.
    const deadline = Date.now() + 2 * this.#parts.limits.closingMs;
    while (this.#underWay.size > 0 && Date.now() < deadline) {
      await Promise.race([Promise.all(this.#underWay), pause(deadline - Date.now())]);
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
