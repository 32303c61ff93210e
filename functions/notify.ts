import { baseUrlOf } from '../src/contract/environment.ts';
import { readEnvironment } from '../src/contract/functions.ts';
import { queueMessages } from '../src/contract/queues.ts';
import { codeKeys } from '../src/identity/codes/code-keys.ts';
import { openEndedSessions } from '../src/identity/sessions/ended-sessions.ts';
import {
  closeEndedSessions,
  closeSocket,
  closeUnnamed,
} from '../src/messaging/connections/close-connection.ts';
import { openConnections } from '../src/messaging/connections/connections.ts';
import { makeRoom } from '../src/messaging/connections/open-connection.ts';
import { deliverEvent } from '../src/messaging/deliver-event.ts';
import { keepAwake } from '../src/messaging/handshake/keep-awake.ts';
import { openSession } from '../src/messaging/handshake/open-session.ts';
import { endPolling } from '../src/messaging/polling/end-polling.ts';
import { handOver } from '../src/messaging/polling/hand-over.ts';
import { withPolling } from '../src/messaging/polling/polling-sockets.ts';
import { openPollingSessions } from '../src/messaging/polling/sessions.ts';
import { publishEvent } from '../src/messaging/publish-event.ts';
import { pushBy } from '../src/messaging/push-account.ts';
import { pushEvent } from '../src/messaging/push-event.ts';
import { sendReply } from '../src/messaging/send-reply.ts';
import { sendSms } from '../src/messaging/sms/send-sms.ts';
import { keepTestCodeIn } from '../src/messaging/sms/test-codes.ts';
import { openTripCodeKey } from '../src/orders/trips/read-code-key.ts';
import { makeBreaker } from '../src/platform/circuit-breaker.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { openDynamo } from '../src/platform/aws/dynamo.ts';
import { openEventBus, type BusEvent } from '../src/platform/aws/event-bus.ts';
import { queuePatience as patience } from '../src/platform/aws/patience.ts';
import { openQueue, openSqs } from '../src/platform/aws/queues.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { openSockets } from '../src/platform/aws/sockets.ts';
import { openSms, type TextMessage } from '../src/platform/aws/sms.ts';
import { openGoogleTokens } from '../src/platform/google/access-token.ts';
import { openFcm } from '../src/platform/google/fcm.ts';
import { oncePerEvent } from '../src/platform/once/seen-once.ts';
import { openStateTable } from '../src/platform/aws/state-table.ts';
import { queueFunction } from './edge/queue-function.ts';

const env = readEnvironment('notify', process.env);
const postSms = openSms({ sender: env.SMS_SENDER, dlt: env.SMS_DLT });
const breaker = makeBreaker({ service: 'sms', failures: 5, pauseMs: 10_000 });
const dynamo = openDynamo(patience.aws);
const state = openStateTable(env.STATE_TABLE, clock, dynamo);
const once = oncePerEvent('notify', state, clock);
const sqs = openSqs(patience.aws);
const { read: readSecret } = openSecrets(patience.aws);
const connectionsTable = openStateTable(env.CONNECTIONS_TABLE, clock, dynamo);
const sessions = openPollingSessions(connectionsTable, clock);
const sockets = openSockets(env.CONNECTIONS_API_URL);
const delivery = {
  once,
  connections: openConnections(connectionsTable, clock),
  sessions,
  sockets: withPolling(sockets, sessions),
  endedSessions: openEndedSessions(state, clock),
  queue: openQueue(env.NOTIFY_QUEUE_URL, sqs),
  readTripCodeKey: openTripCodeKey(readSecret, env.TRIP_CODE_SECRET_ARN, clock),
  clock,
};
const putOnBus = openEventBus(env.EVENT_BUS_NAME, patience.aws);
const busBreaker = makeBreaker({ service: 'events', failures: 5, pauseMs: 10_000 });
const publishing = {
  putOnBus: (event: BusEvent) => busBreaker(() => putOnBus(event)),
};
const fcm = openFcm(baseUrlOf('FCM_URL'), openGoogleTokens(baseUrlOf('GOOGLE_TOKEN_URL'), clock));
const pushing = {
  once,
  table: state,
  push: pushBy(fcm, readSecret, env.PUSH_SECRET_ARN, clock),
  breaker: makeBreaker({ service: 'fcm', failures: 10, pauseMs: 10_000 }),
  dispatch: openQueue(env.DISPATCH_QUEUE_URL, sqs),
  clock,
};
const texting = {
  readKeys: codeKeys(readSecret, env.CODE_KEY_SECRET_ARN, clock),
  state,
  post: (message: TextMessage) => breaker(() => postSms(message)),
  keep: keepTestCodeIn(openStateTable(env.TEST_CODES_TABLE, clock, dynamo), clock),
  clock,
};

export const handler = queueFunction(queueMessages.notify, {
  sms: (message) => sendSms(message, texting),
  event: (message, { sentAt }) => deliverEvent(message, delivery, sentAt),
  'domain-event': (message) => publishEvent(message, publishing),
  unseen: (message) => pushEvent(message, pushing),
  reply: (message) => sendReply(message, delivery),
  'close-socket': (message) => closeSocket(message, delivery),
  'open-session': (message) => openSession(message, delivery),
  'close-unnamed': (message) => closeUnnamed(message, delivery),
  'hand-over': (message) => handOver(message, { ...delivery, sockets }),
  'end-polling': (message) => endPolling(message, delivery),
  'keep-awake': (message) => keepAwake(message, delivery),
  'make-room': (message) => makeRoom(message, delivery),
  'sessions-ended': (message) => closeEndedSessions(message, delivery),
});
