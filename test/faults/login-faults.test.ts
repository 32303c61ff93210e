import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { freshPhone } from '../support/worlds/auth-world.ts';
import { faultyWorld, freshAuth, outcome, type Auth } from '../support/worlds/faulty-world.ts';

let world: Awaited<ReturnType<typeof faultyWorld>>;
beforeAll(async () => {
  world = await faultyWorld();
});

const send = (auth: Auth, phone: string) =>
  auth.sendLoginCode({ body: { phone, role: 'customer' } });
const verify = (auth: Auth, phone: string, otp: string) =>
  auth.verifyLoginCode({ body: { phone, otp, role: 'customer' } });
const other = (code: string) => (code === '000000' ? '111111' : '000000');

/** What everybody does who is logged in. */
const asLoggedIn: Record<string, (auth: Auth, tokens: Tokens) => ReturnType<typeof outcome>> = {
  profile: (auth, { accessToken: token }) => outcome(auth.getProfile({ token })),
  me: (auth, { accessToken: token }) => outcome(auth.getMe({ token })),
  sessions: (auth, { accessToken: token }) => outcome(auth.listSessions({ token })),
  refresh: (auth, { refreshToken }) => outcome(auth.refreshSession({ body: { refreshToken } })),
  ticket: (auth, { accessToken: token }) => outcome(auth.createSocketTicket({ token })),
};
/** What somebody does to log in. */
const toLogIn: Record<string, (auth: Auth) => ReturnType<typeof outcome>> = {
  'send-otp': (auth) => outcome(send(auth, freshPhone())),
  'verify-otp': (auth) => outcome(verify(auth, freshPhone(), '123456')),
  'driver send-otp': async (auth) => {
    const { driverPhone } = await world.hireDriver();
    return outcome(auth.sendDriverLoginCode({ body: { driverPhone } }));
  },
  "a stranger's driver send-otp": async (auth) =>
    outcome(auth.sendDriverLoginCode({ body: { driverPhone: freshPhone() } })),
  "a stranger's driver verify-otp": async (auth) =>
    outcome(auth.verifyDriverLoginCode({ body: { driverPhone: freshPhone(), otp: '123456' } })),
  'driver verify-otp': async (auth) => {
    const { driverPhone } = await world.hireDriver();
    return outcome(auth.verifyDriverLoginCode({ body: { driverPhone, otp: '123456' } }));
  },
};

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

const newSession = async () => (await world.logIn(freshPhone())).tokens;

/** Milliseconds that a request takes at most which waits for nothing, also on a busy machine. */
const atOnce = 1500;

/** How long a client may take to find its way back. */
const patience = { timeout: 8000, interval: 100 };

/** A whole login, by the function itself. */
async function logInBy(auth: Auth) {
  const phone = freshPhone();
  const sent = await outcome(send(auth, phone));
  if (sent.answer !== 200) return sent.answer;
  return (await outcome(verify(auth, phone, await world.codeSentTo(phone)))).answer;
}

/** Beside neighbours who use both cores, Redis may be too late altogether. Then nothing was counted or used. */
const busy = 'SERVICE_UNAVAILABLE';

describe('P13 and a Redis whose every answer is 100 ms late', () => {
  beforeEach(() => {
    for (const door of world.stores.redis.doors) door.lengthen(100);
  });
  afterEach(() => {
    for (const door of world.stores.redis.doors) door.lengthen(0);
  });

  test('it is late, and in time', async () => {
    const { answer, ms } = await outcome(verify(world.auth, freshPhone(), '123456'));
    expect(answer).toBe('OTP_EXPIRED');
    expect(ms).toBeGreaterThan(100);
  });

  test('of 200 verifications of a right code at once one succeeds', async () => {
    const phone = freshPhone();
    await send(world.auth, phone);
    const code = await world.codeSentTo(phone);
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => outcome(verify(world.auth, phone, code))),
    );
    const others = answers.map(({ answer }) => answer).filter((each) => each !== 200);
    expect(others).toHaveLength(199);
    expect(new Set(others.filter((each) => each !== busy))).toEqual(new Set(['OTP_EXPIRED']));
  });

  test('of 200 wrong codes at once five are tried, and the number is locked', async () => {
    const phone = freshPhone();
    await send(world.auth, phone);
    const code = await world.codeSentTo(phone);
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => outcome(verify(world.auth, phone, other(code)))),
    );
    expect(answers.filter(({ answer }) => answer === 'INVALID_OTP')).toHaveLength(5);
    const others = answers.map(({ answer }) => answer).filter((each) => each !== 'INVALID_OTP');
    expect(new Set(others.filter((each) => each !== busy))).toEqual(new Set(['OTP_MAX_ATTEMPTS']));
    expect((await outcome(verify(world.auth, phone, code))).answer).toBe('OTP_MAX_ATTEMPTS');
  });

  test('a code that is sent again does not begin the count again', async () => {
    const phone = freshPhone();
    await send(world.auth, phone);
    const first = await world.codeSentTo(phone);
    for (let i = 0; i < 3; i += 1) await verify(world.auth, phone, other(first));
    await world.redis.del(`{otp:${phone}:customer}:cooling`);
    await send(world.auth, phone);
    const second = await world.codeSentTo(phone);
    const wrong = [1, 2, 3].map(() => outcome(verify(world.auth, phone, other(second))));
    const answers = (await Promise.all(wrong)).map(({ answer }) => answer);
    expect(answers.toSorted()).toEqual(['INVALID_OTP', 'INVALID_OTP', 'OTP_MAX_ATTEMPTS']);
    expect((await outcome(verify(world.auth, phone, second))).answer).toBe('OTP_MAX_ATTEMPTS');
  });
});

