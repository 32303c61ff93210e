import { readEnvironment } from '../src/contract/functions.ts';
import { openConnections } from '../src/messaging/connections/connections.ts';
import { socketLeft } from '../src/messaging/polling/end-polling.ts';
import { openPollingSessions } from '../src/messaging/polling/sessions.ts';
import { openStateTable } from '../src/platform/aws/state-table.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { disconnectFunction } from './edge/socket/disconnect-function.ts';

const env = readEnvironment('socket-disconnect', process.env);

const table = openStateTable(env.CONNECTIONS_TABLE, clock);
const deps = {
  connections: openConnections(table, clock),
  sessions: openPollingSessions(table, clock),
};

export const handler = disconnectFunction({
  left: (connectionId) => socketLeft(connectionId, deps),
});
