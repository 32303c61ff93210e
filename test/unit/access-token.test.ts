import { createSecretKey } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { identifyBy, tokenIssuer } from '../../src/identity/sessions/access-token.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { issuingTokens } from '../support/tokens.ts';

const ours = await issuingTokens();
const theirs = await issuingTokens();
const ended = new Set<string>();
const endedSessions = { has: async (sessionId: string) => ended.has(sessionId) };
const identify = identifyBy(async () => ours.publicKeys, endedSessions, systemClock);

const later = (seconds: number) => ({ now: () => new Date(Date.now() + seconds * 1000) });

describe('an access token', () => {
  test('says who is asking', async () => {
    const before = Date.now();
    const caller = await identify(await ours.sign({ role: 'driver', sid: 's9' }, 3600));
    expect(caller).toMatchObject({ userId: 'user-1', role: 'driver', sessionId: 's9' });
    expect(caller.tokenEndsAt - before).toBeGreaterThan(3_598_000);
    expect(caller.tokenEndsAt - before).toBeLessThan(3_660_000);
  });

  test('is refused when its time is over, and not before', async () => {
    const token = await ours.sign({}, 3600);
    const anHourLater = identifyBy(async () => ours.publicKeys, endedSessions, later(3601));
    await expect(anHourLater(token)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    await expect(identify(token)).resolves.toBeDefined();
  });

  test('is refused when its session was ended', async () => {
    const token = await ours.sign({ sid: 'ended-session' });
    await expect(identify(token)).resolves.toMatchObject({ sessionId: 'ended-session' });
    ended.add('ended-session');
    await expect(identify(token)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  test('that was verified is refused all the same from its end on', async () => {
    const clock = { ms: Date.now(), now: () => new Date(clock.ms) };
    const who = identifyBy(async () => ours.publicKeys, endedSessions, clock);
    const token = await ours.sign({}, 10);
    await expect(who(token)).resolves.toBeDefined();
    clock.ms += 9_000;
    await expect(who(token)).resolves.toBeDefined();
    clock.ms += 2_000;
    await expect(who(token)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  test('that was verified is refused within 20 s of the removal of its key', async () => {
    const clock = { ms: Date.now(), now: () => new Date(clock.ms) };
    const keys = { published: ours.publicKeys };
    const who = identifyBy(async () => keys.published, endedSessions, clock);
    const token = await ours.sign();
    await expect(who(token)).resolves.toBeDefined();
    keys.published = theirs.publicKeys;
    clock.ms += 19_000;
    await expect(who(token)).resolves.toBeDefined();
    clock.ms += 1_001;
    await expect(who(token)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  const forged: Record<string, () => string | Promise<string>> = {
    'signed by a key of the same name that is not ours': () => theirs.sign(),
    'without a signature': () =>
      new UnsecuredJWT({ role: 'customer', sid: 's' })
        .setSubject('u')
        .setIssuer(tokenIssuer)
        .encode(),
    'signed with the public key as a shared secret': () =>
      new SignJWT({ role: 'customer', sid: 's' })
        .setProtectedHeader({ alg: 'HS256', kid: 'test-key' })
        .setSubject('u')
        .setIssuer(tokenIssuer)
        .setExpirationTime('1h')
        .sign(createSecretKey(Buffer.from(JSON.stringify(ours.publicKeys.keys[0])))),
    'with a role that does not exist': () => ours.sign({ role: 'admin' }),
    'without a session': () => ours.sign({ sid: undefined }),
    'from another issuer': () => ours.sign({ iss: 'someone' }),
    'that is no token': () => 'Bearer',
  };

  test.each(Object.entries(forged))('%s is refused', async (_, forge) => {
    await expect(identify(await forge())).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  test('is refused when it never expires, even if one of our keys signed it', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const { x = '', y = '' } = await exportJWK(publicKey);
    const key = { kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256', kid: 'k', x, y } as const;
    const signed = new SignJWT({ role: 'customer', sid: 's' })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .setSubject('u')
      .setIssuer(tokenIssuer);
    const who = identifyBy(async () => ({ keys: [key] }), endedSessions, systemClock);
    await expect(who(await signed.sign(privateKey))).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    });
    const ending = await signed.setExpirationTime('1h').sign(privateKey);
    await expect(who(ending)).resolves.toMatchObject({ userId: 'u' });
  });

  test('is not judged when the keys cannot be read', async () => {
    const broken = identifyBy(
      async () => {
        throw new Error('The secret is away');
      },
      endedSessions,
      systemClock,
    );
    await expect(broken(await ours.sign())).rejects.toThrow('The secret is away');
  });
});
