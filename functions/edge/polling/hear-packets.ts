import { functions } from '../../../src/contract/functions.ts';
import type { SocketAction, SocketImplementations } from '../../../src/contract/socket/protocol.ts';
import type { SocketContext } from '../socket/call.ts';
import { hearing, type HearingGuards } from '../socket/message-function.ts';

/**
 * Hears one packet that came by HTTP, as if it had come on a socket. Answers what is to be told, and whether the session
 * is being closed: then no further packet is to be heard.
 */
export type HearPacket = (packet: {
  readonly sid: string;
  readonly requestId: string;
  readonly text: string;
}) => Promise<{ readonly answer: string | undefined; readonly hasHungUp: boolean }>;

export function hearPackets<A extends SocketAction>(
  actions: readonly A[],
  implementations: NoInfer<SocketImplementations<A>>,
  guards: HearingGuards,
): HearPacket {
  const hear = hearing(actions, implementations, guards);
  return async ({ sid, requestId, text }) => {
    const requestContext = { connectionId: sid, requestId };
    const context = contextOf(requestId);
    const { body: answer } = await hear({ requestContext, body: text }, context);
    return { answer, hasHungUp: context.call.hasHungUp ?? false };
  };
}

/** The steps of a message only look at the call in it. The request's own context has a call of another kind. */
function contextOf(requestId: string): SocketContext {
  const nothing = () => undefined;
  return {
    call: { connectionId: '', requestId, framing: 'socket-io' },
    callbackWaitsForEmptyEventLoop: false,
    functionName: '',
    functionVersion: '',
    invokedFunctionArn: '',
    memoryLimitInMB: '',
    awsRequestId: requestId,
    logGroupName: '',
    logStreamName: '',
    // As long as a packet has on a socket.
    getRemainingTimeInMillis: () => functions['socket-message'].timeoutSeconds * 1000,
    done: nothing,
    fail: nothing,
    succeed: nothing,
  };
}
