import { randomInt } from 'node:crypto';
import { rateLimitsAreLifted, type Environment } from '../../src/contract/environment.ts';
import { hasLoggedIn } from '../../src/identity/accounts/account-store.ts';
import { codeBudget, unlimitedBudget } from '../../src/identity/codes/code-budget.ts';
import { countCodesInRedis } from '../../src/identity/codes/code-budget-store.ts';
import { codeKeys } from '../../src/identity/codes/code-keys.ts';
import type { IssueCodeDeps } from '../../src/identity/codes/issue-code.ts';
import { openLoginCodeStore } from '../../src/identity/codes/login-code-store.ts';
import { queueSms } from '../../src/identity/codes/queue-sms.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { countOne, measureShare } from '../../src/platform/logs/observability.ts';
import { openQueue } from '../../src/platform/aws/queues.ts';
import type { Postgres } from '../../src/platform/postgres/postgres.ts';
import type { RedisConnection } from '../../src/platform/redis/redis.ts';
import type { ReadSecret } from '../../src/platform/aws/secrets.ts';

type CodeEnvironment = Environment<
  | 'CODE_KEY_SECRET_ARN'
  | 'NOTIFY_QUEUE_URL'
  | 'OTP_SENDS_PER_PREFIX'
  | 'OTP_SENDS_PER_ADDRESS'
  | 'OTP_SENDS_PER_DAY'
  | 'OTP_KEPT_SHARE'
>;

interface Stores {
  readonly redis: RedisConnection;
  readonly postgres: Postgres;
  readonly readSecret: ReadSecret;
  readonly clock: Clock;
}

/** What a function needs to send one-time codes and to check them. */
export function codeDepsFrom(
  env: CodeEnvironment,
  { redis, postgres, readSecret, clock }: Stores,
): IssueCodeDeps {
  const limitsLifted = rateLimitsAreLifted(process.env);
  const readCodeKeys = codeKeys(readSecret, env.CODE_KEY_SECRET_ARN, clock);
  const settings = {
    perPrefix: env.OTP_SENDS_PER_PREFIX,
    perAddress: env.OTP_SENDS_PER_ADDRESS,
    perDay: env.OTP_SENDS_PER_DAY,
    keptShare: env.OTP_KEPT_SHARE,
  };
  const budget = codeBudget(settings, {
    countCode: countCodesInRedis(redis),
    hasLoggedIn: (account) => postgres.run((db) => hasLoggedIn(db, account)),
    measureShare,
    clock,
  });
  return {
    codes: openLoginCodeStore({ redis, limitsLifted }),
    budget: limitsLifted ? unlimitedBudget : budget,
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