describe('Redis stops', () => {
  let used: Auth;
  let fresh: Auth;
  let one: Tokens;
  let two: Tokens;
  const functions = [
    ['a function that knew it', () => used, () => one],
    ['a function that starts now', () => fresh, () => two],
  ] as const;

  beforeAll(async () => {
    used = world.auth;
    [one, two] = [await newSession(), await newSession()];
  });
  afterAll(() => world.stores.redis.start());

  test('whoever is being served then is served, or asked to come back', async () => {
    const asking = Array.from({ length: 30 }, () => [
      outcome(send(used, freshPhone())),
      outcome(used.getProfile({ token: one.accessToken })),
    ]);
    await world.stores.redis.stop();
    const answers = (await Promise.all(asking.flat())).map(({ answer }) => answer);
    expect(new Set([200, 'SERVICE_UNAVAILABLE', ...answers]).size).toBe(2);
    fresh = await freshAuth();
  });

  describe.each(functions)('%s', (_, auth, tokens) => {
    test.each(Object.keys(asLoggedIn))('goes on with %s', async (name) => {
      const { answer, ms } = (await asLoggedIn[name]?.(auth(), tokens())) ?? {};
      expect(answer).toBe(200);
      expect(ms).toBeLessThan(atOnce);
    });

    test.each(Object.keys(toLogIn))('refuses %s at once', async (name) => {
      const { answer, ms, retryAfterMs } = (await toLogIn[name]?.(auth())) ?? {};
      expect({ answer, retryAfterMs }).toEqual({
        answer: 'SERVICE_UNAVAILABLE',
        retryAfterMs: 2000,
      });
      expect(ms).toBeLessThan(atOnce);
    });

    test('replaces a refresh token, and logs out for good', async () => {
      const { accessToken: token, refreshToken } = tokens();
      const rotated = await auth().refreshSession({ body: { refreshToken, rotate: true } });
      expect(rotated.body?.refreshToken).not.toBe(refreshToken);
      expect((await outcome(auth().logOut({ token, query: {} }))).ms).toBeLessThan(atOnce);
      expect((await outcome(auth().getMe({ token }))).answer).toBe('UNAUTHORIZED');
      const again = auth().refreshSession({
        body: { refreshToken: rotated.body?.refreshToken ?? '' },
      });
      expect((await outcome(again)).answer).toBe('INVALID_REFRESH_TOKEN');
    });
  });

  test('and starts with nothing in it: both functions go on without a new process', async () => {
    await world.stores.redis.start();
    for (const auth of [used, fresh]) {
      await vi.waitFor(async () => expect(await logInBy(auth)).toBe(200), patience);
    }
  });
});

describe('Redis freezes', () => {
  let one: Tokens;
  beforeAll(async () => {
    one = await newSession();
    for (const door of world.stores.redis.doors) door.freeze();
  });
  afterAll(() => {
    for (const door of world.stores.redis.doors) door.thaw();
  });

  // A function that knew it waits 300 ms for each answer; two, where calls are counted and codes kept.
  const functions = [
    ['a function that knew it', () => world.auth, 800 + atOnce],
    ['a function that starts now', freshAuth, 1500 + atOnce],
  ] as const;

  describe.each(functions)('%s', (_, functionOf, most) => {
    test('goes on with what is no login', async () => {
      const auth = await functionOf();
      for (const ask of Object.values(asLoggedIn)) {
        const { answer, ms } = await ask(auth, one);
        expect(answer).toBe(200);
        expect(ms).toBeLessThan(most);
      }
    });

    test('refuses logins soon', async () => {
      const auth = await functionOf();
      for (const ask of Object.values(toLogIn)) {
        const { answer, ms } = await ask(auth);
        expect(answer).toBe('SERVICE_UNAVAILABLE');
        expect(ms).toBeLessThan(most);
      }
    });
  });

  test('and thaws: logins work again', async () => {
    for (const door of world.stores.redis.doors) door.thaw();
    await vi.waitFor(async () => expect(await logInBy(world.auth)).toBe(200), patience);
  });
});

test('after its hosts were lost without a word, others are found', async () => {
  expect(await logInBy(world.auth)).toBe(200);
  for (const door of world.stores.redis.doors) door.strand();
  expect(await logInBy(world.auth)).toBe('SERVICE_UNAVAILABLE');
  await vi.waitFor(async () => expect(await logInBy(world.auth)).toBe(200), patience);
});
