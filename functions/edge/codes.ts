import { randomInt } from 'node:crypto';
import { rateLimitsAreLifted, type Environment } from '../../src/contract/environment.ts';
import { codeBudget, unlimitedBudget } from '../../src/identity/code-budget.ts';
import { codeKeys } from '../../src/identity/code-keys.ts';
import type { IssueCodeDeps } from '../../src/identity/issue-code.ts';
import { openLoginCodeStore } from '../../src/identity/login-code-store.ts';
import { queueSms } from '../../src/identity/queue-sms.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { countOne } from '../../src/platform/observability.ts';
import { openQueue } from '../../src/platform/queues.ts';
import { countInRedis } from '../../src/platform/rate-limit.ts';
import type { RedisConnection } from '../../src/platform/redis.ts';
import type { ReadSecret } from '../../src/platform/secrets.ts';

type CodeEnvironment = Environment<
  'CODE_KEY_SECRET_ARN' | 'NOTIFY_QUEUE_URL' | 'OTP_SENDS_PER_PREFIX' | 'OTP_SENDS_PER_DAY'
>;

/** What every function needs that has one-time codes sent, and takes them back. */
export function codeDepsFrom(
  env: CodeEnvironment,
  redis: RedisConnection,
  readSecret: ReadSecret,
  clock: Clock,
): IssueCodeDeps {
  const limitsLifted = rateLimitsAreLifted(process.env);
  const readCodeKeys = codeKeys(readSecret, env.CODE_KEY_SECRET_ARN, clock);
  const budget = { perPrefix: env.OTP_SENDS_PER_PREFIX, perDay: env.OTP_SENDS_PER_DAY };
  return {
    codes: openLoginCodeStore({ redis, limitsLifted }),
    budget: limitsLifted ? unlimitedBudget : codeBudget(budget, countInRedis(redis), clock),
    readCodeKeys,
    sendSms: queueSms({
      queue: openQueue(env.NOTIFY_QUEUE_URL),
      readKeys: readCodeKeys,
      clock,
      ids,
    }),
    randomBelow: (limit) => randomInt(limit),
    count: countOne,
    ids,
  };
}
