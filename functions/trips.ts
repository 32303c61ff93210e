import { readEnvironment } from '../src/contract/functions.ts';
import { servedByTrips } from '../src/contract/http/served-by/trips.ts';
import type { OrderSnapshot } from '../src/orders/order/order-snapshot.ts';
import { openTripCodeKey } from '../src/orders/trips/read-code-key.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { countInRedis } from '../src/platform/rate-limit.ts';
import { listDrivenTrips, showActiveTrip } from '../src/trips/driving/driven-trips.ts';
import { showDashboard } from '../src/trips/driving/show-dashboard.ts';
import { showEarnings } from '../src/trips/driving/show-earnings.ts';
import { showPerformance } from '../src/trips/driving/show-performance.ts';
import { endTrip } from '../src/trips/moving/end-trip.ts';
import { moveTrip } from '../src/trips/moving/move-trip.ts';
import { keptForAMoment } from '../src/trips/sharing/kept-for-a-moment.ts';
import { answerWatcher, refusalPage } from '../src/trips/sharing/page/show-page.ts';
import { revokeShares, shareOrder } from '../src/trips/sharing/share-order.ts';
import { watchTrip } from '../src/trips/sharing/watch-trip.ts';
import { showBookingPositions, showFleet, showTrip } from '../src/trips/tracking/read-positions.ts';
import { takePoint, takePoints } from '../src/trips/tracking/take-points.ts';
import { showEtas } from '../src/trips/eta/show-etas.ts';
import { writeTripDocuments } from '../src/trips/papers/write-documents.ts';
import { listUnratedTrips } from '../src/trips/rating/pending-ratings.ts';
import { rateDriver } from '../src/trips/rating/rate-driver.ts';
import { httpFunction } from './edge/http/http-function.ts';
import { ok } from './edge/http/reply.ts';
import { edgeFrom } from './wiring/edge.ts';
import { identityFrom } from './wiring/identify.ts';
import { orderDepsFrom } from './wiring/orders.ts';
import { redisFrom } from './wiring/stores.ts';
import { trackingFrom, trackOf } from './wiring/tracking.ts';

const env = readEnvironment('trips', process.env);
const { read: readSecret } = openSecrets();
const redis = redisFrom(env);
const { identify } = identityFrom(env, readSecret, clock);
const orders = orderDepsFrom(env, redis, readSecret, clock);
const tracking = trackingFrom(orders, redis);
const deps = {
  ...orders,
  readCodeKey: openTripCodeKey(readSecret, env.TRIP_CODE_SECRET_ARN, clock),
  trackOf: trackOf(tracking),
};
/** Where the trucks of an order are, and when they arrive, as its customer sees it. */
const trackOfOrder = keptForAMoment(async ({ order }: OrderSnapshot) => {
  const caller = { userId: order.customerId, role: 'customer' } as const;
  const asked = { orderId: order.id, caller };
  const [{ trucks: positions }, { etas }] = await Promise.all([
    showBookingPositions(asked, tracking),
    showEtas(asked, tracking),
  ]);
  return { positions, etas };
}, clock);

export const handler = httpFunction(
  servedByTrips,
  {
    moveTrip: async ({ caller, params, body: { status, code } }) =>
      ok(await moveTrip({ ...params, driverId: caller.userId, to: status, code }, deps)),
    endTrip: async ({ caller, params: { id }, body }) =>
      ok(await endTrip({ tripId: id, transporterId: caller.userId, ...body }, deps)),
    sendPositions: async ({ caller, body }) =>
      ok(await takePoints({ ...body, driverId: caller.userId }, tracking)),
    sendPosition: async ({ caller, body: { tripId, network, ...point } }) =>
      ok(await takePoint({ tripId, driverId: caller.userId, network, point }, tracking)),
    trackTrip: async ({ caller, params: { tripId } }) =>
      ok(await showTrip({ tripId, caller }, tracking)),
    trackBooking: async ({ caller, params: { id: orderId } }) =>
      ok(await showBookingPositions({ orderId, caller }, tracking)),
    estimateArrivals: async ({ caller, params: { id: orderId } }) =>
      ok(await showEtas({ orderId, caller }, tracking)),
    trackFleet: async ({ caller }) => ok(await showFleet(caller.userId, tracking)),
    shareOrder: async ({ caller, params: { id: orderId } }) => {
      const body = await shareOrder({ orderId, customerId: caller.userId }, deps);
      return { status: 201, body };
    },
    revokeShares: async ({ caller, params: { id: orderId } }) =>
      ok(await revokeShares({ orderId, customerId: caller.userId }, deps)),
    watchOrder: async ({ headers, params: { token } }) =>
      answerWatcher(headers.accept, watchTrip(token, { ...deps, track: trackOfOrder })),
    writeTripDocuments: async ({ caller: { userId }, params: { id: tripId }, body }) =>
      ok(await writeTripDocuments({ tripId, userId }, body, deps)),
    rateDriver: async ({ caller: { userId: customerId }, body: { assignmentId, ...said } }) => {
      const rating = await rateDriver({ ...said, tripId: assignmentId, customerId }, deps);
      return rating.idempotent ? ok(rating) : { status: 201, body: rating };
    },
    listUnratedTrips: async ({ caller }) => ok(await listUnratedTrips(caller.userId, deps)),
    getDriverDashboard: async ({ caller }) => ok(await showDashboard(caller.userId, deps)),
    listDriverTrips: async ({ caller, query: { driverId, ...page } }) =>
      ok(await listDrivenTrips({ ...caller, driverId }, page, deps)),
    getActiveTrip: async ({ caller }) => ok(await showActiveTrip(caller.userId, deps)),
    getDriverEarnings: async ({ caller, query: { driverId, period } }) =>
      ok(await showEarnings({ ...caller, driverId }, period, deps)),
    getDriverPerformance: async ({ caller, query: { driverId } }) =>
      ok(await showPerformance({ ...caller, driverId }, deps)),
  },
  {
    isFromEdge: edgeFrom(env, readSecret, clock),
    authenticate: identify,
    countCall: countInRedis(redis),
    refusalPage,
  },
);
