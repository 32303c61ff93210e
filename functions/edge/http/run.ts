import { answersAreStrict } from '../../../src/contract/environment.ts';
import type { Route } from '../../../src/contract/http/route.ts';
import type { Caller } from '../../../src/contract/wire.ts';
import { logger } from '../../../src/platform/logs/observability.ts';
import {
  inputOf,
  routeOf,
  type Call,
  type HttpContext,
  type HttpEvent,
  type Input,
  type Reply,
} from './call.ts';
import { surplusOf } from './surplus.ts';

/** What stands at the end of the stack: a call becomes a reply. */
export type Run = (call: Call, event: HttpEvent, context: HttpContext) => Promise<Reply>;

/** An implementation as the stack sees it; the contract's types hold where it is bound. */
export type AnyImplementation = (
  request: Input & {
    readonly caller: Caller | undefined;
    readonly requestId: string;
    readonly address: string;
    readonly idempotencyKey: string | undefined;
    readonly counted: Promise<void>;
    readonly signal: AbortSignal | undefined;
  },
) => Promise<Reply>;

/** Runs the use case that implements the route, and checks its answer against the contract. */
export function runUseCase(implementations: ReadonlyMap<string, AnyImplementation>): Run {
  return async (call) => {
    const route = routeOf(call);
    const implementation = implementations.get(route.id);
    if (!implementation) throw new Error(`Nothing implements ${route.id}`);
    const { caller, requestId, address, idempotencyKey, counted, signal } = call;
    const input = {
      ...inputOf(call),
      caller,
      requestId,
      address,
      idempotencyKey,
      counted,
      signal,
    };
    const reply = await implementation(input);
    if (reply.replayed) call.responseHeaders['idempotent-replayed'] = 'true';
    return checked(route, reply);
  };
}

/** An answer that breaks the contract is a fault of ours, whatever the client would make of it. */
function checked(route: Route, { status, body, headers = {} }: Reply): Reply {
  const declared = route.responses[status];
  if (!declared)
    throw new Error(`${route.id} answered ${status}, which its contract does not know`);
  // A browser's page says the same in words; its type has been checked where it was bound.
  if (declared.page && typeof body === 'string') return { status, body, headers };
  const parsed = declared.schema.safeParse(body);
  if (!parsed.success) {
    throw new Error(`${route.id} broke its contract for ${status}`, { cause: parsed.error });
  }
  const surplus = surplusOf(body, parsed.data);
  if (surplus.length > 0) leftOut(route, surplus);
  return { status, body: parsed.data, headers };
}

/** It never leaves the house. While we develop it is also a fault, so that a test sees it. */
function leftOut(route: Route, surplus: readonly string[]): void {
  const told = `${route.id} answered what its contract does not know: ${surplus.join(', ')}`;
  if (answersAreStrict(process.env)) throw new Error(told);
  logger.error(told);
}
