import { readEnvironment } from '../src/contract/functions.ts';
import { socketActions } from '../src/contract/socket.ts';
import { openConnections } from '../src/messaging/connections/connections.ts';
import { openStateTable } from '../src/platform/aws/state-table.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { countInRedis } from '../src/platform/rate-limit.ts';
import { messageFunction } from './edge/socket/message-function.ts';
import { redisFrom } from './wiring/stores.ts';

const env = readEnvironment('socket-message', process.env);

export const handler = messageFunction(
  socketActions,
  { ping: async () => undefined },
  {
    connections: openConnections(openStateTable(env.CONNECTIONS_TABLE, clock), clock),
    countCall: countInRedis(redisFrom(env)),
  },
);
