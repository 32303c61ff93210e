import { decodeJwt } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { hashOf } from '../../src/identity/sessions/refresh-token.ts';
import { freshPhone } from '../support/worlds/auth-world.ts';
import { faultyWorld, freshAuth, outcome, type Auth } from '../support/worlds/faulty-world.ts';

let world: Awaited<ReturnType<typeof faultyWorld>>;
beforeAll(async () => {
  world = await faultyWorld();
});
afterEach(async () => {
  vi.useRealTimers();
  const { redis, ...doors } = world.stores;
  await Promise.all([...Object.values(doors), ...redis.doors].map((door) => door.open()));
});

const send = (auth: Auth, phone: string) =>
  auth.sendLoginCode({ body: { phone, role: 'customer' } });
const verify = (auth: Auth, phone: string, otp: string) =>
  auth.verifyLoginCode({ body: { phone, otp, role: 'customer' } });

const newSession = async (device: object = {}) =>
  (await world.logIn(freshPhone(), 'customer', device)).tokens;

/** Both functions: one that was there before, and one that starts now. */
const bothFunctions = async () => [world.auth, await freshAuth()] as const;

const unavailable = { answer: 'SERVICE_UNAVAILABLE', retryAfterMs: 2000 };
/** Milliseconds in which whoever cannot be served is told so: before the first of the time-outs that would have to run twice, also on a busy machine. */
const atOnce = 1500;

/** Milliseconds in which a statement is given up, before the function itself would have to be. */
const mostMs = 9000;

async function expectUnavailable(asking: Parameters<typeof outcome>[0]) {
  const { ms, ...told } = await outcome(asking);
  expect(told).toEqual(unavailable);
  expect(ms).toBeLessThan(atOnce);
}

async function expectFine(asking: Parameters<typeof outcome>[0]) {
  const { ms, answer } = await outcome(asking);
  expect(answer).toBe(200);
  expect(ms).toBeLessThan(atOnce);
}

