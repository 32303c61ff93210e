import { resumed } from '../contract/socket/actions.ts';
import type { Caller } from '../contract/wire.ts';
import type { SocketReply } from '../contract/queues.ts';
import { liveFor } from './handshake/live-for.ts';
import { pack } from './packed.ts';
import type { OrderDeps } from '../orders/order/order-deps.ts';

interface Asked {
  readonly caller: Caller;
  readonly connectionId: string;
  readonly ref: string | undefined;
}

/**
 * P10: tells a client that has connected everything that is live, from PostgreSQL, and then that this was all. This
 * function is in the VPC and can answer with one message only. If there are more, notify posts them.
 */
export async function resume(
  { caller, connectionId, ref }: Asked,
  deps: OrderDeps,
): Promise<{ readonly count: number } | undefined> {
  const messages = await liveFor(caller, deps);
  const count = messages.length;
  if (count === 0) return { count };
  const reply: SocketReply = {
    kind: 'reply',
    id: deps.ids.next(),
    connectionId,
    framing: 'plain',
    packed: pack(messages),
    messages: [{ event: resumed.event, ref, data: { count } }],
  };
  await deps.queues.notify.send(reply);
  return undefined;
}
