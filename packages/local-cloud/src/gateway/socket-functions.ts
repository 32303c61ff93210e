import { callFunction } from './call-function.ts';
import type { WebSocketApiDescription } from './descriptions.ts';
import type { ApiParts } from './http-api.ts';
import { type SocketResult, socketResultOf } from './socket-result.ts';
import { sourceArnOf } from './source-arn.ts';
import type { SocketFacts } from '../watch/service-metrics.ts';

/** How a call ended; a refused upgrade gets the status. */
type Called =
  | { readonly ok: true; readonly result: SocketResult }
  | { readonly ok: false; readonly status: 500 | 502 | 504 };

export type CallRoute = (routeKey: string, event: object) => Promise<Called>;

/** A route that an API has no function for is as good as one that says yes. */
const yes: Called = { ok: true, result: { statusCode: 200, headers: new Map(), body: '' } };

/**
 * Calls the functions of socket routes. A failed one is a bad gateway, one that was not even called an
 * internal error: so it was seen in the cloud, where no page says it.
 */
export function socketFunctions(api: WebSocketApiDescription, parts: ApiParts): CallRoute {
  const routes = new Map(api.routes.map((route) => [route.routeKey, route]));
  const { apiId, stage } = api;
  return async (routeKey, event) => {
    const route = routes.get(routeKey);
    if (!route) return yes;
    const told = (failure?: SocketFacts['failure']) =>
      parts.onSocket({ apiId, stage, kind: kindOf(routeKey), failure });
    const timeoutMs = Math.min(route.timeoutMs ?? Infinity, parts.limits.socketIntegrationMs);
    const sourceArn = sourceArnOf(api, routeKey, parts.account);
    const call = () => parts.invoke(route.functionName, event, sourceArn);
    const outcome = await callFunction(call, timeoutMs);
    const failed = (why: string, status: 500 | 502 | 504): Called => {
      told(status === 500 ? 'execution' : 'integration');
      parts.onProblem(`Socket route ${routeKey}: ${route.functionName} ${why}.`);
      return { ok: false, status };
    };
    if (outcome.ok) {
      const result = socketResultOf(outcome.payload);
      if (!result) return failed('returned a malformed result', 502);
      told(result.statusCode >= 400 ? 'integration' : undefined);
      return { ok: true, result };
    }
    if (outcome.reason === 'integration-timeout') {
      return failed(`took longer than ${timeoutMs} ms`, 504);
    }
    if (outcome.reason === 'throttled') return failed('was throttled', 500);
    if (outcome.reason === 'forbidden') {
      return failed(`was not invoked: ${outcome.errorMessage}`, 500);
    }
    return failed(`failed (${outcome.errorType}: ${outcome.errorMessage})`, 502);
  };
}

function kindOf(routeKey: string): SocketFacts['kind'] {
  if (routeKey === '$connect') return 'connect';
  return routeKey === '$disconnect' ? 'disconnect' : 'message';
}
