import { readEnvironment } from '../src/contract/functions.ts';
import { queueMessages } from '../src/contract/queues.ts';
import { beginWave } from '../src/dispatch/begin-wave.ts';
import { meetDeadline } from '../src/dispatch/meet-deadline.ts';
import { announceAgain } from '../src/orders/order/announce-changes.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { openDynamo } from '../src/platform/aws/dynamo.ts';
import { queuePatience as patience } from '../src/platform/aws/patience.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { oncePerEvent } from '../src/platform/once/seen-once.ts';
import { openStateTable } from '../src/platform/aws/state-table.ts';
import { orderDepsFrom } from './wiring/orders.ts';
import { queueFunction } from './edge/queue-function.ts';
import { redisFrom } from './wiring/stores.ts';

const env = readEnvironment('dispatch', process.env);
const table = openStateTable(env.STATE_TABLE, clock, openDynamo(patience.aws));
const { read: readSecret } = openSecrets(patience.aws);
const deps = {
  ...orderDepsFrom(env, redisFrom(env), readSecret, clock, patience),
  once: oncePerEvent('dispatch', table, clock),
};

export const handler = queueFunction(queueMessages.dispatch, {
  'search-wave': (message) => beginWave(message, deps),
  'search-deadline': (message) => meetDeadline(message, deps),
  'order-changed': (message) => announceAgain(message, deps),
});
