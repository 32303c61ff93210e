import { readEnvironment } from '../src/contract/functions.ts';
import { servedBySocketPoll } from '../src/contract/http/served-by/socket-poll.ts';
import { socketActions } from '../src/contract/socket/actions.ts';
import { openPolling } from '../src/messaging/polling/open-polling.ts';
import { readPackets } from '../src/messaging/polling/read-packets.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../src/platform/ids.ts';
import { httpFunction } from './edge/http/http-function.ts';
import { hearPackets } from './edge/polling/hear-packets.ts';
import { limitOpenings } from './edge/polling/limit-openings.ts';
import { pollPackets, refuseUnread, sendPackets } from './edge/polling/serve-polling.ts';
import { edgeFrom } from './wiring/edge.ts';
import { hearingFrom } from './wiring/hearing.ts';

const env = readEnvironment('socket-poll', process.env);
const { implementations, guards, polling } = hearingFrom(env);
const hearing = {
  ...guards,
  ...polling,
  hear: hearPackets(socketActions, implementations, guards),
};

export const handler = httpFunction(
  servedBySocketPoll,
  {
    pollPackets: ({ query, address }) =>
      pollPackets(query, {
        open: async () => {
          await limitOpenings(address, guards.countCall);
          return openPolling(polling);
        },
        // Not the request's id: two requests of a client may have the same.
        read: (sid) => readPackets({ sid, reader: ids.next() }, polling),
      }),
    sendPackets: ({ query, text, requestId }) => sendPackets({ query, text, requestId }, hearing),
  },
  {
    isFromEdge: edgeFrom(env, openSecrets().read, clock),
    countCall: guards.countCall,
    ownRefusal: (error, event) => refuseUnread(error, event, hearing),
  },
);
