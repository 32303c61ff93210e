import { readEnvironment } from '../src/contract/functions.ts';
import { queueMessages } from '../src/contract/queues.ts';
import { codeKeys } from '../src/identity/codes/code-keys.ts';
import { deliverEvent } from '../src/messaging/deliver-event.ts';
import { sendSms } from '../src/messaging/sms/send-sms.ts';
import { makeBreaker } from '../src/platform/circuit-breaker.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { openDynamo } from '../src/platform/aws/dynamo.ts';
import { queuePatience as patience } from '../src/platform/aws/patience.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { openSms, type TextMessage } from '../src/platform/aws/sms.ts';
import { oncePerEvent } from '../src/platform/once/seen-once.ts';
import { openStateTable } from '../src/platform/aws/state-table.ts';
import { queueFunction } from './edge/queue-function.ts';

const env = readEnvironment('notify', process.env);
const postSms = openSms({ sender: env.SMS_SENDER, dlt: env.SMS_DLT });
const breaker = makeBreaker({ service: 'sms', failures: 5, pauseMs: 10_000 });
const state = openStateTable(env.STATE_TABLE, clock, openDynamo(patience.aws));
const once = oncePerEvent('notify', state, clock);
const texting = {
  readKeys: codeKeys(openSecrets(patience.aws).read, env.CODE_KEY_SECRET_ARN, clock),
  state,
  post: (message: TextMessage) => breaker(() => postSms(message)),
  clock,
};

export const handler = queueFunction(queueMessages.notify, {
  sms: (message) => sendSms(message, texting),
  event: (message) => deliverEvent(message, { once }),
});
