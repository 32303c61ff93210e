import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { postgresFrom } from '../../functions/wiring/stores.ts';
import { readEnvironment } from '../../src/contract/functions.ts';
import { openLoginCodeStore } from '../../src/identity/codes/login-code-store.ts';
import { loginSubject } from '../../src/identity/codes/login-code.ts';
import { logInDriver } from '../../src/identity/sessions/session-store.ts';
import { openSecrets } from '../../src/platform/aws/secrets.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { authWorld, freshPhone } from '../support/worlds/auth-world.ts';

const world = await authWorld();
const postgres = postgresFrom(
  readEnvironment('auth', process.env),
  openSecrets().read,
  systemClock,
);

afterAll(() => postgres.close());

const other = (code: string) => (code === '000000' ? '111111' : '000000');

async function send(phone: string, role: 'customer' | 'transporter' = 'customer') {
  const { body, error } = await world.auth.sendLoginCode({ body: { phone, role } });
  return error ?? body;
}

async function verify(phone: string, otp: string, role: 'customer' | 'transporter' = 'customer') {
  const { body, error } = await world.auth.verifyLoginCode({ body: { phone, otp, role } });
  return { user: body?.user, isNewUser: body?.isNewUser, code: error?.code, error };
}

/** As if this much time had passed for a number. */
async function without(phone: string, ...parts: readonly ('cooling' | 'sends' | 'wrong')[]) {
  for (const part of parts) await world.redis.del(`{otp:${phone}:customer}:${part}`);
}

async function sentAgain(phone: string): Promise<string> {
  await without(phone, 'cooling', 'sends');
  await send(phone);
  return world.codeSentTo(phone);
}

describe('login', () => {
  test('makes an account the first time, and finds it the second time', async () => {
    const phone = freshPhone();
    const first = await world.logIn(`+91 ${phone}`);
    expect(first).toMatchObject({
      isNewUser: true,
      user: { phone, role: 'customer', name: null, isProfileComplete: false },
      tokens: { expiresIn: 604_800 },
    });
    await without(phone, 'cooling');
    const second = await world.logIn(phone);
    expect(second).toMatchObject({ isNewUser: false, user: { id: first.user.id } });
  });

  test('keeps a customer and a transporter of one phone apart', async () => {
    const phone = freshPhone();
    const customer = await world.logIn(phone, 'customer');
    const transporter = await world.logIn(phone, 'transporter');
    expect(transporter.user.id).not.toBe(customer.user.id);
    expect(transporter.isNewUser).toBe(true);
  });

  test('by many at once for a new number makes one account', async () => {
    const phone = freshPhone();
    await send(phone);
    const code = await world.codeSentTo(phone);
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(phone, code)));
    expect(answers.filter(({ isNewUser }) => isNewUser)).toHaveLength(1);
  });

  test.each(['12345', '98765432101', '5876543210', '+1 212 555 0100', '0', 'phone'])(
    'refuses the number %s',
    async (phone) => {
      expect(await send(phone)).toMatchObject({ code: 'INVALID_PHONE', status: 400 });
      expect((await verify(phone, '123456')).code).toBe('INVALID_PHONE');
    },
  );

  test('says which fields are wrong', async () => {
    const sent = await world.auth.sendLoginCode({
      body: { phone: '', role: 'driver' as 'customer' },
    });
    expect(sent.error?.details?.map(({ path }) => path)).toEqual(['phone', 'role']);
    const { error } = await verify(freshPhone(), '12345');
    expect(error?.details).toEqual([{ path: 'otp', message: 'Enter the six digits of the code.' }]);
  });
});

