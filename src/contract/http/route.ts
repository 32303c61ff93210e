import type * as z from 'zod';
import type { ErrorCode } from '../errors.ts';
import type { HttpFunctionName } from '../functions.ts';
import type { Caller, Role } from '../wire.ts';

/**
 * One route of the HTTP API. From this declaration alone come the route in API Gateway, the type that
 * its implementation must have, parsing in and out, the tests' client, and its page in OpenAPI.
 */
export interface Route {
  /** The operation id: unique, camelCase, a verb first. Part of every idempotency key. */
  readonly id: string;
  /** The Lambda function that serves it. */
  readonly function: HttpFunctionName;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'ANY';
  /** As API Gateway spells it, `{id}` for parameters; `$default` is what nothing else matches. */
  readonly path: `/${string}` | '$default';
  /** Other paths that answer identically, for clients that know them by those. */
  readonly aliases?: readonly `/${string}`[];
  /** Who may call it. `signed-in` is every role. */
  readonly audience: 'public' | 'signed-in' | readonly Role[];
  /** Left out of the documents: the gateway needs it, and no developer calls it. Default: shown. */
  readonly hidden?: true;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Header names are lower case. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** The body of a route that takes a text and no JSON. */
  readonly text?: z.ZodString;
  /** `data` wraps an answer in the envelope; `bare` sends it as it is. */
  readonly envelope: 'data' | 'bare';
  /** How long caches may keep the answer. Default: no cache may. */
  readonly cacheSeconds?: number;
  readonly responses: Readonly<Record<number, ResponseDeclaration>>;
  /** Codes beyond those that follow from the rest of the declaration (see `errorsOf`). */
  readonly errors: readonly ErrorCode[];
  /** `required`: 400 without a key. `honoured`: a key makes it safe to repeat, but may be left out. */
  readonly idempotency?: 'required' | 'honoured';
  readonly rateLimit?: RateLimit;
  readonly example: RouteExample;
}

interface ResponseDeclaration {
  readonly description: string;
  readonly schema: z.ZodType;
  /** Of an answer that is a text. Default: it is JSON. */
  readonly media?: 'text/plain' | 'text/html';
  /**
   * A browser gets a page instead of the JSON: an implementation answers with its text. All refusals of the route are
   * then pages for a browser, too. Default: all get the JSON.
   */
  readonly page?: true;
}

/**
 * A8's limit over all signed-in routes, beside each route's own. The functions in the VPC count together in Redis,
 * places counts in DynamoDB: each store counts the calls that come to it. What a use case counts by itself is not
 * among them, for its limit is far stricter.
 */
export const callsPerUser = { limit: 1000, windowSeconds: 60 } as const;

export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
  /** `user` where the caller is known, else one of the others; `session` is named by the refresh token in the body. */
  readonly per: 'user' | 'address' | 'session';
  /** Whether a call that cannot be counted is refused. Default: it goes on. */
  readonly strict?: true;
  /**
   * Set if a script of the use case keeps the limit, so that the edge need not ask Redis for it. Default: the edge
   * does.
   */
  readonly countedBy?: 'use-case';
  /**
   * The use case begins while the call is counted, and waits for `counted` before it asks anything that costs more than
   * the counting does. Default: it begins when the call has been counted.
   */
  readonly alongside?: true;
}

interface RouteExample {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly text?: string;
  /** One answer per status that is worth showing. */
  readonly responses: Readonly<Record<number, Readonly<Record<string, unknown>> | string>>;
}

export function route<const R extends Route>(declaration: R): R {
  return declaration;
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : Readonly<Record<string, never>>;

/** What an implementation is handed: everything parsed, and who is asking. */
interface RequestOf<R extends Route> {
  readonly params: Parsed<R['params']>;
  readonly query: Parsed<R['query']>;
  readonly headers: Parsed<R['headers']>;
  readonly body: Parsed<R['body']>;
  readonly text: R['text'] extends z.ZodString ? string : undefined;
  readonly caller: R['audience'] extends 'public' ? undefined : Caller;
  /** The idempotency key, if the route requires one, or honours one and the request has it. */
  readonly idempotencyKey: R['idempotency'] extends 'required'
    ? string
    : R['idempotency'] extends 'honoured'
      ? string | undefined
      : undefined;
  readonly requestId: string;
  /** The IP address that API Gateway saw: the phone's own, or its carrier's. */
  readonly address: string;
  /** Succeeds when the call has been counted. Fails if there were too many calls. */
  readonly counted: Promise<void>;
  /** Aborted when the client has been told to try again. What it asked for must then not be done. */
  readonly signal?: AbortSignal | undefined;
}

/** What an implementation may answer: a status that the route declares, with the body declared for it. */
export type ReplyOf<R extends Route> = {
  [S in keyof R['responses'] & number]: {
    readonly status: S;
    readonly body:
      | (R['responses'][S] extends { readonly schema: infer T extends z.ZodType }
          ? z.input<T>
          : never)
      | (R['responses'][S] extends { readonly page: true } ? string : never);
    /** Whether an earlier try did the work. The header `Idempotent-Replayed` says so. */
    readonly replayed?: boolean;
    /** Of this answer alone, in place of the usual ones of the same names. */
    readonly headers?: Readonly<Record<string, string>>;
  };
}[keyof R['responses'] & number];

export type Implementation<R extends Route> = (request: RequestOf<R>) => Promise<ReplyOf<R>>;

/** One implementation per route, by operation id: leaving one out does not compile. */
export type Implementations<R extends Route> = {
  readonly [Each in R as Each['id']]: Implementation<Each>;
};

/** As API Gateway names the route of an event: `GET /health`, or `$default`. */
export function routeKeysOf({ method, path, aliases = [] }: Route): readonly string[] {
  return path === '$default' ? [path] : [path, ...aliases].map((each) => `${method} ${each}`);
}

/** Whether a browser gets pages from the route. */
export function hasPage({ responses }: Route): boolean {
  return Object.values(responses).some(({ page }) => page);
}

/** Every code that a route can answer with. */
export function errorsOf(route: Route): readonly ErrorCode[] {
  const takesInput = route.params ?? route.query ?? route.headers ?? route.body ?? route.text;
  const open = route.audience === 'public';
  const implied: readonly (readonly [unknown, readonly ErrorCode[]])[] = [
    [takesInput, ['VALIDATION_ERROR']],
    [route.body ?? route.text, ['UNSUPPORTED_MEDIA_TYPE']],
    [!open, ['UNAUTHORIZED']],
    [Array.isArray(route.audience), ['FORBIDDEN']],
    [route.rateLimit ?? !open, ['RATE_LIMIT_EXCEEDED']],
    [route.idempotency, ['MISSING_IDEMPOTENCY_KEY', 'CONCURRENT_REQUEST', 'IDEMPOTENCY_CONFLICT']],
    [true, ['PAYLOAD_TOO_LARGE', 'INTERNAL_ERROR', 'SERVICE_UNAVAILABLE']],
  ];
  const codes = implied.flatMap(([applies, theirs]) => (applies ? theirs : []));
  return [...new Set([...route.errors, ...codes])];
}
