import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ErrorCode } from '../../src/contract/errors.ts';
import { errorsOf, type Route } from '../../src/contract/http/route.ts';
import { routes } from '../../src/contract/http/routes.ts';
import { freshPhone } from '../support/worlds/auth-world.ts';
import type { Send } from '../support/client.ts';
import { faultyWorld } from '../support/worlds/faulty-world.ts';
import { into } from '../support/invoke.ts';
import { answerTo, requestTo } from '../support/requests.ts';

const login: readonly Route[] = routes.filter(({ path }) =>
  /^\/api\/v1\/(?:driver-)?auth\//.test(path),
);
const routeNamed = (id: string): Route => {
  const found = login.find((each) => each.id === id);
  if (!found) throw new Error(`There is no route ${id}`);
  return found;
};

let world: Awaited<ReturnType<typeof faultyWorld>>;
beforeAll(async () => {
  world = await faultyWorld();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  const { redis, ...doors } = world.stores;
  await Promise.all([...Object.values(doors), ...redis.doors].map((door) => door.open()));
  const body = { ...customer(freshPhone()), otp: '123456' };
  await vi.waitUntil(async () => (await ask('verifyLoginCode', { body })) === 'OTP_EXPIRED');
  while ((await world.takeMessages()).length > 0);
});

let lastAddress = 0;
/** The function, asked from an address that nobody has asked from. */
async function fromElsewhere(): Promise<Send> {
  const { handler } = await import('../../functions/auth.ts');
  lastAddress += 1;
  return into(handler, { address: `10.0.0.${lastAddress}` });
}

/** What a route answers, from an address of its own. */
async function ask(id: string, change: Parameters<typeof requestTo>[1] = {}) {
  return answerTo(await fromElsewhere(), requestTo(routeNamed(id), change));
}

async function tokenOf(phone = freshPhone()) {
  return (await world.logIn(phone)).tokens;
}

const customer = (phone: string) => ({ phone, role: 'customer' });
const cool = (key: string) => world.redis.del(`{${key}}:cooling`);
const suspend = (phone: string) =>
  world.sql('UPDATE weelo.users SET suspended_at = now() WHERE phone = $1', [phone]);
const wrongOf = (code: string) => (code === '000000' ? '111111' : '000000');

