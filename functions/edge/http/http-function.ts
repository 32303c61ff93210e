import middy from '@middy/core';
import type { Implementations, Route } from '../../../src/contract/http/route.ts';
import type { Identify } from '../../../src/identity/sessions/access-token.ts';
import type { IsFromEdge } from '../../../src/platform/edge-secret.ts';
import { asPartOf } from '../../../src/platform/logs/request.ts';
import type { Remember } from '../../../src/platform/once/idempotency.ts';
import type { CountCall } from '../../../src/platform/rate-limit.ts';
import { authenticate, requireRole } from './authenticate.ts';
import type { HttpContext, HttpEvent, HttpResult } from './call.ts';
import { compress } from './compress.ts';
import { enterByEdge } from './enter-by-edge.ts';
import { findRoute } from './find-route.ts';
import { limitBody } from './limit-body.ts';
import { limitRate } from './limit-rate.ts';
import { mapErrors, type OwnRefusal, type RefusalPage } from './map-errors.ts';
import { observe } from './observe.ts';
import { oncePerKey } from './once-per-key.ts';
import { parseInput } from './parse-input.ts';
import { requestId } from './request-id.ts';
import { runUseCase, type AnyImplementation } from './run.ts';
import { securityHeaders } from './security-headers.ts';
import { writeReply } from './write.ts';

/** So much time before Lambda would end the function without an answer, we answer "try again" ourselves. */
const lastMilliseconds = 300;

/** What the stack needs from outside, as soon as one route asks for it. */
export type GuardsFor<R extends Route> = Need<
  Exclude<R['audience'], 'public'>,
  { readonly authenticate: Identify; readonly countCall: CountCall }
> &
  Need<Extract<R, { readonly idempotency: string }>, { readonly remember: Remember }> &
  Need<Extract<R, { readonly rateLimit: object }>, { readonly countCall: CountCall }> &
  Need<Extract<ResponsesOf<R>, { readonly page: true }>, PageGuard> & {
    /** Undefined: the stage has no edge. */
    readonly isFromEdge: IsFromEdge | undefined;
    readonly ownRefusal?: OwnRefusal;
  };

type ResponsesOf<R extends Route> = R extends Route ? R['responses'][keyof R['responses']] : never;

interface PageGuard {
  readonly refusalPage: RefusalPage;
}

type Need<Reason, Guard> = [Reason] extends [never] ? object : Guard;

/** The handler of an HTTP function: one implementation for every route that it serves. */
export function httpFunction<R extends Route>(
  routes: readonly R[],
  implementations: NoInfer<Implementations<R>>,
  guards: NoInfer<GuardsFor<R>>,
) {
  const given: Partial<GuardsFor<Required<Route>> & PageGuard> = guards;
  const byId = new Map<string, AnyImplementation>(Object.entries(implementations));
  const run = oncePerKey(given.remember, limitRate(given.countCall, runUseCase(byId)));

  return middy<HttpEvent, HttpResult, Error, HttpContext>({
    timeoutEarlyInMillis: lastMilliseconds,
  })
    .use(requestId())
    .use(observe())
    .use(compress())
    .use(mapErrors(given.refusalPage, given.ownRefusal))
    .use(securityHeaders())
    .use(enterByEdge(given.isFromEdge))
    .use(findRoute(routes))
    .use(limitBody())
    .use(authenticate(given.authenticate))
    .use(requireRole())
    .use(parseInput())
    .handler(async (event, context, { signal }) => {
      const { call } = context;
      call.signal = signal;
      return asPartOf(call.requestId, async () =>
        writeReply(await run(call, event, context), call),
      );
    });
}
