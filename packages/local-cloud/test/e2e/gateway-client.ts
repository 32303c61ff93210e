import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import type { HttpApiRoute, WebSocketApiRoute } from '../../src/gateway/descriptions.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../../src/gateway/gateway.ts';
import type { Invoke, InvokeResult } from '../../src/lambda/invoke.ts';

/** In-process stand-ins for functions, by name; whole functions run elsewhere. */
export type Functions = Readonly<Record<string, (event: never) => unknown>>;

export class Failure extends Error {
  readonly result: InvokeResult;
  constructor(reason: Exclude<InvokeResult, { ok: true }>['reason']) {
    super(reason);
    this.result = { ok: false, reason, errorType: 'Error', errorMessage: reason };
  }
}

function invokeOf(functions: Functions): Invoke {
  return async (functionName, event) => {
    const play = functions[functionName];
    if (!play) throw new Error(`No function ${functionName}`);
    try {
      // As it would cross to another process.
      return { ok: true, payload: await play(JSON.parse(JSON.stringify(event)) as never) };
    } catch (error) {
      if (error instanceof Failure) return error.result;
      throw error;
    }
  };
}

/** A gateway that ends with the test. */
export async function gatewayOf(
  functions: Functions,
  options: Omit<GatewayOptions, 'port' | 'invoke'>,
): Promise<Gateway> {
  const gateway = await startGateway({ port: 0, invoke: invokeOf(functions), ...options });
  onTestFinished(() => gateway.stop());
  return gateway;
}

/** Each key is a route, served by a function of the same name. */
export function httpRoutes(...routeKeys: readonly string[]): readonly HttpApiRoute[] {
  return routeKeys.map((routeKey) => ({
    routeKey,
    functionName: routeKey,
    payloadFormatVersion: '2.0',
  }));
}

function socketRoutes(...routeKeys: readonly string[]): readonly WebSocketApiRoute[] {
  return routeKeys.map((routeKey) => ({
    routeKey,
    functionName: routeKey,
    hasRouteResponse: !['$connect', '$disconnect', 'silent'].includes(routeKey),
  }));
}

export const socketApi = (...routeKeys: readonly string[]) => ({
  apiId: 'sockets',
  stage: 'ws',
  routeSelectionExpression: '$request.body.action',
  routes: socketRoutes(...routeKeys),
});

/** An open socket with its messages in order, waited for one by one. */
export class Client {
  readonly socket: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #messages: string[] = [];
  #arrived = Promise.withResolvers<void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.#messages.push((data as Buffer).toString());
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers<void>();
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  static async open(
    { origin }: Gateway,
    {
      path = '/ws',
      protocols = [],
      ...options
    }: ClientOptions & {
      readonly path?: string;
      readonly protocols?: readonly string[];
    } = {},
  ): Promise<Client> {
    const url = `${origin.replace('http', 'ws')}${path}`;
    const client = new Client(new WebSocket(url, [...protocols], options));
    onTestFinished(() => client.socket.terminate());
    await once(client.socket, 'open');
    return client;
  }

  async next(): Promise<string> {
    while (this.#messages.length === 0) await this.#arrived.promise;
    return this.#messages.shift() ?? '';
  }

  async ask(message: unknown): Promise<string> {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    return this.next();
  }
}

/** The status and body of an upgrade that was refused. */
export async function refusedUpgrade(
  { origin }: Gateway,
  path = '/ws',
  options: ClientOptions = {},
): Promise<{ readonly status: number; readonly body: string }> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}${path}`, options);
  // Its end without ever having been open is an error to the library.
  socket.on('error', () => {});
  onTestFinished(() => socket.terminate());
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  return { status: response.statusCode ?? 0, body: await textOf(response) };
}

/** A request as it is given, where fetch would tidy it up: the path, the headers' case, repetitions. */
export async function send(
  { origin }: Pick<Gateway, 'origin'>,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: readonly string[];
    readonly body?: string | Buffer;
  } = {},
): Promise<{ readonly response: IncomingMessage; readonly body: string }> {
  const { hostname, port, host } = new URL(origin);
  const { method = 'GET', headers = [], body } = options;
  const request = httpRequest({
    hostname,
    port,
    path,
    method,
    headers: ['Host', host, ...headers] as never,
    agent: false,
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { response, body: await textOf(response) };
}

/** Bytes as they are given, and all that comes back until the other side ends. */
export async function sendRaw({ origin }: Gateway, text: string): Promise<string> {
  const { port } = new URL(origin);
  const socket = connect(Number(port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(text);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
