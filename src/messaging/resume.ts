import { orderState, resumed } from '../contract/socket/actions.ts';
import type { Caller } from '../contract/wire.ts';
import type { SocketReply } from '../contract/queues.ts';
import type { OrderDeps } from '../orders/order/order-deps.ts';
import { liveOrders } from '../orders/reading/live-orders.ts';

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
  const orders = caller.role === 'customer' ? await liveOrders(caller.userId, deps) : [];
  const count = orders.length;
  if (count === 0) return { count };
  const reply: SocketReply = {
    kind: 'reply',
    id: deps.ids.next(),
    connectionId,
    messages: [
      ...orders.map((data) => ({ event: orderState.event, data })),
      { event: resumed.event, ref, data: { count } },
    ],
  };
  await deps.queues.notify.send(reply);
  return undefined;
}
