import { readEnvironment } from '../src/contract/functions.ts';
import type { OrderStatus } from '../src/contract/orders.ts';
import { freeNearby } from '../src/fleet/free-nearby.ts';
import { openGeoIndex } from '../src/fleet/geo-index.ts';
import { cancelOrder } from '../src/orders/cancel-order.ts';
import { countOrders, findActiveOrder, listOrders } from '../src/orders/list-orders.ts';
import { bookingView, ordersCalled } from '../src/orders/booking.ts';
import { detailView, listedView, stateView } from '../src/orders/order-snapshot.ts';
import { placedView } from '../src/orders/placed-order.ts';
import { placeOrder } from '../src/orders/place-order.ts';
import { previewCancellation } from '../src/orders/preview-cancellation.ts';
import { readOrder } from '../src/orders/read-order.ts';
import { searchTrucks } from '../src/orders/search-trucks.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { rememberIn } from '../src/platform/idempotency.ts';
import { redisLocks } from '../src/platform/lock.ts';
import { countInRedis } from '../src/platform/rate-limit.ts';
import { openSecrets } from '../src/platform/secrets.ts';
import { httpFunction } from './edge/http/http-function.ts';
import { identityFrom } from './edge/identify.ts';
import { orderDepsFrom } from './edge/orders.ts';
import { redisFrom } from './edge/stores.ts';

const env = readEnvironment('orders', process.env);
const { read: readSecret } = openSecrets();
const redis = redisFrom(env);
const { identify } = identityFrom(env, readSecret, clock);
const deps = {
  ...orderDepsFrom(env, redis, readSecret, clock),
  locks: redisLocks(redis),
};
const nearby = { geo: openGeoIndex({ redis, clock }), postgres: deps.postgres };

const ok = <B>(body: B) => ({ status: 200, body }) as const;
const statusesOf = (status: OrderStatus | undefined) => (status === undefined ? [] : [status]);

export const handler = httpFunction(
  'orders',
  {
    searchTrucks: async ({ query }) =>
      ok(
        await searchTrucks(query, clock.now(), {
          freeNearby: (from, kinds) => freeNearby({ from, kinds }, nearby),
        }),
      ),
    placeOrder: async ({ caller, body, idempotencyKey, signal }) => {
      const input = { customerId: caller.userId, idempotencyKey, order: body, signal };
      const { snapshot, replayed } = await placeOrder(input, deps);
      return { status: 201, body: placedView(snapshot, clock.now()), replayed };
    },
    listOrders: async ({ caller, query: { limit, cursor, status } }) => {
      const filter = { statuses: statusesOf(status), before: cursor, most: limit };
      // One after the other: what is overdue has another status after the first.
      const { orders, hasMore } = await listOrders(caller.userId, filter, deps);
      const total = await countOrders(caller.userId, filter, deps);
      const nextCursor = hasMore ? (orders.at(-1)?.order.id ?? null) : null;
      const now = clock.now();
      return ok({
        orders: orders.map((each) => listedView(each, now)),
        hasMore,
        nextCursor,
        total,
      });
    },
    checkActiveOrder: async ({ caller }) => ok(await findActiveOrder(caller.userId, deps)),
    getOrder: async (request) => ok(detailView(await own(request), clock.now())),
    getOrderStatus: async (request) => ok(stateView(await own(request), clock.now())),
    previewCancellation: async ({ caller, params }) =>
      ok(await previewCancellation({ orderId: params.id, customerId: caller.userId }, deps)),
    cancelOrder: async (request) => ok(await cancel(request)),
    listBookings: async ({ caller, query: { page, limit, status } }) => {
      const filter = { ...ordersCalled(status), skip: (page - 1) * limit, most: limit };
      const { orders, hasMore } = await listOrders(caller.userId, filter, deps);
      const total = await countOrders(caller.userId, filter, deps);
      return ok({ bookings: orders.map(bookingView), total, hasMore });
    },
    getBooking: async (request) => ok({ booking: bookingView(await own(request)) }),
    listBookingTrucks: async (request) => {
      await own(request);
      // Trucks are found once there are offers to accept.
      return ok({ trucks: [] });
    },
    cancelBooking: async (request) => ok(await cancel(request)),
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
}

function own({ caller, params }: OfOneOrder) {
  return readOrder({ orderId: params.id, customerId: caller.userId }, deps);
}

function cancel({ caller, params, body }: OfOneOrder & { body: { reason?: string | undefined } }) {
  const reason = body.reason ? body.reason : null;
  return cancelOrder({ orderId: params.id, customerId: caller.userId, reason }, deps);
}
