import { getOrderStatus } from '../../src/contract/http/orders/routes.ts';
import { callsPerUser } from '../../src/contract/http/route.ts';
import { openOrderCache } from '../../src/orders/order/order-cache.ts';
import { countInRedis } from '../../src/platform/rate-limit.ts';
import { eventOf } from '../../test/support/invoke.ts';
import { there } from '../login/warm-auth.ts';
import { firstOrder, oneTruck } from '../place-order/first-order.ts';
import { askAll, type Questions, type Recorder } from '../place-order/recording.ts';
import type { WarmOrders } from '../place-order/warm-orders.ts';

/** Enough of them that none is refused for asking too often. */
const watchers = 100;

interface Visit {
  readonly event: unknown;
  readonly questions: Questions;
}

/** Both sides ask how orders stand that were read a moment ago, each of another customer in turn. */
export async function statusSides(orders: WarmOrders, { take, redis }: Recorder) {
  const visits: Visit[] = [];
  while (visits.length < watchers) {
    const { customer, event } = await firstOrder(orders, oneTruck);
    const id = await orders.place(event);
    // Counting and the cache do not wait for each other.
    await Promise.all([
      countInRedis(
        redis([
          [1, 1],
          [1, 1],
        ]),
      )(`rate:{${customer.id}}:${getOrderStatus.id}`, getOrderStatus.rateLimit, {
        ...callsPerUser,
        key: `rate:{${customer.id}}:all`,
      }),
      openOrderCache(redis(null)).find(id),
    ]);
    visits.push({ event: statusEvent(id, customer.token), questions: take() });
  }
  let turns = 0;
  return {
    what: 'GET orders/{id}/status, read a moment ago',
    prepare: () => Promise.resolve(there(visits[turns++ % watchers])),
    ours: ({ event }: Visit) => orders.ask(event),
    floor: ({ questions }: Visit) => askAll(questions),
  };
}

function statusEvent(id: string, token: string): unknown {
  return eventOf({
    method: 'GET',
    path: getOrderStatus.path.replace('{id}', id),
    routeKey: `GET ${getOrderStatus.path}`,
    params: { id },
    query: {},
    headers: { authorization: `Bearer ${token}` },
  });
}
