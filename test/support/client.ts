import * as z from 'zod';
import { errors } from '../../src/contract/errors.ts';
import { errorsOf, type Route } from '../../src/contract/http/route.ts';
import { Enveloped, ErrorBody } from '../../src/contract/wire.ts';

/** One HTTP request, however it travels: into a handler, or over a wire. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  /** Which route a gateway would find for it. */
  readonly routeKey: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Send = (request: HttpRequest) => Promise<HttpResponse>;

type Shape<S> = S extends z.ZodType ? z.input<S> : undefined;

/** What a caller passes; only what the route declares is asked for. */
type Asked<R extends Route> = {
  readonly token?: string;
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
} & Part<'params', Shape<R['params']>> &
  Part<'query', Shape<R['query']>> &
  Part<'body', Shape<R['body']>>;

type Part<Name extends string, T> = [T] extends [undefined] ? object : Readonly<Record<Name, T>>;

interface Meta {
  readonly headers: Readonly<Record<string, string>>;
}

type Told<R extends Route> =
  | (Meta &
      {
        [S in keyof R['responses'] & number]: {
          readonly status: S;
          readonly body: R['responses'][S] extends { readonly schema: infer T extends z.ZodType }
            ? z.output<T>
            : never;
          readonly error?: never;
        };
      }[keyof R['responses'] & number])
  | (Meta & {
      readonly status: -1;
      readonly body?: never;
      readonly error: z.output<typeof ErrorBody>['error'] & { readonly status: number };
    });

export type Client<R extends Route> = {
  readonly [Each in R as Each['id']]: (asked?: Asked<Each>) => Promise<Told<Each>>;
};

interface AnyAsked {
  readonly token?: string;
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/**
 * A client made from the contract: a method per route, typed by it, that refuses an answer or an error
 * code which the route does not declare.
 */
export function clientOf<R extends Route>(routes: readonly R[], send: Send): Client<R> {
  const methods = routes.map((route) => [
    route.id,
    async (asked: AnyAsked = {}) => read(route, await send(requestOf(route, asked))),
  ]);
  return Object.fromEntries(methods) as Client<R>;
}

function requestOf(route: Route, asked: AnyAsked): HttpRequest {
  const params = texts(asked.params);
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
  return {
    method: route.method,
    path,
    routeKey: `${route.method} ${route.path}`,
    params,
    query: texts(asked.query),
    headers: {
      ...(asked.body !== undefined && { 'content-type': 'application/json' }),
      ...(asked.token !== undefined && { authorization: `Bearer ${asked.token}` }),
      ...(asked.idempotencyKey !== undefined && { 'x-idempotency-key': asked.idempotencyKey }),
      ...asked.headers,
    },
    ...(asked.body !== undefined && { body: JSON.stringify(asked.body) }),
  };
}

function texts(values: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

function refusal(route: Route, status: number, { error }: z.output<typeof ErrorBody>) {
  const declared = errorsOf(route).find((code) => code === error.code);
  if (!declared) throw new Error(`${route.id} answered ${error.code}, which it does not declare`);
  if (errors[declared].status !== status) {
    throw new Error(`${route.id} answered ${error.code} with ${status}, which is not its status`);
  }
  return { status, ...error };
}

function read(route: Route, { status, headers, body }: HttpResponse) {
  const json: unknown = JSON.parse(body);
  const declared = route.responses[status];
  const failed = ErrorBody.safeParse(json);
  if (failed.success) return { status: -1, headers, error: refusal(route, status, failed.data) };
  if (!declared)
    throw new Error(`${route.id} answered ${status}, which it does not declare: ${body}`);
  const schema = route.envelope === 'data' ? Enveloped(declared.schema) : declared.schema;
  const parsed: unknown = schema.parse(json);
  const told =
    route.envelope === 'data' ? z.object({ data: z.unknown() }).parse(parsed).data : parsed;
  return { status, headers, body: told };
}