/** What only a story leads to; each ends in the answer that it is named for. */
const stories: Record<string, Partial<Record<ErrorCode, () => Promise<string | number>>>> = {
  sendLoginCode: {
    INVALID_PHONE: () => ask('sendLoginCode', { body: customer('5876543210') }),
    OTP_COOLDOWN: async () => {
      const body = customer(freshPhone());
      await ask('sendLoginCode', { body });
      return ask('sendLoginCode', { body });
    },
    OTP_RATE_LIMIT_EXCEEDED: async () => {
      const phone = freshPhone();
      for (let i = 0; i < 3; i += 1) {
        await ask('sendLoginCode', { body: customer(phone) });
        await cool(`otp:${phone}:customer`);
      }
      return ask('sendLoginCode', { body: customer(phone) });
    },
    OTP_SEND_FAILED: async () => {
      await world.stores.sqs.shut();
      return ask('sendLoginCode', { body: customer(freshPhone()) });
    },
  },
  verifyLoginCode: {
    INVALID_PHONE: () => ask('verifyLoginCode', { body: { ...customer('12'), otp: '123456' } }),
    OTP_EXPIRED: () =>
      ask('verifyLoginCode', { body: { ...customer(freshPhone()), otp: '123456' } }),
    INVALID_OTP: async () => {
      const phone = freshPhone();
      await ask('sendLoginCode', { body: customer(phone) });
      const otp = wrongOf(await world.codeSentTo(phone));
      return ask('verifyLoginCode', { body: { ...customer(phone), otp } });
    },
    OTP_MAX_ATTEMPTS: async () => {
      const phone = freshPhone();
      await ask('sendLoginCode', { body: customer(phone) });
      const otp = wrongOf(await world.codeSentTo(phone));
      const verify = () => ask('verifyLoginCode', { body: { ...customer(phone), otp } });
      for (let i = 0; i < 5; i += 1) await verify();
      return verify();
    },
    ACCOUNT_SUSPENDED: async () => {
      const phone = freshPhone();
      await tokenOf(phone);
      await suspend(phone);
      await cool(`otp:${phone}:customer`);
      await ask('sendLoginCode', { body: customer(phone) });
      const otp = await world.codeSentTo(phone);
      return ask('verifyLoginCode', { body: { ...customer(phone), otp } });
    },
  },
  sendDriverLoginCode: {
    INVALID_PHONE: () => ask('sendDriverLoginCode', { body: { driverPhone: '12' } }),
    DRIVER_NOT_FOUND: () => ask('sendDriverLoginCode', { body: { driverPhone: freshPhone() } }),
    TRANSPORTER_NOT_FOUND: async () => {
      const { driverPhone } = await world.hireDriver();
      await world.sql('UPDATE weelo.users SET transporter_id = NULL WHERE phone = $1', [
        driverPhone,
      ]);
      return ask('sendDriverLoginCode', { body: { driverPhone } });
    },
    ACCOUNT_SUSPENDED: async () => {
      const { driverPhone, transporterPhone } = await world.hireDriver();
      await suspend(transporterPhone);
      return ask('sendDriverLoginCode', { body: { driverPhone } });
    },
    OTP_COOLDOWN: async () => {
      const { driverPhone } = await world.hireDriver();
      await ask('sendDriverLoginCode', { body: { driverPhone } });
      return ask('sendDriverLoginCode', { body: { driverPhone } });
    },
    OTP_RATE_LIMIT_EXCEEDED: async () => {
      const { driverPhone } = await world.hireDriver();
      for (let i = 0; i < 3; i += 1) {
        await ask('sendDriverLoginCode', { body: { driverPhone } });
        await cool(`driver-otp:${driverPhone}`);
      }
      return ask('sendDriverLoginCode', { body: { driverPhone } });
    },
    OTP_SEND_FAILED: async () => {
      const { driverPhone } = await world.hireDriver();
      await world.stores.sqs.shut();
      return ask('sendDriverLoginCode', { body: { driverPhone } });
    },
  },
  verifyDriverLoginCode: {
    INVALID_PHONE: () =>
      ask('verifyDriverLoginCode', { body: { driverPhone: '12', otp: '123456' } }),
    OTP_NOT_FOUND: () =>
      ask('verifyDriverLoginCode', { body: { driverPhone: freshPhone(), otp: '123456' } }),
    OTP_INVALID: async () => {
      const { driverPhone, transporterPhone } = await world.hireDriver();
      await ask('sendDriverLoginCode', { body: { driverPhone } });
      const otp = wrongOf(await world.codeSentTo(transporterPhone));
      return ask('verifyDriverLoginCode', { body: { driverPhone, otp } });
    },
    OTP_MAX_ATTEMPTS: async () => {
      const { driverPhone, transporterPhone } = await world.hireDriver();
      await ask('sendDriverLoginCode', { body: { driverPhone } });
      const otp = wrongOf(await world.codeSentTo(transporterPhone));
      const verify = () => ask('verifyDriverLoginCode', { body: { driverPhone, otp } });
      for (let i = 0; i < 5; i += 1) await verify();
      return verify();
    },
    ACCOUNT_SUSPENDED: async () => {
      const { driverPhone, transporterPhone } = await world.hireDriver();
      await ask('sendDriverLoginCode', { body: { driverPhone } });
      const otp = await world.codeSentTo(transporterPhone);
      await suspend(driverPhone);
      return ask('verifyDriverLoginCode', { body: { driverPhone, otp } });
    },
  },
  refreshSession: {
    INVALID_REFRESH_TOKEN: () => ask('refreshSession', { body: { refreshToken: 'nonsense' } }),
    ACCOUNT_SUSPENDED: async () => {
      const phone = freshPhone();
      const { refreshToken } = await tokenOf(phone);
      await suspend(phone);
      return ask('refreshSession', { body: { refreshToken } });
    },
  },
  logOut: {
    // As if it had logged out of other sessions: of this one it can once.
    RATE_LIMIT_EXCEEDED: async () => {
      const { user, tokens } = await world.logIn(freshPhone());
      await world.redis.set(`rate:{${user.id}}:logOut`, 30, 'PX', 60_000);
      return ask('logOut', { token: tokens.accessToken });
    },
  },
  endSession: {
    NOT_FOUND: async () => ask('endSession', { token: (await tokenOf()).accessToken }),
  },
};

