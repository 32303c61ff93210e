import { describe, expect, test } from 'vitest';
import { hashOf } from '../../src/identity/sessions/refresh-token.ts';
import { authWorld, freshPhone } from '../support/worlds/auth-world.ts';

const world = await authWorld();

const refresh = async (
  refreshToken: string,
  { rotate, device }: { rotate?: boolean; device?: string } = {},
) => {
  const { body, error } = await world.auth.refreshSession({
    body: { refreshToken, ...(rotate !== undefined && { rotate }) },
    ...(device !== undefined && { headers: { 'x-device-id': device } }),
  });
  return { ...body, code: error?.code };
};
const works = async (token: string) => (await world.auth.getMe({ token })).body !== undefined;

describe('a refresh token', () => {
  test('stays the same, and goes on working', async () => {
    const { tokens } = await world.logIn(freshPhone());
    for (let i = 0; i < 3; i += 1) {
      const again = await refresh(tokens.refreshToken);
      expect(again).toMatchObject({ refreshToken: tokens.refreshToken, expiresIn: 604_800 });
      expect(await works(again.accessToken ?? '')).toBe(true);
    }
  });

  test('is refused when it is none of ours, or its session has run out', async () => {
    expect((await refresh('nonsense')).code).toBe('INVALID_REFRESH_TOKEN');
    const { tokens, user } = await world.logIn(freshPhone());
    await world.sql('UPDATE weelo.sessions SET expires_at = now() WHERE user_id = $1', [user.id]);
    expect((await refresh(tokens.refreshToken)).code).toBe('INVALID_REFRESH_TOKEN');
    expect((await refresh(tokens.refreshToken, { rotate: true })).code).toBe(
      'INVALID_REFRESH_TOKEN',
    );
  });

  test('belongs to the device that it was given to, where both say which', async () => {
    const { tokens } = await world.logIn(freshPhone(), 'transporter', { deviceId: 'phone-1' });
    const from = (device: string) => refresh(tokens.refreshToken, { device });
    expect((await from('phone-1')).accessToken).toBeDefined();
    expect((await from('phone-2')).code).toBe('INVALID_REFRESH_TOKEN');
    expect((await refresh(tokens.refreshToken)).accessToken).toBeDefined();
  });

  test('of a suspended account says so', async () => {
    const { tokens, user } = await world.logIn(freshPhone());
    await world.sql('UPDATE weelo.users SET suspended_at = now() WHERE id = $1', [user.id]);
    expect((await refresh(tokens.refreshToken)).code).toBe('ACCOUNT_SUSPENDED');
  });

  test('survives the loss of everything in Redis', async () => {
    const { tokens, user } = await world.logIn(freshPhone());
    const hashes = await world.redis.smembers(`user:tokens:${user.id}`);
    expect(hashes).toHaveLength(1);
    expect(await world.redis.ttl(`refresh:${hashes[0] ?? ''}`)).toBeGreaterThan(29 * 86_400);
    await world.redis.del(`refresh:${hashes[0] ?? ''}`);
    await world.redis.del(`user:tokens:${user.id}`);
    expect((await refresh(tokens.refreshToken)).accessToken).toBeDefined();
  });
});

