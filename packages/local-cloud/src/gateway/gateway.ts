import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Account } from '../protocol/played-service.ts';
import type { InvokeAsService } from '../lambda/invoke.ts';
import type { RequestFacts, SocketFacts } from '../watch/service-metrics.ts';
import { refusals, write } from './answer.ts';
import type { Connections } from './connections.ts';
import type { HttpApiDescription, WebSocketApiDescription } from './descriptions.ts';
import { type ApiParts, makeHttpApi, type ServeHttp } from './http-api.ts';
import { apiGatewayLimits, type GatewayLimits } from './limits.ts';
import { closeServer, listen, refuseUnparsable } from './listening.ts';
import { TokenBucket } from './token-bucket.ts';
import { WebSocketApi } from './websocket-api.ts';

export interface GatewayOptions {
  /** On 127.0.0.1; 0 takes any that is free. */
  readonly port: number;
  /** Told for which route, as an ARN. */
  readonly invoke: InvokeAsService;
  readonly httpApi?: HttpApiDescription | undefined;
  readonly webSocketApi?: WebSocketApiDescription | undefined;
  /** Upgrades on these paths go to the WebSocket API. Default: the path of its stage. */
  readonly webSocketPaths?: readonly string[];
  /** Asked first; true when it has answered the request. */
  readonly devRoutes?: (
    request: IncomingMessage,
    response: ServerResponse,
  ) => boolean | Promise<boolean>;
  /** Whose the APIs are. Default: nobody's. */
  readonly account?: Account;
  /** Default: API Gateway's. */
  readonly limits?: Partial<GatewayLimits>;
  /** Epoch milliseconds, for what events say; timers run on the machine's own clock. */
  readonly now?: () => number;
  /** One sentence on what a client saw as a server's error. Default: none. */
  readonly onProblem?: (sentence: string) => void;
  /** Hears of each request that the HTTP API answered. Default: nobody does. */
  readonly onRequest?: (facts: RequestFacts) => void;
  /** Hears of each route that the WebSocket API called, and of each message that it posted. Default: nobody does. */
  readonly onSocket?: (facts: SocketFacts) => void;
}

export interface Gateway {
  readonly origin: string;
  /** The @connections API; undefined where there is no WebSocket API. */
  readonly connections: Connections | undefined;
  /** Takes the routes of another template. Sockets that are open stay open. */
  readonly change: (apis: Pick<GatewayOptions, 'httpApi' | 'webSocketApi'>) => void;
  readonly stop: () => Promise<void>;
}

/** API Gateway on this machine: one origin for an HTTP API and a WebSocket API. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const limits = { ...apiGatewayLimits, ...options.limits };
  const parts: ApiParts = {
    invoke: options.invoke,
    limits,
    calls: new TokenBucket(limits.calls),
    account: options.account ?? { accountId: '000000000000', region: 'us-east-1' },
    now: options.now ?? Date.now,
    onProblem: options.onProblem ?? (() => {}),
    onRequest: options.onRequest ?? (() => {}),
    onSocket: options.onSocket ?? (() => {}),
  };
  const sockets = options.webSocketApi && new WebSocketApi(options.webSocketApi, parts);
  const isSocketPath = socketPaths(options);
  const server = createServer(
    { maxHeaderSize: 8 * limits.headerBytes, shouldUpgradeCallback: isSocketPath },
    (request, response) => void serve(request, response),
  );
  server.maxConnections = 2 * limits.connections;
  let serve = guarded(options, parts);
  server.on('upgrade', (request, stream, head) => {
    sockets?.upgrade({ request, stream, head }).catch((error: unknown) => {
      parts.onProblem(`An upgrade failed: ${String(error)}.`);
      stream.destroy();
    });
  });
  server.on('clientError', refuseUnparsable);
  const origin = await listen(server, options.port);
  return {
    origin,
    connections: sockets?.connections,
    change: (apis) => {
      serve = guarded({ ...options, ...apis }, parts);
      if (apis.webSocketApi) sockets?.change(apis.webSocketApi);
    },
    stop: async () => {
      const closed = closeServer(server, limits.closingMs);
      await Promise.all([sockets?.stop(), closed]);
    },
  };
}

function socketPaths(options: GatewayOptions): (request: IncomingMessage) => boolean {
  const stage = options.webSocketApi?.stage;
  const paths = options.webSocketPaths ?? (stage === undefined ? [] : [`/${stage}`]);
  const known = new Set(stage === undefined ? [] : paths.map(withoutSlash));
  return ({ url }) => known.has(withoutSlash((url ?? '').replace(/\?.*$/s, '')));
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, '');
}

/** Whatever goes wrong in here, the client gets an answer. */
function guarded({ httpApi, devRoutes }: GatewayOptions, parts: ApiParts): ServeHttp {
  const serveApi = httpApi && makeHttpApi(httpApi, parts);
  return async (request, response) => {
    try {
      if (await devRoutes?.(request, response)) return;
      if (serveApi) await serveApi(request, response);
      else write(response, refusals.notFound);
    } catch (error) {
      parts.onProblem(`${request.method} ${request.url} failed in the gateway: ${String(error)}.`);
      write(response, refusals.functionFailed);
    }
  };
}
