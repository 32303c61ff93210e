import { readEnvironment } from '../src/contract/functions.ts';
import { openConnections } from '../src/messaging/connections/connections.ts';
import { openStateTable } from '../src/platform/aws/state-table.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { disconnectFunction } from './edge/socket/disconnect-function.ts';

const env = readEnvironment('socket-disconnect', process.env);

export const handler = disconnectFunction({
  connections: openConnections(openStateTable(env.CONNECTIONS_TABLE, clock), clock),
});
