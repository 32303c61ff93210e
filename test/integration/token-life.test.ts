import { decodeJwt } from 'jose';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { devicesToPushTo } from '../../src/identity/devices/device-tokens.ts';
import { openEndedSessions } from '../../src/identity/sessions/ended-sessions.ts';
import { redeemTicket } from '../../src/identity/sessions/socket-ticket.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { authWorld, freshPhone } from '../support/worlds/auth-world.ts';
import { freshAuth } from '../support/worlds/faulty-world.ts';
import { lambdaContext } from '../support/invoke.ts';

const world = await authWorld();
const { handler: operate } = await import('../../functions/operate.ts');
const table = openStateTable(world.variables.STATE_TABLE, clock);

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

/** Moves the clock of the functions; the engines go on by their own. */
const moveTo = (ms: number) => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(ms);
};
const pass = (ms: number) => moveTo(Date.now() + ms);
afterEach(() => vi.useRealTimers());

const profile = async (token: string, auth = world.auth) => {
  const { status, error } = await auth.getProfile({ token });
  return error?.code ?? status;
};
const refresh = async (refreshToken: string) => {
  const { body, error } = await world.auth.refreshSession({ body: { refreshToken } });
  return { accessToken: '', expiresIn: 0, ...body, code: error?.code };
};

/** Says when the only session of somebody runs out from now on. */
async function runsOutIn(userId: string, ms: number): Promise<number> {
  const [row] = await world.sql(
    `UPDATE weelo.sessions SET expires_at = now() + $2 * interval '1 millisecond'
     WHERE user_id = $1 RETURNING expires_at`,
    [userId, ms],
  );
  return Number(row?.['expires_at']);
}

/** A driver who has just logged in, for a transporter who need not have. */
async function loggedInDriver() {
  const [driverPhone, owner] = [freshPhone(), freshPhone()];
  await world.sql(
    `WITH t AS (INSERT INTO weelo.users (id, role, phone) VALUES (gen_random_uuid(), 'transporter', $2)
                RETURNING id)
     INSERT INTO weelo.users (id, role, phone, name, transporter_id)
     SELECT gen_random_uuid(), 'driver', $1, 'Ramesh Kumar', id FROM t`,
    [driverPhone, owner],
  );
  await world.auth.sendDriverLoginCode({ body: { driverPhone } });
  const otp = await world.codeSentTo(owner);
  const { body } = await world.auth.verifyDriverLoginCode({ body: { driverPhone, otp } });
  if (!body) throw new Error('The driver could not log in');
  return body;
}

describe('a customer', () => {
  test.each([
    ['an hour', hour + second],
    ['six days', 6 * day],
  ])('who opens the app %s after the last use need not log in', async (_, ms) => {
    const { tokens } = await world.logIn(freshPhone());
    pass(ms);
    expect(await profile(tokens.accessToken)).toBe(200);
  });

  test('asks for a new access token after seven days', async () => {
    const { tokens } = await world.logIn(freshPhone());
    expect(tokens.expiresIn).toBe(604_800);
    pass(7 * day - 2 * second);
    expect(await profile(tokens.accessToken)).toBe(200);
    pass(3 * second);
    expect(await profile(tokens.accessToken)).toBe('UNAUTHORIZED');
    const { accessToken, expiresIn } = await refresh(tokens.refreshToken);
    expect(expiresIn).toBe(604_800);
    expect(await profile(accessToken)).toBe(200);
  });
});

test.each([
  ['transporter', async () => (await world.logIn(freshPhone(), 'transporter')).tokens],
  ['driver', loggedInDriver],
])('a %s asks for a new access token after an hour', async (_, logIn) => {
  const { accessToken, expiresIn } = await logIn();
  expect(expiresIn).toBe(3600);
  pass(hour - 2 * second);
  expect(await profile(accessToken)).toBe(200);
  pass(3 * second);
  expect(await profile(accessToken)).toBe('UNAUTHORIZED');
});

describe('P17: no access token outlives its session', () => {
  test('also not one that is signed shortly before the end', async () => {
    const { tokens, user } = await world.logIn(freshPhone());
    const endsAt = await runsOutIn(user.id, 600 * second);
    const { accessToken, expiresIn } = await refresh(tokens.refreshToken);
    const { iat = 0, exp = Infinity } = decodeJwt(accessToken);
    expect(exp).toBe(Math.floor(endsAt / second));
    expect(expiresIn).toBe(exp - iat);
    moveTo(endsAt - 2 * second);
    expect(await profile(accessToken)).toBe(200);
    moveTo(endsAt);
    expect(await profile(accessToken)).toBe('UNAUTHORIZED');
  });

  test('and none is signed after it, whichever clock says so', async () => {
    const { tokens, user } = await world.logIn(freshPhone());
    moveTo(await runsOutIn(user.id, 600 * second));
    expect((await refresh(tokens.refreshToken)).code).toBe('INVALID_REFRESH_TOKEN');
  });

  test('a logout just before the end holds for good', async () => {
    const { tokens, user } = await world.logIn(freshPhone());
    const endsAt = await runsOutIn(user.id, 600 * second);
    const { accessToken } = await refresh(tokens.refreshToken);
    moveTo(endsAt - 2 * second);
    expect((await world.auth.logOut({ token: accessToken, query: {} })).status).toBe(200);
    for (const later of [0, 2 * second, 4 * second, hour / 2, hour + second, 7 * day]) {
      moveTo(endsAt - 2 * second + later);
      // An environment that has just started remembers nothing itself.
      expect(await profile(accessToken, await freshAuth())).toBe('UNAUTHORIZED');
    }
  });

  test('a logout just before the end holds for a ticket that lives beyond it', async () => {
    const { tokens, user } = await world.logIn(freshPhone());
    const endsAt = await runsOutIn(user.id, 600 * second);
    const { accessToken: token } = await refresh(tokens.refreshToken);
    moveTo(endsAt - 2 * second);
    const { body } = await world.auth.createSocketTicket({ token });
    await world.auth.logOut({ token, query: {} });
    moveTo(endsAt + 20 * second);
    const deps = { table, clock, endedSessions: openEndedSessions(table, clock) };
    const refused = redeemTicket(body?.ticket ?? '', deps);
    await expect(refused).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  test('an account that is suspended after the end keeps neither tokens nor phones', async () => {
    const phone = freshPhone();
    const { tokens, user } = await world.logIn(phone);
    const endsAt = await runsOutIn(user.id, 600 * second);
    const { accessToken: token } = await refresh(tokens.refreshToken);
    const body = { token: `fcm-${user.id}`, deviceType: 'android' } as const;
    expect((await world.auth.registerDeviceToken({ token, body })).status).toBe(200);
    // By both clocks: that of the functions and that of PostgreSQL.
    moveTo(endsAt + second);
    await runsOutIn(user.id, 0);
    const input = { phone, role: 'customer', reason: 'fraud' };
    await operate({ command: 'suspend-account', input }, lambdaContext());
    expect(await profile(token, await freshAuth())).toBe('UNAUTHORIZED');
    expect(await devicesToPushTo(user.id, { table })).toEqual([]);
  });
});
