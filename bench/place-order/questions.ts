import { placeOrder as route } from '../../src/contract/http/orders/routes.ts';
import { NewOrder } from '../../src/contract/http/orders/views.ts';
import { placeOrder } from '../../src/orders/placing/place-order.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { redisLocks } from '../../src/platform/redis/lock.ts';
import { openQueue } from '../../src/platform/aws/queues.ts';
import { throughTheEdge } from './edge-questions.ts';
import type { FirstOrder } from './first-order.ts';
import type { Recorder } from './recording.ts';
import type { WarmOrders } from './warm-orders.ts';

/** What placing an order asks of the stores: the same way down as the function's, with recordings at its end. */
export async function questionsOf(
  { env }: WarmOrders,
  { customer, idempotencyKey, body }: FirstOrder,
  recorder: Recorder,
) {
  const { postgres, redis, sqs } = recorder;
  const now = clock.now();
  // Without an id it is no order in the way; it is the order that was placed all the same.
  const nobodyAndThenAnOrder = {
    id: null,
    reason_code: null,
    search_closed_at: null,
    search_deadline: now,
    created_at: now,
    updated_at: now,
    trucks: [{ createdAtMs: now.getTime(), updatedAtMs: now.getTime() }],
    stops: [],
  };
  const deps = {
    postgres: postgres({ ...nobodyAndThenAnOrder, customer_phone: '9876543210' }),
    locks: redisLocks(redis(1)),
    cache: nothingIsCached,
    queues: {
      dispatch: openQueue(env.DISPATCH_QUEUE_URL, sqs),
      notify: openQueue(env.NOTIFY_QUEUE_URL, sqs),
    },
    ids,
    clock,
  };
  const customerId = customer.id;
  const order = NewOrder.parse(body);
  const call = { route, caller: customer, idempotencyKey, payload: order };
  await throughTheEdge(env, call, recorder, async () => {
    const { view } = await placeOrder({ customerId, idempotencyKey, order }, deps);
    return { status: 201, body: view };
  });
  return recorder.take();
}

const nothingIsCached = {
  find: () => Promise.resolve(undefined),
  keep: () => Promise.resolve(),
  supersede: () => Promise.resolve(true),
};
