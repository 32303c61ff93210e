import { beforeAll, expect, test, vi } from 'vitest';
import { hashOf } from '../../src/identity/sessions/refresh-token.ts';
import { logger } from '../../src/platform/logs/observability.ts';
import { authWorld, freshPhone } from '../support/worlds/auth-world.ts';

let world: Awaited<ReturnType<typeof authWorld>>;
beforeAll(async () => {
  world = await authWorld();
});

const refresh = async (refreshToken: string) => {
  const { status, error } = await world.auth.refreshSession({ body: { refreshToken } });
  return error?.code ?? status;
};
const atOnce = <T>(count: number, work: () => Promise<T>) =>
  Promise.all(Array.from({ length: count }, work));
const tokenOf = async () => (await world.logIn(freshPhone())).tokens.refreshToken;

test('a session is refreshed twenty times in a minute, and others behind its address go on', async () => {
  const [one, other] = [await tokenOf(), await tokenOf()];
  expect(await atOnce(20, () => refresh(one))).toEqual(Array(20).fill(200));
  const { error, headers } = await world.auth.refreshSession({ body: { refreshToken: one } });
  expect(error).toMatchObject({ status: 429, code: 'RATE_LIMIT_EXCEEDED' });
  expect(headers).toMatchObject({ 'ratelimit-limit': '20', 'ratelimit-remaining': '0' });
  expect(await refresh(other)).toBe(200);
});

test('of two hundred at once exactly twenty go through', async () => {
  const token = await tokenOf();
  const warnings = vi.spyOn(logger, 'warn');
  const answers = await atOnce(200, () => refresh(token));
  // On a busy machine Redis may not answer in time, and then a call goes on.
  const uncounted = warnings.mock.calls.filter(([line]) => line === 'A call was not counted');
  warnings.mockRestore();
  const through = answers.filter((each) => each === 200).length;
  expect(through).toBeGreaterThanOrEqual(uncounted.length === 0 ? 20 : 0);
  expect(through).toBeLessThanOrEqual(20 + uncounted.length);
  expect(answers).toContain('RATE_LIMIT_EXCEEDED');
});

test('the token is kept nowhere in clear, only its hash is', async () => {
  const token = await tokenOf();
  await refresh(token);
  const keys = await Promise.all(world.redis.nodes('master').map((node) => node.keys('rate:*')));
  expect(keys.flat()).toContain(`rate:{${hashOf(token)}}:refreshSession`);
  expect(keys.flat().join()).not.toContain(token);
});

test('an invented token is refused as invalid, until it is refused because of too many tries', async () => {
  expect(await atOnce(20, () => refresh('made up'))).toEqual(
    Array(20).fill('INVALID_REFRESH_TOKEN'),
  );
  expect(await refresh('made up')).toBe('RATE_LIMIT_EXCEEDED');
  expect(await refresh('made up, too')).toBe('INVALID_REFRESH_TOKEN');
});
