import { generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { FaultWish } from '../../src/outside/faults.ts';
import { reachOutside } from '../reach-outside.ts';

let now = new Date('2026-01-02T03:04:05Z');
const { outside, host } = await reachOutside(() => now);

const MESSAGING = 'https://www.googleapis.com/auth/firebase.messaging';
const seconds = () => now.getTime() / 1000;

let key: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
beforeAll(async () => {
  ({ privateKey: key } = await generateKeyPair('RS256'));
});

const assertion = (claims: Record<string, unknown> = {}, alg = 'RS256') =>
  new SignJWT({
    iss: 'push@project.iam.gserviceaccount.com',
    scope: MESSAGING,
    aud: 'https://oauth2.googleapis.com/token',
    iat: seconds(),
    exp: seconds() + 3600,
    ...claims,
  })
    .setProtectedHeader({ alg })
    .sign(alg === 'RS256' ? key : new Uint8Array(32));

async function call(name: string, path: string, body: string, headers = {}) {
  const response = await fetch(host(name) + path, { method: 'POST', body, headers });
  return { status: response.status, body: await response.json() };
}

async function tokenFor(jwt: string, grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
  const form = new URLSearchParams({ grant_type: grant, assertion: jwt });
  const answer = await call('oauth2.googleapis.com', '/token', form.toString());
  return answer as { status: number; body: { access_token: string; error?: string } };
}

async function push(message: unknown, token?: string, more = {}) {
  const bearer = token ?? (await tokenFor(await assertion())).body.access_token;
  const headers = { authorization: `Bearer ${bearer}` };
  const body = JSON.stringify({ message, ...more });
  return call('fcm.googleapis.com', '/v1/projects/shop-dev/messages:send', body, headers);
}

describe("Google's token endpoint", () => {
  test('gives a token for a signed assertion', async () => {
    expect(await tokenFor(await assertion())).toEqual({
      status: 200,
      body: {
        access_token: expect.stringMatching(/^ya29\./),
        expires_in: 3599,
        token_type: 'Bearer',
      },
    });
  });

  test.each([
    ['another grant', () => assertion(), 'client_credentials', 'unsupported_grant_type'],
    ['what is no JWT', async () => 'abc', undefined, 'invalid_grant'],
    ['another algorithm', () => assertion({}, 'HS256'), undefined, 'invalid_grant'],
    ['no scope', () => assertion({ scope: undefined }), undefined, 'invalid_grant'],
    [
      'a wrong audience',
      () => assertion({ aud: 'https://x.example/' }),
      undefined,
      'invalid_grant',
    ],
    ['a past life', () => assertion({ exp: seconds() - 1 }), undefined, 'invalid_grant'],
    ['too long a life', () => assertion({ exp: seconds() + 3601 }), undefined, 'invalid_grant'],
    ['the future', () => assertion({ iat: seconds() + 999 }), undefined, 'invalid_grant'],
  ])('refuses %s', async (_, jwt, grant, error) => {
    const answer = await tokenFor(await jwt(), grant);
    expect(answer).toMatchObject({ status: 400, body: { error } });
  });
});

describe('FCM', () => {
  test('a message to a device is kept', async () => {
    const data = { event: 'new_broadcast', orderId: 'o1' };
    const answer = await push({ token: 'device:1', notification: { title: 'T', body: 'B' }, data });
    expect(answer).toEqual({
      status: 200,
      body: { name: expect.stringMatching(/^projects\/shop-dev\/messages\/.+/) },
    });
    expect(outside.messages.newestFirst(() => true, 1)).toEqual([
      { channel: 'push', to: 'device:1', body: 'T\nB', data, at: now.toISOString() },
    ]);
  });

  test('who brings no token, an unknown one or an old one is not let in', async () => {
    const bearer = (await tokenFor(await assertion())).body.access_token;
    expect(await push({ token: 'd' }, bearer)).toMatchObject({ status: 200 });
    expect(await push({ token: 'd' }, 'ya29.made-up')).toMatchObject({
      status: 401,
      body: { error: { status: 'UNAUTHENTICATED' } },
    });
    now = new Date(now.getTime() + 3_600_000);
    expect(await push({ token: 'd' }, bearer)).toMatchObject({ status: 401 });
    const other = await tokenFor(
      await assertion({ scope: 'https://www.googleapis.com/auth/drive' }),
    );
    expect(await push({ token: 'd' }, other.body.access_token)).toMatchObject({
      status: 403,
      body: { error: { status: 'PERMISSION_DENIED' } },
    });
  });

  test('an app that was uninstalled is not registered', async () => {
    expect(await push({ token: 'unregistered-7' })).toMatchObject({
      status: 404,
      body: { error: { status: 'NOT_FOUND', details: [{ errorCode: 'UNREGISTERED' }] } },
    });
  });

  test.each([
    ['nobody to send to', { data: {} }],
    ['two to send to', { token: 'd', topic: 't' }],
    ['no device token', { token: 'with spaces' }],
    ['a number in the data', { token: 'd', data: { count: 7 } }],
    ['a key of its own in the data', { token: 'd', data: { google_x: '1' } }],
    ['more than 4096 bytes', { token: 'd', data: { text: 'é'.repeat(2048) } }],
  ])('refuses %s', async (_, message) => {
    const kept = outside.messages.newestFirst(() => true, 100).length;
    expect(await push(message)).toMatchObject({
      status: 400,
      body: {
        error: {
          status: 'INVALID_ARGUMENT',
          details: expect.arrayContaining([
            expect.objectContaining({ errorCode: 'INVALID_ARGUMENT' }),
          ]),
        },
      },
    });
    expect(outside.messages.newestFirst(() => true, 100)).toHaveLength(kept);
  });

  test('a message to be validated only leaves nothing', async () => {
    const kept = outside.messages.newestFirst(() => true, 100).length;
    expect(await push({ token: 'd' }, undefined, { validate_only: true })).toMatchObject({
      status: 200,
      body: { name: 'projects/shop-dev/messages/fake_message_id' },
    });
    expect(outside.messages.newestFirst(() => true, 100)).toHaveLength(kept);
  });

  test.each([
    [{ kind: 'throttle' }, 429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED'],
    [{ kind: 'fail' }, 503, 'UNAVAILABLE', 'UNAVAILABLE'],
    [{ kind: 'fail', status: 404, code: 'UNREGISTERED' }, 404, 'NOT_FOUND', 'UNREGISTERED'],
    [{ kind: 'fail', status: 403, code: 'SENDER_ID_MISMATCH' }, 403, '', 'SENDER_ID_MISMATCH'],
  ])('the fault %j is said the way FCM says it', async (fault, code, status, errorCode) => {
    const service = 'fcm.googleapis.com';
    outside.faults.set(FaultWish.parse({ ...fault, service, action: 'send', times: 1 }));
    expect(await push({ token: 'd' })).toMatchObject({
      status: code,
      body: { error: { code, status: expect.stringContaining(status), details: [{ errorCode }] } },
    });
    expect(await push({ token: 'd' })).toMatchObject({ status: 200 });
  });
});
