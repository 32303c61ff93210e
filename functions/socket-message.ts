import { readEnvironment } from '../src/contract/functions.ts';
import { rateLimitsAreLifted } from '../src/contract/environment.ts';
import { socketActions } from '../src/contract/socket/actions.ts';
import { namings } from '../src/contract/socket/socket-io.ts';
import { registerDeviceToken } from '../src/identity/devices/device-tokens.ts';
import { acknowledge, acknowledgeOffer } from '../src/messaging/acknowledge.ts';
import { openConnections } from '../src/messaging/connections/connections.ts';
import { renewToken } from '../src/messaging/connections/renew-token.ts';
import { welcome } from '../src/messaging/handshake/welcome.ts';
import { resume } from '../src/messaging/resume.ts';
import { acceptOffer } from '../src/orders/offers/accept-offer.ts';
import { holdTrucks, toHold } from '../src/orders/holds/hold-trucks.ts';
import { declineOffer } from '../src/orders/offers/decline-offer.ts';
import { watchOrder } from '../src/orders/reading/live-orders.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { openStateTable } from '../src/platform/aws/state-table.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { countInRedis } from '../src/platform/rate-limit.ts';
import { takePoint } from '../src/trips/tracking/take-points.ts';
import { limitKey, refuseBeyond } from './edge/refuse-beyond.ts';
import { messageFunction } from './edge/socket/message-function.ts';
import { identityFrom } from './wiring/identify.ts';
import { orderDepsFrom } from './wiring/orders.ts';
import { redisFrom } from './wiring/stores.ts';
import { trackingFrom } from './wiring/tracking.ts';

const env = readEnvironment('socket-message', process.env);
const { read: readSecret } = openSecrets();
const redis = redisFrom(env);
const { identify, endedSessions, table } = identityFrom(env, readSecret, clock);
const connections = openConnections(openStateTable(env.CONNECTIONS_TABLE, clock), clock);
const orders = orderDepsFrom(env, redis, readSecret, clock);
const tracking = trackingFrom(orders, redis);
const deps = { connections, identify, table, clock };

const countCall = countInRedis(redis);
const countNaming = async (userId: string) => {
  if (rateLimitsAreLifted(process.env)) return;
  await refuseBeyond([{ ...namings, key: limitKey(userId, 'socket:name') }], countCall, false);
};

/** The answer leaves first: a closed socket cannot be sent anything. */
const closedAfterSeconds = 1;

export const handler = messageFunction(
  socketActions,
  {
    ping: async () => undefined,
    resume: (asked) => resume(asked, orders),
    ack: async ({ data: { eventId }, caller: { userId } }) => {
      await acknowledge({ eventId, userId }, deps);
    },
    seen: async ({ data: { orderId }, caller: { userId } }) => {
      await acknowledgeOffer({ orderId, userId }, deps);
    },
    device: async ({ data: { token }, caller }) => {
      const registration = { token, deviceType: 'android', caller };
      await registerDeviceToken(registration, { ...deps, ids: orders.ids });
    },
    auth: ({ data: { token }, caller, connectionId }) =>
      renewToken({ token, caller, connectionId }, deps),
    join: ({ data: { orderId }, caller: { userId } }) =>
      watchOrder({ orderId, customerId: userId }, orders),
    leave: async () => undefined,
    hold: ({ data, caller: { userId } }) => holdTrucks(toHold(data, userId), orders),
    accept: async ({ data: { orderId, vehicleId, driverId }, caller: { userId } }) => {
      const which = { orderId, vehicleId, driverId, transporterId: userId };
      const { replayed: _replayed, ...accepted } = await acceptOffer(which, orders);
      return accepted;
    },
    decline: async ({ data: { orderId, reason }, caller: { userId } }) => {
      await declineOffer({ orderId, reason, transporterId: userId }, orders);
      return { orderId };
    },
    location: ({ data: { tripId, network, ...point }, caller: { userId: driverId } }) =>
      takePoint({ tripId, driverId, network, point }, tracking),
  },
  {
    connections,
    endedSessions,
    clock,
    closeSoon: (connectionId) =>
      orders.queues.notify.send(
        { kind: 'close-socket', connectionId },
        { delaySeconds: closedAfterSeconds },
      ),
    countCall,
    welcome: (named) => welcome(named, { connections, identify, countNaming, orders }),
  },
);