describe('P13: a code', () => {
  test('works once', async () => {
    const phone = freshPhone();
    await send(phone);
    const code = await world.codeSentTo(phone);
    expect((await verify(phone, code)).user).toBeDefined();
    expect((await verify(phone, code)).code).toBe('OTP_EXPIRED');
  });

  test('verified 200 times at once succeeds once', async () => {
    const phone = freshPhone();
    await send(phone);
    const code = await world.codeSentTo(phone);
    const answers = await Promise.all(Array.from({ length: 200 }, () => verify(phone, code)));
    expect(answers.filter(({ user }) => user)).toHaveLength(1);
    expect(answers.filter(({ code: refusal }) => refusal === 'OTP_EXPIRED')).toHaveLength(199);
    const [{ sessions } = {}] = await world.sql(
      `SELECT count(*)::int AS sessions FROM weelo.sessions s JOIN weelo.users u ON u.id = s.user_id
       WHERE u.phone = $1`,
      [phone],
    );
    expect(sessions).toBe(1);
  });

  test('is for its number and role alone', async () => {
    const phone = freshPhone();
    await send(phone, 'customer');
    await send(phone, 'transporter');
    const [one, two] = (await world.takeMessages()).map(({ sms }) => sms.values.code);
    for (const code of [one, two]) {
      const answers = [
        await verify(phone, code ?? '', 'customer'),
        await verify(freshPhone(), code ?? '', 'customer'),
      ];
      expect(answers[1]?.code).toBe('OTP_EXPIRED');
    }
    expect((await verify(phone, two ?? '', 'transporter')).user).toBeDefined();
  });

  test('is replaced by the next one', async () => {
    const phone = freshPhone();
    await send(phone);
    const first = await world.codeSentTo(phone);
    const second = await sentAgain(phone);
    if (first !== second) expect((await verify(phone, first)).code).toBe('INVALID_OTP');
    expect((await verify(phone, second)).user).toBeDefined();
  });

  test('ends after five minutes', async () => {
    const phone = freshPhone();
    await send(phone);
    const life = await world.redis.pttl(`otp:${phone}:customer`);
    expect(life).toBeGreaterThan(295_000);
    expect(life).toBeLessThanOrEqual(300_000);
    await world.redis.del(`otp:${phone}:customer`);
    expect((await verify(phone, await world.codeSentTo(phone))).code).toBe('OTP_EXPIRED');
  });

  test('is locked with its number by five wrong ones, also at once, and not by four', async () => {
    const phone = freshPhone();
    await send(phone);
    const code = await world.codeSentTo(phone);
    const wrong = other(code);
    const four = await Promise.all(Array.from({ length: 4 }, () => verify(phone, wrong)));
    expect(four.map((each) => each.code)).toEqual(Array(4).fill('INVALID_OTP'));
    expect(four.map((each) => each.error?.data?.['attemptsLeft']).toSorted()).toEqual([1, 2, 3, 4]);
    expect((await verify(phone, code)).user).toBeDefined();

    const locked = freshPhone();
    await send(locked);
    const right = await world.codeSentTo(locked);
    const many = await Promise.all(Array.from({ length: 50 }, () => verify(locked, other(right))));
    expect(many.filter((each) => each.code === 'INVALID_OTP')).toHaveLength(5);
    expect(many.filter((each) => each.code === 'OTP_MAX_ATTEMPTS')).toHaveLength(45);
    const { error } = await verify(locked, right);
    expect(error).toMatchObject({ code: 'OTP_MAX_ATTEMPTS', status: 400 });
    expect(error?.retryAfterMs).toBeGreaterThan(595_000);
  });

  test('is not locked by guesses that were made before it was sent', async () => {
    const phone = freshPhone();
    const early = await Promise.all(Array.from({ length: 40 }, () => verify(phone, '123456')));
    expect(new Set(early.map((each) => each.code))).toEqual(new Set(['OTP_EXPIRED']));
    await send(phone);
    const code = await world.codeSentTo(phone);
    expect((await verify(phone, other(code))).error?.data).toEqual({ attemptsLeft: 4 });
    expect((await verify(phone, code)).user).toBeDefined();
  });

  test('sent again does not begin the count again; the lock also stops sending, until it ends', async () => {
    const phone = freshPhone();
    await send(phone);
    const first = await world.codeSentTo(phone);
    for (let i = 0; i < 3; i += 1) await verify(phone, other(first));
    const second = await sentAgain(phone);
    await verify(phone, other(second));
    expect((await verify(phone, other(second))).error?.data).toEqual({ attemptsLeft: 0 });
    expect((await verify(phone, second)).code).toBe('OTP_MAX_ATTEMPTS');

    await without(phone, 'cooling', 'sends');
    const refused = await send(phone);
    expect(refused).toMatchObject({ code: 'OTP_RATE_LIMIT_EXCEEDED', status: 429 });
    await without(phone, 'wrong');
    expect((await verify(phone, second)).user).toBeDefined();
  });
});

