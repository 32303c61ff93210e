import middy from '@middy/core';
import type { SocketAction, SocketImplementations } from '../../../src/contract/socket/protocol.ts';
import type { Caller } from '../../../src/contract/wire.ts';
import type { Via } from '../../../src/messaging/connections/connections.ts';
import { asPartOf } from '../../../src/platform/logs/request.ts';
import { observe } from '../observe.ts';
import {
  actionOf,
  callerOf,
  answered,
  unanswered,
  type SocketCall,
  type SocketContext,
  type SocketEvent,
  type SocketMiddleware,
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
import { heedPackets, type PacketGuards } from './heed-packets.ts';
import { limitMessages } from './limit-messages.ts';
import { limitRate } from './limit-rate.ts';
import { mapErrors } from './map-errors.ts';
import { openCall } from './open-call.ts';
import { parseData } from './parse-data.ts';
import { probed } from './upgrade-session.ts';

type AnyImplementation = (message: {
  readonly data: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  readonly connectionId: string;
  readonly ref: string | undefined;
}) => Promise<unknown>;

export interface HearingGuards extends SocketGuards, PacketGuards {
  /** Whether an answer was put behind what waits for the client, so that it overtakes nothing. */
  readonly answersByMailbox: (
    answer: Readonly<{ sid: string; via: Via; text: string }>,
  ) => Promise<boolean>;
}

/** The handler of what clients say on a socket. */
export function messageFunction<A extends SocketAction>(
  actions: readonly A[],
  implementations: NoInfer<SocketImplementations<A>>,
  guards: HearingGuards,
) {
  const hear = hearing(actions, implementations, guards, [observe()]);
  return async (event: SocketEvent, context: SocketContext): Promise<SocketResult> => {
    const result = await hear(event, context);
    const { via, connectionId: sid } = context.call;
    const { body: text } = result;
    if (!via || !text || text === probed) return result;
    return (await guards.answersByMailbox({ sid, via, text })) ? unanswered : result;
  };
}

/** The steps of one message: every action gets exactly one answer, which carries its `ref`. `first` comes before them. */
export function hearing<A extends SocketAction>(
  actions: readonly A[],
  implementations: NoInfer<SocketImplementations<A>>,
  guards: HearingGuards,
  first: readonly SocketMiddleware[] = [],
) {
  const byName = new Map<string, AnyImplementation>(Object.entries(implementations));

  return middy<SocketEvent, SocketResult, Error, SocketContext>()
    .use(openCall())
    .use([...first])
    .use(mapErrors())
    .use(findConnection(guards))
    .use(limitMessages(guards))
    .use(heedPackets(guards))
    .use(findAction(actions))
    .use(identifyCaller(guards))
    .use(requireLiveToken(guards))
    .use(requireRole())
    .use(parseData())
    .use(limitRate(guards.countCall))
    .handler(async (_, { call }) => asPartOf(call.requestId, () => answer(call, byName)));
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
