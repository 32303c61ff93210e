import { readEnvironment } from '../src/contract/functions.ts';
import { servedByOrders } from '../src/contract/http/served-by/orders.ts';
import { namedKind, namedType } from '../src/catalogue/named-vehicle.ts';
import { explainSearch } from '../src/dispatch/explain-search.ts';
import { freeNearby } from '../src/fleet/presence/free-nearby.ts';
import { openTripPositions } from '../src/fleet/last-positions/trip-positions.ts';
import { openGeoIndex } from '../src/fleet/presence/index/geo-index.ts';
import { acceptOffer } from '../src/orders/offers/accept-offer.ts';
import {
  acceptAssignment,
  declineAssignment,
} from '../src/orders/assignments/answer-assignment.ts';
import { confirmHold } from '../src/orders/assignments/confirm-hold.ts';
import { giveUp } from '../src/orders/assignments/give-up.ts';
import { listAssignments, showAssignment } from '../src/orders/assignments/show-assignments.ts';
import { disputeOrder } from '../src/orders/ending/dispute.ts';
import { cancelOrder } from '../src/orders/ending/cancel-order.ts';
import { findActiveHold } from '../src/orders/holds/find-active-hold.ts';
import { freeTrucksOf } from '../src/orders/holds/free-trucks.ts';
import { holdTrucks, toHold } from '../src/orders/holds/hold-trucks.ts';
import { releaseHold } from '../src/orders/holds/release-hold.ts';
import { declineOffer } from '../src/orders/offers/decline-offer.ts';
import {
  listBroadcasts,
  listRequests,
  replayNothing,
  showBroadcast,
  showSnapshot,
} from '../src/orders/offers/read-offers.ts';
import { placeOrder } from '../src/orders/placing/place-order.ts';
import { findActiveOrder, listBookings, listOrders } from '../src/orders/reading/list-orders.ts';
import { previewCancellation } from '../src/orders/reading/preview-cancellation.ts';
import { showBooking, showOrder, showStatus } from '../src/orders/reading/show-order.ts';
import { showBookingTrucks } from '../src/orders/reading/booking-trucks.ts';
import { openTripCodeKey } from '../src/orders/trips/read-code-key.ts';
import { searchTrucks } from '../src/orders/search-trucks.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { rememberIn } from '../src/platform/once/idempotency.ts';
import { countInRedis } from '../src/platform/rate-limit.ts';
import { redisLocks } from '../src/platform/redis/lock.ts';
import { httpFunction } from './edge/http/http-function.ts';
import { ok } from './edge/http/reply.ts';
import { edgeFrom } from './wiring/edge.ts';
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
const ofTrips = {
  ...deps,
  positions: openTripPositions(redis),
  readCodeKey: openTripCodeKey(readSecret, env.TRIP_CODE_SECRET_ARN, clock),
};
const nearby: Parameters<typeof freeNearby>[1] = {
  geo: openGeoIndex({ redis, clock }),
  freeTrucksOf: (ids, kinds) => deps.postgres.run((db) => freeTrucksOf(db, ids, kinds)),
};
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
    disputeCancellation: async (request) => {
      const { reasonCode, notes = null } = request.body;
      return ok(await disputeOrder({ ...own(request), reasonCode, notes }, deps));
    },
    listBookings: async ({ caller, query }) => ok(await listBookings(caller.userId, query, deps)),
    getBooking: async (request) => ok(await showBooking(own(request), deps)),
    listBookingTrucks: async (request) => ok(await showBookingTrucks(own(request), ofTrips)),
    cancelBooking: async (request) =>
      ok(await cancelOrder({ ...own(request), ...request.body }, deps)),
    explainSearch: async (request) => ok(await explainSearch(own(request), deps)),

    listRequests: async ({ caller, query }) =>
      ok(await listRequests({ transporterId: caller.userId, ...query }, deps)),
    listBroadcasts: async ({ caller, query }) =>
      ok(await listBroadcasts({ ...query, transporterId: caller.userId }, deps)),
    getBroadcast: async (request) => ok(await showBroadcast(offered(request), deps)),
    getBroadcastSnapshot: async (request) => ok(await showSnapshot(offered(request), deps)),
    replayDispatch: async () => ok(replayNothing(clock.now())),
    declineBroadcast: async (request) => {
      await declineOffer({ ...offered(request), reason: request.body.reason }, deps);
      return ok({ success: true, message: 'You will not see this order again.' });
    },
    acceptBroadcast: async (request) => {
      const { vehicleId, driverId } = request.body;
      const accepted = await acceptOffer({ ...offered(request), vehicleId, driverId }, deps);
      return ok(acceptedView(accepted));
    },
    holdTrucks: async ({ caller, body, idempotencyKey }) =>
      ok(await holdTrucks(toHold(body, caller.userId, idempotencyKey), deps)),
    confirmHold: async ({ caller, body }) =>
      ok(await confirmHold({ ...body, transporterId: caller.userId }, deps)),
    releaseHold: async ({ caller, body }) =>
      ok(await releaseHold({ ...body, transporterId: caller.userId }, deps)),
    getActiveHold: async ({ caller, query }) => {
      const { orderId, vehicleType, vehicleSubtype } = query;
      const kind = namedKind(namedType(vehicleType), vehicleSubtype);
      return ok(await findActiveHold({ orderId, kind, transporterId: caller.userId }, deps));
    },
    getAssignment: async (request) => ok(await showAssignment(assigned(request), deps)),
    listDriverAssignments: async ({ caller, query }) =>
      ok(await listAssignments(caller.userId, query, deps)),
    acceptAssignment: async (request) => {
      const which = assigned(request);
      await acceptAssignment({ ...which, driverId: which.userId }, deps);
      return ok(await showAssignment(which, deps));
    },
    declineAssignment: async (request) => {
      const { assignmentId, userId: driverId } = assigned(request);
      const reason = request.body.reason ? request.body.reason : 'declined';
      await declineAssignment({ assignmentId, driverId, reason }, deps);
      return ok({ message: 'You have declined this trip.' });
    },
    cancelAssignment: async (request) => {
      const which = assigned(request);
      await giveUp({ ...which, reason: request.body.reason }, deps);
      return ok(await showAssignment(which, deps));
    },
  },
  {
    isFromEdge: edgeFrom(env, readSecret, clock),
    authenticate: identify,
    remember: rememberIn(env.IDEMPOTENCY_TABLE),
    countCall: countInRedis(redis),
  },
);

interface OfOne {
  readonly caller: { readonly userId: string };
  readonly params: { readonly id: string };
  readonly counted: Promise<void>;
}

/** P12: an order is always looked up together with the customer whom it must belong to. */
function own({ caller, params, counted }: OfOne) {
  return { orderId: params.id, customerId: caller.userId, counted };
}

/** P12: and likewise together with the transporter to whom it must have been offered. */
function offered({ caller, params }: OfOne) {
  return { orderId: params.id, transporterId: caller.userId };
}

/** P12: and an assignment together with its driver or its transporter. */
function assigned({ caller, params }: OfOne) {
  return { assignmentId: params.id, userId: caller.userId };
}

function acceptedView(accepted: Awaited<ReturnType<typeof acceptOffer>>) {
  const { assignmentId, tripId, status, replayed } = accepted;
  return {
    success: true as const,
    message: 'The truck is yours. Your driver has 45 seconds to accept.',
    assignmentId,
    tripId,
    status,
    resultCode: replayed ? 'ALREADY_ACCEPTED' : 'ACCEPTED',
    replayed,
  };
}
