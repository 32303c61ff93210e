import { randomInt } from 'node:crypto';
import { sendLoginCode as route } from '../../src/contract/http/auth/routes.ts';
import { readEnvironment } from '../../src/contract/functions.ts';
import { codeBudget } from '../../src/identity/codes/code-budget.ts';
import { countCodesInRedis } from '../../src/identity/codes/code-budget-store.ts';
import { openLoginCodeStore } from '../../src/identity/codes/login-code-store.ts';
import { queueSms } from '../../src/identity/codes/queue-sms.ts';
import { sendLoginCode } from '../../src/identity/login/send-login-code.ts';
import { openQueue } from '../../src/platform/aws/queues.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { countInRedis } from '../../src/platform/rate-limit.ts';
import { eventOf } from '../../test/support/invoke.ts';
import type { WarmAuth } from '../login/warm-auth.ts';
import { askAll, type Questions, type Recorder } from '../place-order/recording.ts';

const role = 'customer';

interface Sending {
  readonly event: unknown;
  readonly questions: Questions;
}

/** Both sides have a code sent to somebody else each time, asked for from another address. */
export async function sendOtpSides({ call, readCodeKeys }: WarmAuth, recorder: Recorder) {
  const { take, redis } = recorder;
  const deps = recordingDeps(readCodeKeys, recorder);
  let turns = 0;

  const prepare = async (): Promise<Sending> => {
    turns += 1;
    // Neighbours in time share no prefix and no address: each of those has a limit.
    const phone = `${6 + (turns % 4)}${String((turns * 7919) % 1e9).padStart(9, '0')}`;
    const address = `10.${turns % 250}.${(turns >> 8) % 250}.7`;
    await countInRedis(redis([[1, 1]]))(`rate:{${address}}:${route.id}`, route.rateLimit);
    await sendLoginCode({ phone, role, address }, deps);
    const questions = take();
    const request = {
      method: 'POST',
      path: route.path,
      routeKey: `POST ${route.path}`,
      params: {},
      query: {},
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ phone, role }),
    };
    return { event: eventOf(request, address), questions };
  };

  return {
    what: 'POST send-otp',
    prepare,
    ours: ({ event }: Sending) => call(event),
    floor: ({ questions }: Sending) => askAll(questions),
  };
}

/** What the use case needs, over clients that note what they are asked. */
function recordingDeps(readCodeKeys: WarmAuth['readCodeKeys'], { redis, sqs }: Recorder) {
  const env = readEnvironment('auth', process.env);
  const settings = { perPrefix: 1e6, perAddress: 1e6, perDay: 1e6, keptShare: 0.5 };
  return {
    codes: openLoginCodeStore({ redis: redis(['reserved', 0]), limitsLifted: false }),
    budget: codeBudget(settings, {
      countCode: countCodesInRedis(redis([0, 1])),
      hasLoggedIn: () => Promise.resolve(false),
      measureShare: () => undefined,
      clock,
    }),
    readCodeKeys,
    sendSms: queueSms({
      queue: openQueue(env.NOTIFY_QUEUE_URL, sqs),
      readKeys: readCodeKeys,
      clock,
      ids,
    }),
    randomBelow: (limit: number) => randomInt(limit),
    count: () => undefined,
    ids,
  };
}
