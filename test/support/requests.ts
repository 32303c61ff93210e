import type { Route } from '../../src/contract/http/route.ts';
import { ErrorBody } from '../../src/contract/wire.ts';
import type { HttpRequest, Send } from './client.ts';

/** A request to a route as its example has it, with what is to be otherwise. */
export function requestTo(
  { method, path, example }: Route,
  change: {
    readonly token?: string;
    readonly params?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: object;
  } = {},
): HttpRequest {
  const { token, headers, body = example.body } = change;
  const params = change.params ?? example.params ?? {};
  return {
    // A route for any method is a route for this one.
    method: method === 'ANY' ? 'GET' : method,
    path: path === '$default' ? '/nowhere' : fill(path, params),
    routeKey: path === '$default' ? path : `${method} ${path}`,
    params,
    query: change.query ?? example.query ?? {},
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  };
}

function fill(path: string, params: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
}

/** The code of a refusal, or else the status. */
export async function answerTo(send: Send, request: HttpRequest): Promise<string | number> {
  const { status, body } = await send(request);
  // A page says it in words alone.
  const refused = ErrorBody.safeParse(body.startsWith('{') ? JSON.parse(body) : undefined);
  return refused.success ? refused.data.error.code : status;
}
