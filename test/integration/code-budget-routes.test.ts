import { beforeAll, describe, expect, test } from 'vitest';
import { routesOf } from '../../src/contract/http/routes.ts';
import { freshPhone } from '../support/worlds/auth-world.ts';
import { clientOf } from '../support/client.ts';
import { fleetWorld } from '../support/worlds/fleet-world.ts';
import { into } from '../support/invoke.ts';
import { redisBehindDoors } from '../support/engines/redis-behind-doors.ts';

let world: Awaited<ReturnType<typeof fleetWorld>>;
beforeAll(async () => {
  // A Redis of its own: the day's budget is everybody's.
  const cluster = await redisBehindDoors();
  world = await fleetWorld(() => ({ REDIS_URL: cluster.url, REDIS_MODE: 'cluster' }));
});

const day = (from: number) => new Date(from).toISOString().slice(0, 10);
const today = () => day(Date.now());
const msLeft = () => Date.parse(today()) + 86_400_000 - Date.now();

/** As if so many codes had been sent today; a test may see midnight pass. */
async function spend(part: 'open' | 'kept', codes: number) {
  const [now, next] = [today(), day(Date.now() + 86_400_000)];
  await world.redis.set(`{otp-budget}:${part}:${now}`, codes, 'PX', msLeft());
  await world.redis.set(`{otp-budget}:${part}:${next}`, codes, 'PX', msLeft() + 86_400_000);
}

async function onADayWithoutOpenCodes(work: () => Promise<void>) {
  await spend('open', 1_000_000);
  await work().finally(() => spend('open', 0));
}

/** How an asking ended; what was sent is taken off the queue. */
async function outcome(
  asking: Promise<{ readonly status: number; readonly error?: { readonly code: string } }>,
) {
  const { status, error } = await asking;
  const sent = await world.takeMessages();
  expect(sent).toHaveLength(status === 200 ? 1 : 0);
  return error?.code ?? status;
}

const refused = 'OTP_RATE_LIMIT_EXCEEDED';
const send = (phone: string, role: 'customer' | 'transporter') =>
  world.auth.sendLoginCode({ body: { phone, role } });
const verified = (id: string) =>
  world.sql('UPDATE weelo.users SET verified_at = now() WHERE id = $1', [id]);

describe('P14: when strangers have used up their part of the day', () => {
  test('an account that logged in before is sent a code, in that role', async () => {
    const phone = freshPhone();
    await world.logIn(phone, 'customer');
    await world.redis.del(`{otp:${phone}:customer}:cooling`);
    await onADayWithoutOpenCodes(async () => {
      expect(await outcome(send(phone, 'transporter'))).toBe(refused);
      const { user } = await world.logIn(phone, 'customer');
      expect(user).toMatchObject({ phone, role: 'customer' });
    });
  });

  test('nobody else is, until midnight', async () => {
    await onADayWithoutOpenCodes(async () => {
      const left = msLeft();
      const { error, headers } = await send(freshPhone(), 'customer');
      expect(error).toMatchObject({ code: refused, status: 429 });
      // Where midnight passes between the two, a day more is left than was thought.
      const retryAfterMs = (error?.retryAfterMs ?? 0) % 86_400_000;
      expect(Math.abs(retryAfterMs - left) % 86_400_000).toBeLessThan(20_000);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(await world.takeMessages()).toEqual([]);
    });
  });

  test('nobody is, when the kept part is used up, too', async () => {
    const phone = freshPhone();
    await world.logIn(phone, 'customer');
    await world.redis.del(`{otp:${phone}:customer}:cooling`);
    await spend('kept', 1_000_000);
    await onADayWithoutOpenCodes(async () => {
      expect(await outcome(send(phone, 'customer'))).toBe(refused);
    });
    await spend('kept', 0);
    // Nothing was counted for the phone either: it need not wait.
    expect(await outcome(send(phone, 'customer'))).toBe(200);
  });

  test('a login code counts by the driver, not by the transporter whom it is sent to', async () => {
    const owner = await world.transporter();
    await verified(owner.id);
    const [before, never] = [await world.driverOf(owner), await world.driverOf(owner)];
    await verified(before.id);
    const ask = ({ phone }: typeof never) =>
      world.auth.sendDriverLoginCode({ body: { driverPhone: phone } });
    await onADayWithoutOpenCodes(async () => {
      expect(await outcome(ask(before))).toBe(200);
      expect(await outcome(ask(never))).toBe(refused);
    });
  });

  test('a fleet takes in whoever drove before', async () => {
    const [owner, former] = [await world.transporter(), await world.transporter()];
    const driver = await world.driverOf(former);
    await verified(driver.id);
    await world.sql('UPDATE weelo.users SET transporter_id = NULL WHERE id = $1', [driver.id]);
    const ask = (phone: string) =>
      world.fleet.beginOnboarding({ token: owner.token, body: { phone, name: 'Ramesh' } });
    await onADayWithoutOpenCodes(async () => {
      expect(await outcome(ask(driver.phone))).toBe(200);
      expect(await outcome(ask(freshPhone()))).toBe(refused);
    });
  });
});

test('P14: every code counts for the day and for the address that it was asked for from', async () => {
  await spend('open', 0);
  const address = '10.9.8.7';
  const { handler: auth } = await import('../../functions/auth.ts');
  const { handler: fleet } = await import('../../functions/fleet.ts');
  const there = {
    auth: clientOf(routesOf('auth'), into(auth, { address })),
    fleet: clientOf(routesOf('fleet'), into(fleet, { address })),
  };
  const owner = await world.transporter();
  const { phone: driverPhone } = await world.driverOf(owner);
  const phone = freshPhone();
  const { token } = owner;
  const begin = () => there.fleet.beginOnboarding({ token, body: { phone, name: 'Ramesh' } });
  const resend = () => there.fleet.resendOnboardingCode({ token, body: { phone } });
  const counters = async () => {
    const keys = [`address:${today()}:${address}`, `open:${today()}`];
    return Promise.all(
      keys.map(async (key) => Number(await world.redis.get(`{otp-budget}:${key}`))),
    );
  };

  const askings = [
    () => there.auth.sendLoginCode({ body: { phone: freshPhone(), role: 'customer' } }),
    () => there.auth.sendDriverLoginCode({ body: { driverPhone } }),
    begin,
    resend,
  ];
  for (const [i, ask] of askings.entries()) {
    await world.redis.del(`driver-onboard:{${phone}}:cooling`);
    expect(await outcome(ask())).toBe(200);
    expect(await counters()).toEqual([i + 1, i + 1]);
  }
  expect(await outcome(resend())).toBe('OTP_COOLDOWN');
  expect(await counters()).toEqual([4, 4]);
});
