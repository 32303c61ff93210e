import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from '../protocol/played-service.ts';
import type { InvokeAsService } from '../lambda/invoke.ts';
import type { RequestFacts, SocketFacts } from '../watch/service-metrics.ts';
import { refusals, write, type Answer } from './answer.ts';
import { callFunction, tooLargeFor } from './call-function.ts';
import { isPreflight, preflightAnswer, withCors } from './cors.ts';
import type { HttpApiDescription } from './descriptions.ts';
import { httpEvent } from './http-event.ts';
import { pathInStage, requestTarget } from './http-path.ts';
import { answerOf } from './http-result.ts';
import { routeFinder, type RouteMatch } from './http-routes.ts';
import type { GatewayLimits } from './limits.ts';
import { readBody } from './read-body.ts';
import { headerBytesOf, newId } from './request-context.ts';
import type { TokenBucket } from './token-bucket.ts';
import { sourceArnOf } from './source-arn.ts';

export interface ApiParts {
  readonly invoke: InvokeAsService;
  readonly limits: GatewayLimits;
  /** What is left of the quota on calls. */
  readonly calls: TokenBucket;
  readonly account: Account;
  readonly now: () => number;
  /** One sentence on what a client saw as a server's error. */
  readonly onProblem: (sentence: string) => void;
  readonly onRequest: (facts: RequestFacts) => void;
  readonly onSocket: (facts: SocketFacts) => void;
}

export type ServeHttp = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** An HTTP API: from a request to the function of its route, and back. */
export function makeHttpApi(api: HttpApiDescription, parts: ApiParts): ServeHttp {
  const ask = answerer(api, parts);
  const { apiId, stage } = api;
  return async (request, response) => {
    const begun = performance.now();
    const requestId = newId();
    response.setHeader('apigw-requestid', requestId);
    const answer = await ask(request, requestId);
    if (answer === 'aborted') return;
    write(response, withCors(answer, api.cors, request));
    const milliseconds = performance.now() - begun;
    parts.onRequest({ apiId, stage, status: answer.status, milliseconds });
  };
}

type Ask = (request: IncomingMessage, requestId: string) => Promise<Answer | 'aborted'>;

function answerer(api: HttpApiDescription, parts: ApiParts): Ask {
  const { limits } = parts;
  const findRoute = routeFinder(api.routes);
  const integrate = integration(api, parts);
  return async (request, requestId) => {
    if (!parts.calls.take()) return refusals.tooManyRequests;
    if (headerBytesOf(request) > limits.headerBytes) return refusals.headersTooLarge;
    const target = requestTarget(request.url ?? '');
    if (!target) return refusals.badRequest;
    const path = pathInStage(target.path, api.stage);
    const match = path === undefined ? undefined : findRoute(request.method ?? '', path);
    if (!match) {
      // A route that takes OPTIONS, ANY and $default included, gets the browser's question instead.
      if (api.cors && isPreflight(request)) return preflightAnswer(api.cors, request);
      return refusals.notFound;
    }
    const body = await readBody(request, limits.bodyBytes);
    if (body === 'aborted') return 'aborted';
    if (body === 'too-large') return refusals.bodyTooLarge;
    const { accountId } = parts.account;
    const call = { request, body, ...target, match, requestId, accountId, nowMs: parts.now() };
    const event = httpEvent(api, call);
    if (tooLargeFor(limits.payloadBytes, event, body.length)) return refusals.bodyTooLarge;
    return integrate(match, event);
  };
}

type Integrate = (match: RouteMatch, event: object) => Promise<Answer>;

/** Calls the function of a route, and makes of what it returns, or of how it fails, an answer. */
function integration(api: HttpApiDescription, parts: ApiParts): Integrate {
  const { limits } = parts;
  return async ({ route }, event) => {
    const timeoutMs = Math.min(route.timeoutMs ?? Infinity, limits.httpIntegrationMs);
    const sourceArn = sourceArnOf(api, route.routeKey, parts.account);
    const call = () => parts.invoke(route.functionName, event, sourceArn);
    const outcome = await callFunction(call, timeoutMs);
    const failed = (why: string, answer: Answer): Answer => {
      parts.onProblem(`${route.routeKey} answered ${answer.status}: ${route.functionName} ${why}.`);
      return answer;
    };
    if (outcome.ok) {
      const answer = answerOf(outcome.payload);
      if (!answer) return failed('returned a malformed result', refusals.functionFailed);
      const tooLong = Buffer.byteLength(answer.body) > limits.payloadBytes;
      return tooLong ? failed('returned more than 6 MB', refusals.functionFailed) : answer;
    }
    if (outcome.reason === 'integration-timeout') {
      return failed(`took longer than ${timeoutMs} ms`, refusals.unavailable);
    }
    if (outcome.reason === 'throttled') return failed('was throttled', refusals.unavailable);
    if (outcome.reason === 'forbidden') {
      return failed(`was not invoked: ${outcome.errorMessage}`, refusals.functionFailed);
    }
    return failed(
      `failed (${outcome.errorType}: ${outcome.errorMessage})`,
      refusals.functionFailed,
    );
  };
}