describe('P14: sending', () => {
  test('waits 30 seconds, and tells how long still', async () => {
    const phone = freshPhone();
    await send(phone);
    const { headers, error } = await world.auth.sendLoginCode({
      body: { phone, role: 'customer' },
    });
    expect(error).toMatchObject({ code: 'OTP_COOLDOWN', status: 429 });
    expect(error?.retryAfterMs).toBeGreaterThan(28_000);
    expect(error?.retryAfterMs).toBeLessThanOrEqual(30_000);
    expect(Number(headers['retry-after'])).toBeGreaterThan(28);
    expect(await world.takeMessages()).toHaveLength(1);
  });

  test('is done three times in ten minutes, of many at once as of one after another', async () => {
    const phone = freshPhone();
    const at = async () => {
      await without(phone, 'cooling');
      const answers = await Promise.all(Array.from({ length: 10 }, () => send(phone)));
      return answers.filter((each) => !('code' in each)).length;
    };
    expect([await at(), await at(), await at(), await at()]).toEqual([1, 1, 1, 0]);
    await without(phone, 'cooling');
    const refused = await send(phone);
    expect(refused).toMatchObject({ code: 'OTP_RATE_LIMIT_EXCEEDED' });
    await without(phone, 'cooling', 'sends');
    expect(await send(phone)).toMatchObject({ expiresIn: 300 });
    while ((await world.takeMessages()).length > 0);
  });

  test('answers for a stranger as for a customer', async () => {
    const known = freshPhone();
    await world.logIn(known);
    await without(known, 'cooling');
    const stranger = freshPhone();
    const [one, two] = [await send(known), await send(stranger)];
    const blank = (answer: object, phone: string) =>
      JSON.stringify(answer).replace(`${phone.slice(0, 2)}xxxxxx${phone.slice(-2)}`, '');
    expect(blank(one, known)).toBe(blank(two, stranger));
    while ((await world.takeMessages()).length > 0);
  });
});

describe('a code store that loses its answers', () => {
  const evaluate = async (
    script: string,
    keys: readonly string[],
    args: readonly (string | number)[],
  ) => world.redis.eval(script, keys.length, ...keys, ...args);

  test('knows a sending and an attempt again by their ids', async () => {
    const codes = openLoginCodeStore({ redis: { evaluate }, limitsLifted: false });
    const subject = loginSubject(freshPhone(), 'customer');
    const twice = async <T>(ask: () => Promise<T>) => [await ask(), await ask()];
    const reserved = { outcome: 'reserved' };
    expect(await twice(() => codes.reserve(subject, 'digest', 'sending'))).toEqual([
      reserved,
      reserved,
    ]);
    expect(await codes.reserve(subject, 'digest', 'another')).toMatchObject({ outcome: 'cooling' });
    const wrong = { outcome: 'wrong', attemptsLeft: 4 };
    expect(await twice(() => codes.attempt(subject, 'else', 'first'))).toEqual([wrong, wrong]);
    const right = { outcome: 'right', leftMs: expect.any(Number) };
    expect(await twice(() => codes.attempt(subject, 'digest', 'second'))).toEqual([right, right]);
    expect(await codes.attempt(subject, 'digest', 'third')).toEqual({ outcome: 'none' });
  });

  test('puts an earlier code back when the next one could not be sent', async () => {
    const codes = openLoginCodeStore({ redis: { evaluate }, limitsLifted: true });
    const subject = loginSubject(freshPhone(), 'customer');
    await codes.reserve(subject, 'earlier', 'first');
    await codes.reserve(subject, 'later', 'second');
    await codes.giveBack(subject, 'second');
    expect(await codes.attempt(subject, 'later', 'a')).toMatchObject({ outcome: 'wrong' });
    expect(await codes.attempt(subject, 'earlier', 'b')).toMatchObject({ outcome: 'right' });
  });
});

