import type { EnvironmentOf } from '../../src/contract/functions.ts';
import { rateLimitsAreLifted } from '../../src/contract/environment.ts';
import type { socketActions } from '../../src/contract/socket/actions.ts';
import type { SocketImplementations } from '../../src/contract/socket/protocol.ts';
import { namings } from '../../src/contract/socket/socket-io.ts';
import type { Identify } from '../../src/identity/sessions/access-token.ts';
import { registerDeviceToken } from '../../src/identity/devices/device-tokens.ts';
import { acknowledge, acknowledgeOffer } from '../../src/messaging/acknowledge.ts';
import { openConnections, type Connections } from '../../src/messaging/connections/connections.ts';
import { renewToken } from '../../src/messaging/connections/renew-token.ts';
import { welcome } from '../../src/messaging/handshake/welcome.ts';
import { openPollingSessions } from '../../src/messaging/polling/sessions.ts';
import {
  answersByMailbox,
  isChosen,
  moveToSocket,
  probeSocket,
} from '../../src/messaging/polling/upgrade.ts';
import { resume } from '../../src/messaging/resume.ts';
import { acceptOffer } from '../../src/orders/offers/accept-offer.ts';
import { holdTrucks, toHold } from '../../src/orders/holds/hold-trucks.ts';
import { declineOffer } from '../../src/orders/offers/decline-offer.ts';
import { watchOrder } from '../../src/orders/reading/live-orders.ts';
import type { OrderDeps } from '../../src/orders/order/order-deps.ts';
import { openSecrets } from '../../src/platform/aws/secrets.ts';
import { openStateTable, type StateTable } from '../../src/platform/aws/state-table.ts';
import { systemClock as clock, type Clock } from '../../src/platform/clock.ts';
import { countInRedis } from '../../src/platform/rate-limit.ts';
import { takePoint } from '../../src/trips/tracking/take-points.ts';
import { limitKey, refuseBeyond } from '../edge/refuse-beyond.ts';
import type { HearingGuards } from '../edge/socket/message-function.ts';
import { identityFrom } from './identify.ts';
import { orderDepsFrom } from './orders.ts';
import { redisFrom } from './stores.ts';
import { trackingFrom } from './tracking.ts';

/** The answer leaves first: a closed socket cannot be sent anything. */
const closedAfterSeconds = 1;

interface Knowing {
  readonly connections: Connections;
  readonly identify: Identify;
  readonly table: StateTable;
  readonly clock: Clock;
}

type Implementations = SocketImplementations<(typeof socketActions)[number]>;

/** What hears a packet, on a socket or by HTTP. */
export function hearingFrom(env: EnvironmentOf<'socket-message'>) {
  const { read: readSecret } = openSecrets();
  const redis = redisFrom(env);
  const { identify, endedSessions, table } = identityFrom(env, readSecret, clock);
  const connectionsTable = openStateTable(env.CONNECTIONS_TABLE, clock);
  const connections = openConnections(connectionsTable, clock);
  const sessions = openPollingSessions(connectionsTable, clock);
  const orders = orderDepsFrom(env, redis, readSecret, clock);
  const { notify } = orders.queues;
  const countCall = countInRedis(redis);
  const countNaming = async (userId: string) => {
    if (rateLimitsAreLifted(process.env)) return;
    await refuseBeyond([{ ...namings, key: limitKey(userId, 'socket:name') }], countCall, false);
  };
  const closeSoon = (connectionId: string) =>
    notify.send({ kind: 'close-socket', connectionId }, { delaySeconds: closedAfterSeconds });
  const polling = { sessions, connections, notify, closeSoon, clock };
  const guards: HearingGuards = {
    connections,
    endedSessions,
    clock,
    closeSoon,
    countCall,
    welcome: (named) => welcome(named, { connections, identify, countNaming, orders }),
    probe: (socket) => probeSocket(socket, polling),
    moveTo: (socket) => moveToSocket(socket, polling),
    isChosen: (socket) => isChosen(socket, polling),
    answersByMailbox: (answer) => answersByMailbox(answer, polling),
  };
  const tracking = trackingFrom(orders, redis);
  const implementations = implementationsBy(orders, tracking, {
    connections,
    identify,
    table,
    clock,
  });
  return { implementations, guards, polling };
}

function implementationsBy(
  orders: OrderDeps,
  tracking: ReturnType<typeof trackingFrom>,
  deps: Knowing,
): Implementations {
  return {
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
  };
}