describe('PostgreSQL stops', () => {
  test('whoever is being served then is served, or asked to come back', async () => {
    const { accessToken: token } = await newSession();
    const asking = Array.from({ length: 20 }, () => outcome(world.auth.getProfile({ token })));
    await world.stopPostgres();
    const answers = (await Promise.all(asking)).map(({ answer }) => answer);
    expect(new Set([200, 'SERVICE_UNAVAILABLE', ...answers]).size).toBe(2);
  });

  test('what stands there alone is refused at once; what does not goes on', async () => {
    const { accessToken: token, refreshToken } = await newSession();
    const { driverPhone } = await world.hireDriver();
    await world.stopPostgres();
    for (const auth of await bothFunctions()) {
      await expectUnavailable(auth.getProfile({ token }));
      await expectUnavailable(auth.getMe({ token }));
      await expectUnavailable(auth.listSessions({ token }));
      await expectUnavailable(auth.logOut({ token, query: {} }));
      await expectUnavailable(auth.refreshSession({ body: { refreshToken, rotate: true } }));
      await expectUnavailable(auth.sendDriverLoginCode({ body: { driverPhone } }));
      await expectUnavailable(auth.verifyDriverLoginCode({ body: { driverPhone, otp: '123456' } }));
      await expectFine(auth.createSocketTicket({ token }));
      await expectFine(send(auth, freshPhone()));
    }
    await world.stores.postgres.open();
    await expectFine(world.auth.getProfile({ token }));
    await expectFine(world.auth.refreshSession({ body: { refreshToken, rotate: true } }));
    await expectFine(world.auth.logOut({ token, query: {} }));
  });

  test('a code that was used meanwhile is good again, once', async () => {
    const phone = freshPhone();
    await send(world.auth, phone);
    const code = await world.codeSentTo(phone);
    await world.stopPostgres();
    for (const auth of await bothFunctions()) await expectUnavailable(verify(auth, phone, code));
    await world.stores.postgres.open();
    await expectFine(verify(world.auth, phone, code));
    expect((await outcome(verify(world.auth, phone, code))).answer).toBe('OTP_EXPIRED');
  });

  test('a code of a driver is not touched meanwhile', async () => {
    const { driverPhone, transporterPhone } = await world.hireDriver();
    await world.auth.sendDriverLoginCode({ body: { driverPhone } });
    const otp = await world.codeSentTo(transporterPhone);
    await world.stopPostgres();
    await expectUnavailable(world.auth.verifyDriverLoginCode({ body: { driverPhone, otp } }));
    await world.stores.postgres.open();
    await expectFine(world.auth.verifyDriverLoginCode({ body: { driverPhone, otp } }));
  });

  test('sessions are refreshed by their mirror, on their own device', async () => {
    const { refreshToken } = await newSession({ deviceId: 'phone-1' });
    await world.stopPostgres();
    for (const auth of await bothFunctions()) {
      const from = (device: string) =>
        auth.refreshSession({ body: { refreshToken }, headers: { 'x-device-id': device } });
      await expectFine(from('phone-1'));
      expect((await outcome(from('phone-2'))).answer).toBe('INVALID_REFRESH_TOKEN');
      const { body } = await auth.refreshSession({ body: { refreshToken } });
      await expectFine(auth.createSocketTicket({ token: body?.accessToken ?? '' }));
      await expectUnavailable(auth.refreshSession({ body: { refreshToken: 'never seen' } }));
    }
  });

  test('no access token outlives its session by a refresh from the mirror', async () => {
    const { tokens, user } = await world.logIn(freshPhone());
    const { refreshToken } = tokens;
    await world.sql(
      `UPDATE weelo.sessions SET expires_at = now() + interval '10 minutes' WHERE user_id = $1`,
      [user.id],
    );
    // So the mirror learns of it.
    await world.auth.refreshSession({ body: { refreshToken } });
    const record = `refresh:${hashOf(refreshToken)}`;
    const endsAt = await world.redis.pexpiretime(record);
    await world.stopPostgres();
    for (const auth of await bothFunctions()) {
      const { body } = await auth.refreshSession({ body: { refreshToken } });
      expect(decodeJwt(body?.accessToken ?? '').exp).toBe(Math.floor(endsAt / 1000));
      expect(body?.expiresIn).toBeLessThanOrEqual(600);
    }
    // What tells no end is not believed.
    await world.redis.persist(record);
    const refused = await outcome(world.auth.refreshSession({ body: { refreshToken } }));
    expect(refused.answer).toBe('SERVICE_UNAVAILABLE');
  });

  test('a session that was ended is not revived by a mirror that missed it', async () => {
    const { refreshToken, accessToken: token } = await newSession();
    const { redis } = world.stores;
    await Promise.all(redis.doors.map((door) => door.shut()));
    await expectFine(world.auth.logOut({ token, query: {} }));
    await Promise.all(redis.doors.map((door) => door.open()));
    const mirrored = () => world.redis.exists(`refresh:${hashOf(refreshToken)}`);
    await vi.waitFor(async () => expect(await mirrored()).toBe(1), 10_000);
    await world.stopPostgres();
    for (const auth of await bothFunctions()) {
      await vi.waitFor(
        async () => expect((await outcome(send(auth, freshPhone()))).answer).toBe(200),
        10_000,
      );
      await expectUnavailable(auth.refreshSession({ body: { refreshToken } }));
      expect((await outcome(auth.createSocketTicket({ token }))).answer).toBe('UNAUTHORIZED');
    }
  });
});

test("PostgreSQL's host is lost without a word: what waits is given up, and then another is found", async () => {
  const { accessToken: token } = await newSession();
  await world.waitForLocks();
  const auth = await freshAuth();
  const profile = () => outcome(auth.getProfile({ token }));
  const asking: ReturnType<typeof profile>[] = [];
  // As many at once as there are connections.
  await world.loseHostOwing(2, () => void asking.push(profile()));
  for (const { answer, ms } of await Promise.all(asking)) {
    expect(answer).toBe('SERVICE_UNAVAILABLE');
    expect(ms).toBeLessThan(mostMs);
  }
  await expectFine(auth.getProfile({ token }));
  // Whose connections were idle then does not know yet that they are lost.
  await world.stores.postgres.shut();
});