describe('a driver', () => {
  async function fleet() {
    const transporterPhone = freshPhone();
    const { user } = await world.logIn(transporterPhone, 'transporter');
    const driverPhone = freshPhone();
    const [{ id } = {}] = await world.sql(
      `INSERT INTO weelo.users (id, role, phone, name, transporter_id)
       VALUES (gen_random_uuid(), 'driver', $1, 'Ramesh Kumar', $2) RETURNING id`,
      [driverPhone, user.id],
    );
    return { transporterPhone, transporterId: user.id, driverPhone, driverId: String(id) };
  }
  const sendTo = async (driverPhone: string) =>
    world.auth.sendDriverLoginCode({ body: { driverPhone } });
  const verifyBy = async (driverPhone: string, otp: string) =>
    world.auth.verifyDriverLoginCode({ body: { driverPhone, otp } });

  test('logs in with a code that goes to the transporter and names the driver', async () => {
    const { transporterPhone, transporterId, driverPhone, driverId } = await fleet();
    const sent = await sendTo(driverPhone);
    expect(sent.body).toEqual({
      transporterPhoneMasked: `${transporterPhone.slice(0, 2)}xxxxxx${transporterPhone.slice(-2)}`,
      driverId,
      driverName: 'Ramesh Kumar',
      expiresInMinutes: 5,
    });
    const [message] = await world.takeMessages();
    expect(message?.sms).toMatchObject({
      to: transporterPhone,
      values: { driverName: 'Ramesh Kumar', driverPhone },
    });
    const { body } = await verifyBy(driverPhone, message?.sms.values.code ?? '');
    expect(body).toMatchObject({
      role: 'DRIVER',
      driver: { id: driverId, transporterId, preferredLanguage: 'en', isProfileCompleted: true },
    });
    const me = await world.auth.getMe({ token: body?.accessToken ?? '' });
    expect(me.body?.user).toMatchObject({ id: driverId, role: 'driver' });
  });

  test('of a large fleet does not ring its transporter without end', async () => {
    const { transporterId } = await fleet();
    const outcomes: (number | string)[] = [];
    for (let i = 0; i < 21; i += 1) {
      const driverPhone = freshPhone();
      await world.sql(
        `INSERT INTO weelo.users (id, role, phone, transporter_id) VALUES (gen_random_uuid(), 'driver', $1, $2)`,
        [driverPhone, transporterId],
      );
      // Everybody who tests has one address, and this one asks for many.
      await world.redis.del('rate:{127.0.0.1}:sendDriverLoginCode');
      const { status, error } = await sendTo(driverPhone);
      outcomes.push(error?.code ?? status);
    }
    await world.redis.del('rate:{127.0.0.1}:sendDriverLoginCode');
    // The transporter's own login was one to the same phone.
    expect(outcomes.slice(0, 19)).toEqual(Array(19).fill(200));
    expect(outcomes.slice(19)).toEqual(Array(2).fill('OTP_RATE_LIMIT_EXCEEDED'));
    while ((await world.takeMessages()).length > 0);
  });

  test('is not kept out by guesses at a code that nobody has asked for', async () => {
    const { transporterPhone, driverPhone } = await fleet();
    for (let i = 0; i < 40; i += 1) {
      expect((await verifyBy(driverPhone, '123456')).error?.code).toBe('OTP_NOT_FOUND');
    }
    expect((await sendTo(driverPhone)).status).toBe(200);
    const code = await world.codeSentTo(transporterPhone);
    expect((await verifyBy(driverPhone, other(code))).error?.data).toEqual({ attemptsLeft: 4 });
    expect((await verifyBy(driverPhone, code)).status).toBe(200);
  });

  test('is not kept out by a stranger who asks for a code again and again', async () => {
    const { transporterPhone, driverPhone } = await fleet();
    for (let i = 0; i < 40; i += 1) {
      await world.redis.del('rate:{127.0.0.1}:sendDriverLoginCode');
      const { status, error } = await sendTo(driverPhone);
      expect(error?.code ?? status).toBe(i === 0 ? 200 : 'OTP_COOLDOWN');
    }
    await world.redis.del('rate:{127.0.0.1}:sendDriverLoginCode');
    await world.codeSentTo(transporterPhone);
    await world.redis.del(`{driver-otp:${driverPhone}}:cooling`);
    expect((await sendTo(driverPhone)).status).toBe(200);
    const code = await world.codeSentTo(transporterPhone);
    expect((await verifyBy(driverPhone, code)).status).toBe(200);
  });

  test('cannot use a code that went to a former transporter', async () => {
    const { transporterPhone, driverPhone, driverId } = await fleet();
    const { transporterId: elsewhere } = await fleet();
    await sendTo(driverPhone);
    const code = await world.codeSentTo(transporterPhone);
    await world.sql('UPDATE weelo.users SET transporter_id = $2 WHERE id = $1', [
      driverId,
      elsewhere,
    ]);
    expect((await verifyBy(driverPhone, code)).error?.code).toBe('OTP_INVALID');
  });

  test('gets no session in a fleet that another than the code went to', async () => {
    const [{ driverId, transporterId }, { transporterId: elsewhere }] = [
      await fleet(),
      await fleet(),
    ];
    const logIn = (fleetId: string) =>
      postgres.run((db) =>
        logInDriver(
          db,
          { id: driverId, transporterId: fleetId },
          {
            id: randomUUID(),
            refreshHash: randomUUID(),
            deviceId: undefined,
            deviceName: undefined,
          },
        ),
      );
    // As if the driver had moved between the check of the code and the opening of the session.
    expect(await logIn(elsewhere)).toBeUndefined();
    expect(await logIn(transporterId)).toBeDefined();
  });

  test('is refused by names of its own', async () => {
    const stranger = freshPhone();
    expect((await sendTo(stranger)).error).toMatchObject({ code: 'DRIVER_NOT_FOUND', status: 404 });
    expect((await verifyBy(stranger, '123456')).error?.code).toBe('OTP_NOT_FOUND');

    const { driverPhone, driverId, transporterPhone, transporterId } = await fleet();
    expect((await verifyBy(driverPhone, '123456')).error?.code).toBe('OTP_NOT_FOUND');
    await sendTo(driverPhone);
    expect((await sendTo(driverPhone)).error?.code).toBe('OTP_COOLDOWN');
    const code = await world.codeSentTo(transporterPhone);
    for (let i = 0; i < 5; i += 1) {
      expect((await verifyBy(driverPhone, other(code))).error?.code).toBe('OTP_INVALID');
    }
    expect((await verifyBy(driverPhone, code)).error?.code).toBe('OTP_MAX_ATTEMPTS');

    await world.sql('UPDATE weelo.users SET suspended_at = now() WHERE id = $1', [transporterId]);
    expect((await sendTo(driverPhone)).error?.code).toBe('ACCOUNT_SUSPENDED');
    await world.sql('UPDATE weelo.users SET transporter_id = NULL WHERE id = $1', [driverId]);
    expect((await sendTo(driverPhone)).error).toMatchObject({
      code: 'TRANSPORTER_NOT_FOUND',
      status: 400,
    });
    expect((await verifyBy('123', '123456')).error?.code).toBe('INVALID_PHONE');
  });
});

test('a suspended account cannot log in', async () => {
  const phone = freshPhone();
  const { user } = await world.logIn(phone);
  await world.sql('UPDATE weelo.users SET suspended_at = now() WHERE id = $1', [user.id]);
  await without(phone, 'cooling');
  await send(phone);
  const { error } = await verify(phone, await world.codeSentTo(phone));
  expect(error).toMatchObject({ code: 'ACCOUNT_SUSPENDED', status: 403 });
});
