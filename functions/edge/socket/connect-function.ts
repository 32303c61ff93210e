import middy, { type MiddlewareObj } from '@middy/core';
import type {
  APIGatewayProxyStructuredResultV2,
  APIGatewayProxyWebsocketEventV2,
} from 'aws-lambda';
import { AppError } from '../../../src/contract/errors.ts';
import { subprotocol } from '../../../src/contract/socket/protocol.ts';
import { engineVersion, transport } from '../../../src/contract/socket/socket-io.ts';
import type { Caller } from '../../../src/contract/wire.ts';
import type { Identify } from '../../../src/identity/sessions/access-token.ts';
import { isSessionId } from '../../../src/messaging/polling/session-id.ts';
import type { IsFromEdge } from '../../../src/platform/edge-secret.ts';
import { countOne } from '../../../src/platform/logs/observability.ts';
import { asPartOf } from '../../../src/platform/logs/request.ts';
import { asAppError } from '../as-app-error.ts';
import { addressFromEdge } from '../client-address.ts';
import { observe } from '../observe.ts';

/** An upgrade request: unlike a message, it has headers and a query. */
type ConnectEvent = APIGatewayProxyWebsocketEventV2 & {
  readonly headers?: Readonly<Record<string, string>>;
  readonly queryStringParameters?: Query;
};
type ConnectResult = APIGatewayProxyStructuredResultV2;

interface ConnectDeps {
  /** Undefined: the stage has no edge. */
  readonly isFromEdge: IsFromEdge | undefined;
  readonly identify: Identify;
  /** Answers the owner of a ticket that was not used before. */
  readonly redeem: (ticket: string) => Promise<Caller>;
  /** Lets the client in. */
  readonly open: (connectionId: string, caller: Caller) => Promise<void>;
  /** The same, for a client that will say on its socket who it is. */
  readonly openUnnamed: (connectionId: string) => Promise<void>;
  /** The same, for a client whose session began with polling. False: there is no such session. */
  readonly openToUpgrade: (socket: {
    readonly sid: string;
    readonly socketId: string;
  }) => Promise<boolean>;
}

/**
 * The handler of an upgrade: 200 accepts the client, 400, 401 and 403 refuse it. The caller is stored with the connection,
 * because messages carry no token.
 */
export function connectFunction(deps: ConnectDeps) {
  return middy<ConnectEvent, ConnectResult>()
    .use(observe())
    .use(mapErrors())
    .handler(async (event) => {
      const { requestId } = event.requestContext;
      const accepted = await asPartOf(requestId, () => letIn(event, deps));
      countOne('SocketsOpened');
      return accepted;
    });
}

async function letIn(event: ConnectEvent, deps: ConnectDeps): Promise<ConnectResult> {
  const { isFromEdge, identify, redeem, open } = deps;
  const headers = new Headers(event.headers);
  if (isFromEdge) await addressFromEdge(Object.fromEntries(headers), isFromEdge);
  const query = event.queryStringParameters ?? {};
  if (speaksSocketIo(query)) {
    await openSocketIo(query, event.requestContext.connectionId, deps);
    return { statusCode: 200 };
  }
  const { token, accepted } = credentials(headers);
  const { ticket } = query;
  if (!token && !ticket) throw new AppError('UNAUTHORIZED');
  const caller = token ? await identify(token) : await redeem(ticket ?? '');
  await open(event.requestContext.connectionId, caller);
  return { statusCode: 200, headers: accepted };
}

type Query = Readonly<Record<string, string | undefined>>;

/**
 * The shipped apps ask for it in their query: a WebSocket API does not tell its functions the path. Their token comes in
 * a packet.
 */
function speaksSocketIo({ EIO, transport: asked }: Query): boolean {
  if (EIO === undefined) return false;
  if (EIO === engineVersion && asked === transport) return true;
  throw new AppError('VALIDATION_ERROR');
}

async function openSocketIo(
  { sid }: Query,
  socketId: string,
  { openUnnamed, openToUpgrade }: ConnectDeps,
): Promise<void> {
  if (sid === undefined) return openUnnamed(socketId);
  if (!isSessionId(sid) || !(await openToUpgrade({ sid, socketId }))) {
    throw new AppError('VALIDATION_ERROR');
  }
}

function mapErrors(): MiddlewareObj<ConnectEvent, ConnectResult> {
  return {
    onError: (request) => {
      request.response = { statusCode: asAppError(request.error).status };
    },
  };
}

/**
 * P18: the token comes in a header, never in the URL, which is logged. Browsers can only send
 * `Sec-WebSocket-Protocol: weelo.v1, bearer.<token>`, and expect one of the two in the answer. A client
 * that can send neither uses a ticket.
 */
function credentials(headers: Headers): {
  readonly token: string | undefined;
  readonly accepted: Record<string, string>;
} {
  const protocols = (headers.get('sec-websocket-protocol') ?? '').split(',').map((p) => p.trim());
  const inProtocol = protocols.find((p) => p.startsWith('bearer.'))?.slice('bearer.'.length);
  const inHeader = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  return {
    token: inHeader ?? inProtocol,
    accepted: protocols.includes(subprotocol) ? { 'Sec-WebSocket-Protocol': subprotocol } : {},
  };
}
