import * as z from 'zod';
import type { Route } from '../contract/http/route.ts';
import { ErrorBody } from '../contract/wire.ts';

type Needed<Name extends string, S> = S extends z.ZodType
  ? Readonly<Record<Name, z.input<S>>>
  : object;

/** What a request says: only what the route declares is asked for. */
type Asked<R extends Route> = {
  readonly token?: string;
  readonly idempotencyKey?: string;
} & Needed<'params', R['params']> &
  Needed<'query', R['query']> &
  Needed<'body', R['body']>;

/** Calls a route of the contract, and answers what is declared for this success. Any other answer is thrown. */
export interface CallApi {
  <R extends Route, S extends z.ZodType>(
    route: R,
    expected: { readonly schema: S },
    asked: NoInfer<Asked<R>>,
  ): Promise<z.output<S>>;
}

/** The API said no. */
export class Refused extends Error {
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor({ id }: Route, status: number, { error }: z.output<typeof ErrorBody>) {
    super(`${id}: ${status} ${error.code}, request ${error.requestId}`);
    this.name = 'Refused';
    this.code = error.code;
    this.retryAfterMs = error.retryAfterMs;
  }
}

interface Way {
  /** Where the API is reached, without a path. */
  readonly origin: string;
  /** Ends what takes too long. Default: each call has its own end alone. */
  readonly signal?: AbortSignal;
}

/** API Gateway gives a call thirty seconds, and our functions ten. */
const patienceMs = 15_000;
const Answer = z.object({ data: z.unknown() });

/** The API as an app knows it, by the contract alone. */
export function callApiAt(way: Way): CallApi {
  return async (route, { schema }, asked) => {
    const response = await send(route, partsOf(asked), way);
    const json: unknown = await response.json().catch(() => undefined);
    const refused = ErrorBody.safeParse(json);
    if (refused.success) throw new Refused(route, response.status, refused.data);
    if (!response.ok) throw new Error(`${route.id}: ${response.status}, and not in our words`);
    const told = route.envelope === 'data' ? Answer.parse(json).data : json;
    const parsed = schema.safeParse(told);
    if (parsed.success) return parsed.data;
    throw new Error(`${route.id} broke its contract`, { cause: parsed.error });
  };
}

const Parts = z.object({
  token: z.string().optional(),
  idempotencyKey: z.string().optional(),
  params: z.record(z.string(), z.unknown()).default({}),
  query: z.record(z.string(), z.unknown()).default({}),
  body: z.unknown().optional(),
});

/** What of a request there is, whatever the route. */
const partsOf = (asked: unknown) => Parts.parse(asked);

function send(
  { method, path }: Route,
  { token, idempotencyKey, params, query, body }: z.output<typeof Parts>,
  { origin, signal }: Way,
): Promise<Response> {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params[name])),
  );
  const url = new URL(filled, origin);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  const timeOut = AbortSignal.timeout(patienceMs);
  return fetch(url, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(idempotencyKey !== undefined && { 'x-idempotency-key': idempotencyKey }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: signal ? AbortSignal.any([signal, timeOut]) : timeOut,
  });
}