test('PostgreSQL and Redis stop: nothing hangs, and with both back all goes on', async () => {
  const { redis } = world.stores;
  const { accessToken: token, refreshToken } = await newSession();
  await Promise.all([world.stopPostgres(), ...redis.doors.map((door) => door.shut())]);
  for (const auth of await bothFunctions()) {
    await expectUnavailable(auth.getProfile({ token }));
    await expectUnavailable(auth.refreshSession({ body: { refreshToken } }));
    await expectUnavailable(send(auth, freshPhone()));
    await expectUnavailable(verify(auth, freshPhone(), '123456'));
    await expectFine(auth.createSocketTicket({ token }));
  }
  await Promise.all([world.stores.postgres, ...redis.doors].map((door) => door.open()));
  await expectFine(world.auth.getProfile({ token }));
  await expectFine(world.auth.refreshSession({ body: { refreshToken } }));
  await vi.waitFor(async () => expect(await world.logIn(freshPhone())).toBeDefined(), 5000);
});

describe('DynamoDB stops', () => {
  const later = (seconds: number) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + seconds * 1000);
  };

  test('sessions that were asked about within a minute go on; of others nobody knows', async () => {
    const [known, unknown] = [await newSession(), await newSession()];
    const token = known.accessToken;
    await world.auth.getProfile({ token });
    await world.stores.dynamodb.shut();
    await expectFine(world.auth.getProfile({ token }));
    later(59);
    await expectFine(world.auth.getProfile({ token }));
    later(2);
    await expectUnavailable(world.auth.getProfile({ token }));
    await expectUnavailable(world.auth.getProfile({ token: unknown.accessToken }));
    await expectUnavailable((await freshAuth()).getProfile({ token }));
    await world.stores.dynamodb.open();
    await expectFine(world.auth.getProfile({ token }));
  });

  test('logins and refreshes do without it', async () => {
    await world.stores.dynamodb.shut();
    const { refreshToken } = await newSession();
    for (const auth of await bothFunctions()) {
      await expectFine(auth.refreshSession({ body: { refreshToken } }));
      await expectFine(auth.refreshSession({ body: { refreshToken, rotate: true } }));
    }
  });

  test('who logs out meanwhile is told to come back, and then is logged out everywhere', async () => {
    const { accessToken: token, refreshToken } = await newSession();
    await world.auth.getMe({ token });
    await world.stores.dynamodb.shut();
    await expectUnavailable(world.auth.logOut({ token, query: {} }));
    await world.stores.dynamodb.open();
    await expectFine(world.auth.logOut({ token, query: {} }));
    for (const auth of await bothFunctions()) {
      expect((await outcome(auth.getMe({ token }))).answer).toBe('UNAUTHORIZED');
      const refreshing = auth.refreshSession({ body: { refreshToken } });
      expect((await outcome(refreshing)).answer).toBe('INVALID_REFRESH_TOKEN');
    }
  });
});

describe('SQS stops', () => {
  let phone: string;
  beforeEach(async () => {
    phone = freshPhone();
    await world.stores.sqs.shut();
  });

  test('no code is sent, and as often as one likes: none of it counts', async () => {
    for (let i = 0; i < 4; i += 1) {
      const { answer, ms, retryAfterMs } = await outcome(send(world.auth, phone));
      expect({ answer, retryAfterMs }).toEqual({ answer: 'OTP_SEND_FAILED', retryAfterMs: 1000 });
      expect(ms).toBeLessThan(atOnce);
    }
    expect((await outcome(verify(world.auth, phone, '123456'))).answer).toBe('OTP_EXPIRED');
    await world.stores.sqs.open();
    await expectFine(send(world.auth, phone));
    await expectFine(verify(world.auth, phone, await world.codeSentTo(phone)));
    expect(await world.redis.get(`{otp:${phone}:customer}:sends`)).toBe('1');
  });
});
