import middy from '@middy/core';
import type { SocketAction, SocketImplementations } from '../../../src/contract/socket/protocol.ts';
import type { Caller } from '../../../src/contract/wire.ts';
import type { CountCall } from '../../../src/platform/rate-limit.ts';
import { observe } from '../observe.ts';
import {
  actionOf,
  callerOf,
  answered,
  unanswered,
  type SocketCall,
  type SocketContext,
  type SocketEvent,
  type SocketResult,
} from './call.ts';
import {
  findConnection,
  identifyCaller,
  requireLiveToken,
  requireRole,
  type SocketGuards,
} from './authenticate.ts';
import { findAction } from './find-action.ts';
import { heedPackets } from './heed-packets.ts';
import { limitRate } from './limit-rate.ts';
import { mapErrors } from './map-errors.ts';
import { openCall } from './open-call.ts';
import { parseData } from './parse-data.ts';
import type { Welcoming } from './welcome-client.ts';

type AnyImplementation = (message: {
  readonly data: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  readonly connectionId: string;
  readonly ref: string | undefined;
}) => Promise<unknown>;

interface Guards extends SocketGuards, Welcoming {
  readonly countCall: CountCall;
}

/** The handler of what clients say: every action gets exactly one answer, which carries its `ref`. */
export function messageFunction<A extends SocketAction>(
  actions: readonly A[],
  implementations: NoInfer<SocketImplementations<A>>,
  guards: Guards,
) {
  const byName = new Map<string, AnyImplementation>(Object.entries(implementations));

  return middy<SocketEvent, SocketResult, Error, SocketContext>()
    .use(openCall())
    .use(observe())
    .use(mapErrors())
    .use(findConnection(guards))
    .use(heedPackets(guards))
    .use(findAction(actions))
    .use(identifyCaller(guards))
    .use(requireLiveToken(guards))
    .use(requireRole())
    .use(parseData())
    .use(limitRate(guards.countCall))
    .handler(async (_, { call }) => answer(call, byName));
}

/** Runs the use case that implements the action, and checks its answer against the contract. */
async function answer(
  call: SocketCall,
  implementations: ReadonlyMap<string, AnyImplementation>,
): Promise<SocketResult> {
  const { action, answer: declared, isQuiet, mayAnswerLater } = actionOf(call);
  const implementation = implementations.get(action);
  if (!implementation) throw new Error(`Nothing implements ${action}`);
  const { connectionId, ref, data = {} } = call;
  const done = await implementation({ data, caller: callerOf(call), connectionId, ref });
  if ((isQuiet && !ref) || (mayAnswerLater && done === undefined)) return unanswered;
  return answered(call, { event: declared.event, ref, data: declared.data?.parse(done) });
}
