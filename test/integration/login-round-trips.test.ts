import { beforeAll, expect, test } from 'vitest';
import { hashOf } from '../../src/identity/sessions/refresh-token.ts';
import { authWorld, freshPhone } from '../support/worlds/auth-world.ts';
import { watchEngines } from '../support/engines/watched-engines.ts';

let world: Awaited<ReturnType<typeof authWorld>>;
let costOf: Awaited<ReturnType<typeof watchEngines>>['costOf'];

beforeAll(async () => {
  const engines = await watchEngines();
  world = await authWorld(engines.instead);
  costOf = engines.costOf;
  // What only a function's first call costs: connections, credentials, keys.
  const { tokens } = await world.logIn(freshPhone());
  await world.auth.getProfile({ token: tokens.accessToken });
});

/** The counters of the budget that a code to a phone is counted under, in one script. */
const budgetFor = (phone: string, part: 'open' | 'kept') =>
  expect.stringMatching(
    `^eval {otp-budget}:address:[0-9-]{10}:127.0.0.1 {otp-budget}:receiver:${phone} {otp-budget}:prefix:${phone.slice(0, 5)} {otp-budget}:${part}:[0-9-]{10}$`,
  );

test('send-otp asks one script of its own and one of the budget, and queues one message', async () => {
  const phone = freshPhone();
  const { cost } = await costOf(() =>
    world.auth.sendLoginCode({ body: { phone, role: 'customer' } }),
  );
  const code = `otp:${phone}:customer`;
  expect(cost).toEqual({
    redis: [
      `eval ${code} ${['wrong', 'cooling', 'sends', 'note', 'former', 'former-note'].map((each) => `{${code}}:${each}`).join(' ')}`,
      'eval rate:{127.0.0.1}:sendLoginCode',
      budgetFor(phone, 'open'),
    ],
    postgres: [],
    aws: ['AmazonSQS.SendMessage'],
  });
});

test('send-otp looks up the account when strangers have no codes left', async () => {
  const [known, stranger] = [freshPhone(), freshPhone()];
  await world.logIn(known);
  await world.redis.del(`{otp:${known}:customer}:cooling`);
  const open = `{otp-budget}:open:${new Date().toISOString().slice(0, 10)}`;
  await world.redis.set(open, 1_000_000, 'EX', 60);
  for (const phone of [known, stranger]) {
    const { outcome, cost } = await costOf(() =>
      world.auth.sendLoginCode({ body: { phone, role: 'customer' } }),
    );
    const isKnown = phone === known;
    expect(outcome.error?.code).toBe(isKnown ? undefined : 'OTP_RATE_LIMIT_EXCEEDED');
    expect(cost.postgres).toEqual([
      expect.stringMatching(/^SELECT EXISTS \( SELECT FROM weelo.users /),
    ]);
    expect(cost.redis).toContainEqual(budgetFor(phone, 'open'));
    expect(cost.redis.filter((each) => each.includes(':kept:'))).toHaveLength(isKnown ? 1 : 0);
  }
  await world.redis.del(open);
});

test.each(['the first', 'the second'])(
  'verify-otp, %s time, is a count, a script, a statement, and two writes to the mirror',
  async (time) => {
    const phone = freshPhone();
    if (time === 'the second') {
      await world.logIn(phone);
      await world.redis.del(`{otp:${phone}:customer}:cooling`);
    }
    await world.auth.sendLoginCode({ body: { phone, role: 'customer' } });
    const otp = await world.codeSentTo(phone);
    const { outcome, cost } = await costOf(() =>
      world.auth.verifyLoginCode({ body: { phone, otp, role: 'customer' } }),
    );
    const { user, tokens } = outcome.body ?? {};
    const code = `otp:${phone}:customer`;
    expect(cost).toEqual({
      redis: [
        expect.stringMatching(
          `^eval ${code} {${code}}:wrong {${code}}:former {${code}}:attempt:[0-9a-f-]{36}$`,
        ),
        'eval rate:{127.0.0.1}:verifyLoginCode',
        `eval refresh:${hashOf(tokens?.refreshToken ?? '')}`,
        `eval user:tokens:${user?.id}`,
      ],
      postgres: [expect.stringMatching(/^WITH account AS \( INSERT INTO weelo.users /)],
      aws: [],
    });
  },
);

test('a guess costs the same for a driver without a code as for a number without a driver', async () => {
  const [driverPhone, free] = [freshPhone(), freshPhone()];
  await world.sql(
    `WITH t AS (INSERT INTO weelo.users (id, role, phone) VALUES (gen_random_uuid(), 'transporter', $3)
                RETURNING id)
     INSERT INTO weelo.users (id, role, phone, transporter_id)
     SELECT gen_random_uuid(), 'driver'::weelo.role, $1, id FROM t
     UNION ALL SELECT gen_random_uuid(), 'driver'::weelo.role, $2, NULL`,
    [driverPhone, free, freshPhone()],
  );
  for (const phone of [driverPhone, free, freshPhone()]) {
    const { outcome, cost } = await costOf(() =>
      world.auth.verifyDriverLoginCode({ body: { driverPhone: phone, otp: '123456' } }),
    );
    expect(outcome.error?.code).toBe('OTP_NOT_FOUND');
    const code = `driver-otp:${phone}`;
    expect(cost).toEqual({
      redis: [
        expect.stringMatching(
          `^eval ${code} {${code}}:wrong {${code}}:former {${code}}:attempt:[0-9a-f-]{36}$`,
        ),
        'eval rate:{127.0.0.1}:verifyDriverLoginCode',
      ],
      postgres: [expect.stringMatching(/^SELECT d\.\*, .* FROM weelo.users AS d /)],
      aws: [],
    });
  }
});

test('a profile is one count and one statement; a session is looked up when it is first seen', async () => {
  const { user, tokens } = await world.logIn(freshPhone());
  const ask = () => world.auth.getProfile({ token: tokens.accessToken });
  const first = await costOf(ask);
  const second = await costOf(ask);
  const always = {
    redis: [`eval rate:{${user.id}}:getProfile rate:{${user.id}}:all`],
    postgres: ['SELECT * FROM weelo.users WHERE id = $1::uuid'],
  };
  expect(first.cost).toEqual({ ...always, aws: ['DynamoDB.GetItem'] });
  expect(second.cost).toEqual({ ...always, aws: [] });
});

test('refresh is a count, a statement, and two writes to the mirror', async () => {
  const { tokens, user } = await world.logIn(freshPhone());
  const { refreshToken } = tokens;
  const { outcome, cost } = await costOf(() =>
    world.auth.refreshSession({ body: { refreshToken } }),
  );
  expect(outcome.status).toBe(200);
  expect(cost).toEqual({
    redis: [
      `eval rate:{${hashOf(refreshToken)}}:refreshSession`,
      `eval refresh:${hashOf(refreshToken)}`,
      `eval user:tokens:${user.id}`,
    ],
    postgres: [expect.stringMatching(/^UPDATE weelo.sessions AS s SET last_seen_at = now\(\) /)],
    aws: [],
  });
});
