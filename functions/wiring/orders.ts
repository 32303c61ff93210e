import type { Environment } from '../../src/contract/environment.ts';
import type { OrderDeps } from '../../src/orders/order/order-deps.ts';
import { openOrderCache } from '../../src/orders/order/order-cache.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { timeOrderedIds } from '../../src/platform/ids.ts';
import type { Patience } from '../../src/platform/aws/patience.ts';
import { openQueue, openSqs } from '../../src/platform/aws/queues.ts';
import type { RedisConnection } from '../../src/platform/redis/redis.ts';
import type { ReadSecret } from '../../src/platform/aws/secrets.ts';
import { postgresFrom } from './stores.ts';

type OrderEnvironment = Parameters<typeof postgresFrom>[0] &
  Environment<'DISPATCH_QUEUE_URL' | 'NOTIFY_QUEUE_URL'>;

/** What a function needs to change orders: stores, cache, queues, clock and ids. */
export function orderDepsFrom(
  env: OrderEnvironment,
  redis: RedisConnection,
  readSecret: ReadSecret,
  clock: Clock,
  patience?: Patience,
): OrderDeps {
  const sqs = patience && openSqs(patience.aws);
  return {
    postgres: postgresFrom(env, readSecret, clock, patience?.postgres),
    cache: openOrderCache(redis),
    queues: {
      dispatch: openQueue(env.DISPATCH_QUEUE_URL, sqs),
      notify: openQueue(env.NOTIFY_QUEUE_URL, sqs),
    },
    ids: timeOrderedIds,
    clock,
  };
}
