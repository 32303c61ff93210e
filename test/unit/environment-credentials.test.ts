import { afterEach, expect, test, vi } from 'vitest';
import { defaultProvider } from '../../functions/bundled/environment-credentials.ts';

afterEach(() => vi.unstubAllEnvs());

function given(id: string, secret: string, token: string): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secret);
  vi.stubEnv('AWS_SESSION_TOKEN', token);
}

test("a function's credentials are those of its environment", async () => {
  given('AKIA', 'secret', 'token');
  expect(await defaultProvider()()).toEqual({
    accessKeyId: 'AKIA',
    secretAccessKey: 'secret',
    sessionToken: 'token',
  });
});

test('a user of the local cloud has no session token', async () => {
  given('AKIA', 'secret', '');
  expect(await defaultProvider()()).toEqual({ accessKeyId: 'AKIA', secretAccessKey: 'secret' });
});

test('without them a function says which variables are missing', async () => {
  given('', '', '');
  await expect(defaultProvider()()).rejects.toThrow('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
});
