import { readEnvironment } from '../src/contract/functions.ts';
import { servedByOrders } from '../src/contract/http/served-by/orders.ts';
import { freeNearby } from '../src/fleet/presence/free-nearby.ts';
import { openGeoIndex } from '../src/fleet/presence/index/geo-index.ts';
import { cancelOrder } from '../src/orders/ending/cancel-order.ts';
import { placeOrder } from '../src/orders/placing/place-order.ts';
import { findActiveOrder, listBookings, listOrders } from '../src/orders/reading/list-orders.ts';
import { previewCancellation } from '../src/orders/reading/preview-cancellation.ts';
import {
  showBooking,
  showBookingTrucks,
  showOrder,
  showStatus,
} from '../src/orders/reading/show-order.ts';
import { searchTrucks } from '../src/orders/search-trucks.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { rememberIn } from '../src/platform/once/idempotency.ts';
import { countInRedis } from '../src/platform/rate-limit.ts';
import { redisLocks } from '../src/platform/redis/lock.ts';
import { httpFunction } from './edge/http/http-function.ts';
import { ok } from './edge/http/reply.ts';
import { identityFrom } from './wiring/identify.ts';
import { orderDepsFrom } from './wiring/orders.ts';
import { redisFrom } from './wiring/stores.ts';

const env = readEnvironment('orders', process.env);
const { read: readSecret } = openSecrets();
const redis = redisFrom(env);
const { identify } = identityFrom(env, readSecret, clock);
const deps = {
  ...orderDepsFrom(env, redis, readSecret, clock),
  locks: redisLocks(redis),
};
const nearby = { geo: openGeoIndex({ redis, clock }), postgres: deps.postgres };
const search: Parameters<typeof searchTrucks>[1] = {
  clock,
  freeNearby: (from, kinds) => freeNearby({ from, kinds }, nearby),
};

export const handler = httpFunction(
  servedByOrders,
  {
    searchTrucks: async ({ query }) => ok(await searchTrucks(query, search)),
    placeOrder: async ({ caller, body, idempotencyKey, signal }) => {
      const input = { customerId: caller.userId, idempotencyKey, order: body, signal };
      const { view, replayed } = await placeOrder(input, deps);
      return { status: 201, body: view, replayed };
    },
    listOrders: async ({ caller, query }) => ok(await listOrders(caller.userId, query, deps)),
    checkActiveOrder: async ({ caller }) => ok(await findActiveOrder(caller.userId, deps)),
    getOrder: async (request) => ok(await showOrder(own(request), deps)),
    getOrderStatus: async (request) => ok(await showStatus(own(request), deps)),
    previewCancellation: async (request) => ok(await previewCancellation(own(request), deps)),
    cancelOrder: async (request) =>
      ok(await cancelOrder({ ...own(request), ...request.body }, deps)),
    listBookings: async ({ caller, query }) => ok(await listBookings(caller.userId, query, deps)),
    getBooking: async (request) => ok(await showBooking(own(request), deps)),
    listBookingTrucks: async (request) => ok(await showBookingTrucks(own(request), deps)),
    cancelBooking: async (request) =>
      ok(await cancelOrder({ ...own(request), ...request.body }, deps)),
  },
  {
    authenticate: identify,
    remember: rememberIn(env.IDEMPOTENCY_TABLE),
    countCall: countInRedis(redis),
  },
);

interface OfOneOrder {
  readonly caller: { readonly userId: string };
  readonly params: { readonly id: string };
  readonly counted: Promise<void>;
}

/** P12: an order is always looked up together with the customer whom it must belong to. */
function own({ caller, params, counted }: OfOneOrder) {
  return { orderId: params.id, customerId: caller.userId, counted };
}