describe('P16: a client that rotates', () => {
  const rotate = (token: string) => refresh(token, { rotate: true });
  /** As if a token had been replaced this long ago. */
  const age = (userId: string, seconds: number) =>
    world.sql(
      `UPDATE weelo.refresh_tokens t SET replaced_at = replaced_at - $2 * interval '1 second'
       FROM weelo.sessions s WHERE s.id = t.session_id AND s.user_id = $1`,
      [userId, seconds],
    );

  test('gets a new token, and with the old one the same new one again', async () => {
    const { tokens, user } = await world.logIn(freshPhone());
    const first = await rotate(tokens.refreshToken);
    expect(first.refreshToken).not.toBe(tokens.refreshToken);
    await age(user.id, 19);
    for (const again of [await rotate(tokens.refreshToken), await refresh(tokens.refreshToken)]) {
      expect(again.refreshToken).toBe(first.refreshToken);
    }
    expect((await rotate(first.refreshToken ?? '')).refreshToken).toBeDefined();
  });

  test('at once from ten threads gets one successor', async () => {
    const { tokens } = await world.logIn(freshPhone());
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => rotate(tokens.refreshToken)),
    );
    expect(new Set(answers.map(({ refreshToken }) => refreshToken)).size).toBe(1);
    expect(answers[0]?.refreshToken).toBeDefined();
  });

  test('ends its session by a token that was replaced over 20 seconds ago', async () => {
    const { tokens, user } = await world.logIn(freshPhone());
    const { refreshToken = '', accessToken = '' } = await rotate(tokens.refreshToken);
    await age(user.id, 21);
    expect((await rotate(tokens.refreshToken)).code).toBe('INVALID_REFRESH_TOKEN');
    expect((await refresh(refreshToken)).code).toBe('INVALID_REFRESH_TOKEN');
    expect(await works(accessToken)).toBe(false);
  });

  test('without end fills no table', async () => {
    const { tokens, user } = await world.logIn(freshPhone());
    let { refreshToken } = tokens;
    for (let i = 0; i < 105; i += 1) {
      refreshToken = (await rotate(refreshToken)).refreshToken ?? '';
    }
    const [{ kept } = {}] = await world.sql(
      `SELECT count(*)::int AS kept FROM weelo.refresh_tokens t
       JOIN weelo.sessions s ON s.id = t.session_id WHERE s.user_id = $1`,
      [user.id],
    );
    expect(kept).toBe(101);
    expect((await refresh(refreshToken)).accessToken).toBeDefined();
  });

  test('is known by the mirror under its new token', async () => {
    const { tokens } = await world.logIn(freshPhone());
    const { refreshToken = '' } = await rotate(tokens.refreshToken);
    const known = async (token: string) => world.redis.exists(`refresh:${hashOf(token)}`);
    expect(await known(tokens.refreshToken)).toBe(0);
    expect(await known(refreshToken)).toBe(1);
    await world.redis.del(`refresh:${hashOf(refreshToken)}`);
    await refresh(refreshToken);
    expect(await known(refreshToken)).toBe(1);
  });

  test('ends its session by a token older than the last, however young', async () => {
    const { tokens } = await world.logIn(freshPhone());
    const second = await rotate(tokens.refreshToken);
    const third = await rotate(second.refreshToken ?? '');
    expect((await refresh(tokens.refreshToken)).code).toBe('INVALID_REFRESH_TOKEN');
    expect((await refresh(third.refreshToken ?? '')).code).toBe('INVALID_REFRESH_TOKEN');
  });
});