/** What every route answers for the same reason, if it declares it. */
const anywhere: Partial<Record<ErrorCode, (route: Route) => Promise<string | number>>> = {
  PAYLOAD_TOO_LARGE: ({ id }) => ask(id, { body: { padding: 'x'.repeat(70_000) } }),
  UNSUPPORTED_MEDIA_TYPE: ({ id }) => ask(id, { headers: { 'content-type': 'text/plain' } }),
  UNAUTHORIZED: ({ id }) => ask(id),
  VALIDATION_ERROR: async ({ id, body }) => {
    const { accessToken: token } = await tokenOf();
    const wrong = { params: { id: 'none' }, query: { all: 'perhaps' } };
    return ask(id, { token, ...wrong, ...(body && { body: {} }) });
  },
  RATE_LIMIT_EXCEEDED: async (route) => {
    const { accessToken: token } = await tokenOf();
    const request = requestTo(route, { token });
    const send = await fromElsewhere();
    const first = Array.from({ length: route.rateLimit?.limit ?? 0 }, () =>
      answerTo(send, request),
    );
    expect(await Promise.all(first)).not.toContain('RATE_LIMIT_EXCEEDED');
    return answerTo(send, request);
  },
  SERVICE_UNAVAILABLE: async ({ id }) => {
    const { accessToken: token } = await tokenOf();
    const { redis, sqs: _, ...others } = world.stores;
    await Promise.all([...Object.values(others), ...redis.doors].map((door) => door.shut()));
    return ask(id, { token });
  },
};

/** A fault of ours is no answer that a client could lead to. */
const unreachable: readonly ErrorCode[] = ['INTERNAL_ERROR'];

describe.each(login.map((route) => [route.id, route] as const))('%s answers', (id, route) => {
  test.each(errorsOf(route).filter((code) => !unreachable.includes(code)))('%s', async (code) => {
    const story = stories[id]?.[code] ?? (() => anywhere[code]?.(route));
    expect(await story()).toBe(code);
  });

  test('and is known here with nothing that it does not declare', () => {
    expect(errorsOf(route)).toEqual(expect.arrayContaining(Object.keys(stories[id] ?? {})));
  });
});

describe('P14: codes are limited', () => {
  test.each(['sendLoginCode', 'sendDriverLoginCode'])(
    '%s: by address, each for itself, and not on one machine',
    async (id) => {
      const limit = routeNamed(id).rateLimit?.limit ?? 0;
      expect(limit).toBe(id === 'sendLoginCode' ? 200 : 30);
      const request = requestTo(routeNamed(id), {
        body: { phone: '12', role: 'customer', driverPhone: '12' },
      });
      const times = (count: number, from: Send) =>
        Promise.all(Array.from({ length: count }, () => answerTo(from, request)));
      const busy = await fromElsewhere();
      expect(new Set(await times(limit, busy))).toEqual(new Set(['INVALID_PHONE']));
      expect(await answerTo(busy, request)).toBe('RATE_LIMIT_EXCEEDED');
      expect(await answerTo(await fromElsewhere(), request)).toBe('INVALID_PHONE');
      vi.stubEnv('WEELO_STAGE', 'local');
      expect(await answerTo(busy, request)).toBe('INVALID_PHONE');
    },
  );
});
