import { readEnvironment } from '../src/contract/functions.ts';
import { redeemTicket } from '../src/identity/sessions/socket-ticket.ts';
import { openConnections } from '../src/messaging/connections/connections.ts';
import { openConnection } from '../src/messaging/connections/open-connection.ts';
import { letInUnnamed } from '../src/messaging/handshake/let-in-unnamed.ts';
import { withPolling } from '../src/messaging/polling/polling-sockets.ts';
import { openPollingSessions } from '../src/messaging/polling/sessions.ts';
import { letInToUpgrade } from '../src/messaging/polling/upgrade.ts';
import { openQueue } from '../src/platform/aws/queues.ts';
import { openSockets } from '../src/platform/aws/sockets.ts';
import { openStateTable } from '../src/platform/aws/state-table.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { edgeFrom } from './wiring/edge.ts';
import { identityFrom } from './wiring/identify.ts';
import { connectFunction } from './edge/socket/connect-function.ts';

const env = readEnvironment('socket-connect', process.env);
const { read: readSecret } = openSecrets();
const { identify, endedSessions, table } = identityFrom(env, readSecret, clock);

const connectionsTable = openStateTable(env.CONNECTIONS_TABLE, clock);
const sessions = openPollingSessions(connectionsTable, clock);
const deps = {
  connections: openConnections(connectionsTable, clock),
  sessions,
  sockets: withPolling(openSockets(env.CONNECTIONS_API_URL), sessions),
  notify: openQueue(env.NOTIFY_QUEUE_URL),
  clock,
};

export const handler = connectFunction({
  isFromEdge: edgeFrom(env, readSecret, clock),
  identify,
  redeem: (ticket) => redeemTicket(ticket, { table, endedSessions, clock }),
  open: (connectionId, caller) => openConnection({ connectionId, caller }, deps),
  openUnnamed: (connectionId) => letInUnnamed(connectionId, deps),
  openToUpgrade: (socket) => letInToUpgrade(socket, deps),
});
