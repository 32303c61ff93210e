import { setTimeout as sleep } from 'node:timers/promises';
import { callApiAt } from '../src/canary/call-api.ts';
import { findApi } from '../src/canary/find-api.ts';
import { walk } from '../src/canary/walk.ts';
import { readEnvironment } from '../src/contract/functions.ts';
import { walkers } from '../src/contract/test-numbers.ts';
import { takeTestCodeFrom } from '../src/messaging/sms/test-codes.ts';
import { readStackOutput } from '../src/platform/aws/stack-output.ts';
import { openStateTable } from '../src/platform/aws/state-table.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../src/platform/ids.ts';
import { logger } from '../src/platform/logs/observability.ts';
import { walkFunction } from './edge/walk-function.ts';

const env = readEnvironment('canary', process.env);
const takeCode = takeTestCodeFrom(openStateTable(env.TEST_CODES_TABLE, clock));

export const handler = walkFunction(async (signal) => {
  const origin = await findApi(env.API_URL, (region, stack) =>
    readStackOutput({ region, stack, output: 'EdgeUrl' }),
  );
  if (origin === undefined) return 'no way yet';
  await walk(walkers.canary, {
    call: callApiAt({ origin, signal }),
    takeCode,
    pause: (milliseconds) => sleep(milliseconds, undefined, { signal }),
    ids,
    clock,
    onStep: (step, milliseconds) => logger.info('Step taken', { step, milliseconds }),
  });
  return 'walked';
});