describe('P16: a session', () => {
  test('ends by logging out, and alone', async () => {
    const phone = freshPhone();
    const one = await world.logIn(phone);
    await world.redis.del(`{otp:${phone}:customer}:cooling`);
    const two = await world.logIn(phone);
    expect((await world.auth.logOut({ token: one.tokens.accessToken, query: {} })).status).toBe(
      200,
    );
    expect(await works(one.tokens.accessToken)).toBe(false);
    expect((await refresh(one.tokens.refreshToken)).code).toBe('INVALID_REFRESH_TOKEN');
    expect(await works(two.tokens.accessToken)).toBe(true);
    expect((await refresh(two.tokens.refreshToken)).accessToken).toBeDefined();
    const left = await world.redis.smembers(`user:tokens:${one.user.id}`);
    expect(left).toHaveLength(1);
  });

  test('ends with all others by logging out everywhere', async () => {
    const phone = freshPhone();
    const one = await world.logIn(phone);
    await world.redis.del(`{otp:${phone}:customer}:cooling`);
    const two = await world.logIn(phone);
    await world.auth.logOut({ token: one.tokens.accessToken, query: { all: 'true' } });
    for (const { tokens } of [one, two]) {
      expect(await works(tokens.accessToken)).toBe(false);
      expect((await refresh(tokens.refreshToken)).code).toBe('INVALID_REFRESH_TOKEN');
    }
  });

  test('is seen by its owner, who can end it from elsewhere; by nobody else', async () => {
    const phone = freshPhone();
    const one = await world.logIn(phone, 'customer', { deviceName: 'Old phone' });
    await world.redis.del(`{otp:${phone}:customer}:cooling`);
    const two = await world.logIn(phone);
    const token = two.tokens.accessToken;
    const { sessions = [] } = (await world.auth.listSessions({ token })).body ?? {};
    expect(sessions.map(({ deviceName, isCurrent }) => [deviceName, isCurrent])).toEqual([
      [null, true],
      ['Old phone', false],
    ]);
    const params = { id: sessions[1]?.id ?? '' };

    const stranger = await world.logIn(freshPhone());
    const refused = await world.auth.endSession({ token: stranger.tokens.accessToken, params });
    expect(refused.error?.code).toBe('NOT_FOUND');
    expect(await works(one.tokens.accessToken)).toBe(true);

    expect((await world.auth.endSession({ token, params })).status).toBe(200);
    expect((await world.auth.endSession({ token, params })).status).toBe(200);
    expect(await works(one.tokens.accessToken)).toBe(false);
    expect((await world.auth.listSessions({ token })).body?.sessions).toHaveLength(1);
  });
});

describe('a profile', () => {
  test('is empty at first, then what its owner says; both apps find it', async () => {
    const { tokens } = await world.logIn(freshPhone());
    const token = tokens.accessToken;
    const empty = (await world.auth.getProfile({ token })).body;
    expect(empty?.profile).toMatchObject({
      name: null,
      isProfileComplete: false,
      isVerified: true,
    });
    const body = { name: ' Asha Rao ', email: 'asha@example.com', company: 'Rao & Co' };
    const changed = (await world.auth.updateCustomerProfile({ token, body })).body;
    expect(changed?.profile).toMatchObject({
      name: 'Asha Rao',
      email: 'asha@example.com',
      businessName: 'Rao & Co',
      isProfileComplete: true,
    });
    expect(changed?.user).toEqual(changed?.profile);
    const cleared = await world.auth.updateCustomerProfile({
      token,
      body: { name: 'Asha', email: '' },
    });
    expect(cleared.body?.profile).toMatchObject({ name: 'Asha', email: null, company: 'Rao & Co' });
    expect((await world.auth.getProfile({ token })).body).toEqual(cleared.body);
  });

  test('changed at once in two fields keeps both', async () => {
    const { tokens } = await world.logIn(freshPhone(), 'transporter');
    const token = tokens.accessToken;
    const put = (change: object) =>
      world.auth.updateTransporterProfile({ token, body: { name: 'Vikram', ...change } });
    await Promise.all([
      put({ city: 'Pune' }),
      put({ state: 'Maharashtra' }),
      put({ address: 'MG Road' }),
    ]);
    const { profile } = (await world.auth.getProfile({ token })).body ?? {};
    expect(profile).toMatchObject({ city: 'Pune', state: 'Maharashtra', address: 'MG Road' });
  });

  test('is for its own role, and not for nonsense', async () => {
    const { tokens } = await world.logIn(freshPhone());
    const token = tokens.accessToken;
    const wrongRole = await world.auth.updateTransporterProfile({ token, body: { name: 'A' } });
    expect(wrongRole.error?.code).toBe('FORBIDDEN');
    const body = { name: ' ', email: 'no', gstNumber: 'no', profilePhoto: 'http://x.in/a.png' };
    const { error } = await world.auth.updateCustomerProfile({ token, body });
    expect(error?.details?.map(({ path }) => path).toSorted()).toEqual([
      'email',
      'gstNumber',
      'name',
      'profilePhoto',
    ]);
  });
});
