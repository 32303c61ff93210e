import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import type { MiddlewareObj } from '@middy/core';
import type { Route } from '../../../src/contract/http/route.ts';
import type { Caller } from '../../../src/contract/wire.ts';

/** One HTTP request on its way through the stack; each layer adds what it found out. */
export interface Call {
  readonly requestId: string;
  readonly startedAt: number;
  /** The client's IP address. Headers say it only if they come from the edge, because a client can write any header. */
  address: string;
  /** Headers of the answer, whether it becomes a reply or an error. */
  readonly responseHeaders: Record<string, string>;
  route?: Route;
  caller?: Caller;
  input?: Input;
  /** The idempotency key, if the route demands one. */
  idempotencyKey?: string;
  /** Succeeds when the call has been counted. Fails if there were too many calls. */
  counted: Promise<void>;
  /** Aborted when the client has been told that it takes too long. */
  signal?: AbortSignal;
}

/** What came in, parsed by the route's schemas. */
export interface Input {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The body, if the route takes a text and no JSON. */
  readonly text: string | undefined;
}

/** What an implementation answered, before it is written as HTTP. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  /** Whether an earlier try did the work. */
  readonly replayed?: boolean;
  /** Of this answer alone, in place of the usual ones of the same names. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Lambda's context, carrying the call: the event itself is never touched. */
export interface HttpContext extends Context {
  call: Call;
}

export type HttpEvent = APIGatewayProxyEventV2;
export type HttpResult = APIGatewayProxyStructuredResultV2;
export type HttpMiddleware = MiddlewareObj<HttpEvent, HttpResult, Error, HttpContext>;

/** The route of a call, for every layer behind the one that finds it. */
export function routeOf(call: Call): Route {
  if (!call.route) throw new Error('The route of this call has not been found yet');
  return call.route;
}

export function inputOf(call: Call): Input {
  if (!call.input) throw new Error('The input of this call has not been parsed yet');
  return call.input;
}
