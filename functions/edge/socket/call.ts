import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyResultV2, Context } from 'aws-lambda';
import type { Framing, SocketAction } from '../../../src/contract/socket/protocol.ts';
import type { Caller } from '../../../src/contract/wire.ts';
import type { Connection, Newcomer, Via } from '../../../src/messaging/connections/connections.ts';
import { writingIn } from '../../../src/messaging/frames/framings.ts';
import type { Said, Told } from '../../../src/messaging/frames/plain.ts';

/** One message on its way through the stack; each layer adds what it found out. */
export interface SocketCall {
  /** The socket's, or that of the session that has moved to it. */
  connectionId: string;
  /** The socket, where it is a session's. */
  via?: Via;
  readonly requestId: string;
  /** How the client writes and reads. */
  framing: Framing;
  /** Asked for once, and awaited by whoever needs it. It fails while the connections cannot be read. */
  found?: Promise<Connection | Newcomer | undefined>;
  /** What the client said, if its framing has packets of other kinds, too. */
  said?: Said;
  /** Goes back with the answer, also of a message that is broken otherwise. */
  ref?: string;
  action?: SocketAction;
  /** What came with the action, as it was sent. */
  sent?: Readonly<Record<string, unknown>>;
  caller?: Caller;
  /** The same, as the action's schema parsed it. */
  data?: Readonly<Record<string, unknown>>;
  /** The connection has said too much, and may say something again after so long. */
  refusedForMs?: number;
  /** The connection is being closed. What came in the same request behind this message is not heard. */
  hasHungUp?: true;
}

/** Lambda's context, carrying the call: the event itself is never touched. */
export interface SocketContext extends Context {
  call: SocketCall;
}

/** What of API Gateway's event is looked at. A packet that comes by HTTP has no more than this. */
export interface SocketEvent {
  readonly requestContext: { readonly connectionId: string; readonly requestId: string };
  readonly body?: string;
}
export type SocketResult = Exclude<APIGatewayProxyResultV2, string>;
export type SocketMiddleware = MiddlewareObj<SocketEvent, SocketResult, Error, SocketContext>;

/** The action of a call, for every layer behind the one that finds it. */
export function actionOf({ action }: SocketCall): SocketAction {
  if (!action) throw new Error('The action of this call has not been found yet');
  return action;
}

export function callerOf({ caller }: SocketCall): Caller {
  if (!caller) throw new Error('The caller of this call has not been found yet');
  return caller;
}

export function answered({ framing }: SocketCall, told: Told): SocketResult {
  return sent(writingIn(framing).write(told));
}

/** A frame that is written already. */
export function sent(body: string): SocketResult {
  return { statusCode: 200, body };
}

/** API Gateway sends a client nothing for this. */
export const unanswered: SocketResult = { statusCode: 200 };
