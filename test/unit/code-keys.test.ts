import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { codeKeys } from '../../src/identity/codes/code-keys.ts';

const secretOf = (key: Uint8Array) => JSON.stringify({ key: Buffer.from(key).toString('base64') });
const atNoon = { now: () => new Date('2026-01-31T12:00:00Z') };
const reading = (text: string | undefined, clock = atNoon) =>
  codeKeys(() => Promise.resolve(text), 'arn:code-key', clock);

test('each purpose has a key of its own, and none is the secret itself', async () => {
  const secret = randomBytes(32);
  const { messages, codes } = await reading(secretOf(secret))();
  const keys = [secret, messages, codes].map((key) => Buffer.from(key).toString('hex'));
  expect(new Set(keys).size).toBe(3);
  for (const key of keys) expect(key).toHaveLength(64);
});

test('everyone who reads the secret has the same keys; another secret gives others', async () => {
  const [one, other] = [secretOf(randomBytes(32)), secretOf(randomBytes(32))];
  expect(await reading(one)()).toEqual(await reading(one)());
  expect(await reading(one)()).not.toEqual(await reading(other)());
});

test('the keys of a known secret never change: what is sealed now must open after a release', async () => {
  // As `openssl kdf` derives them from 32 zeros.
  const { messages, codes } = await reading(secretOf(new Uint8Array(32)))();
  expect([messages, codes].map((key) => Buffer.from(key).toString('hex'))).toEqual([
    '473cc76526bd229c701bffed6db91e57bf242d708e7283ec410f3ce5b3170b97',
    'd23620a332d31f5633b3a10e99f7c7fd40affae94e101605605542fbb845bfea',
  ]);
});

describe('a secret that is no key', () => {
  test.each([
    ['nothing yet', undefined],
    ['no JSON', 'pA55word-pA55word-pA55word-pA55word'],
    ['a key that is too short', secretOf(randomBytes(16))],
    ['a key that is no base64', '{"key":"pA55word*"}'],
    ['no key', '{}'],
  ])('%s: the service is unavailable, and nothing of it is told', async (_, text) => {
    const error: unknown = await reading(text)().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE', facts: { retryAfterMs: 5000 } });
    expect(error).not.toHaveProperty('cause');
  });

  test('an unreadable one gives an error with its cause, and the next call reads it again', async () => {
    let away = true;
    const secret = secretOf(randomBytes(32));
    const read = () => (away ? Promise.reject(new Error('no way')) : Promise.resolve(secret));
    const keys = codeKeys(read, 'arn:code-key', atNoon);
    await expect(keys()).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      cause: { message: 'no way' },
    });
    away = false;
    expect(await keys()).toHaveProperty('messages');
  });
});

test('they are kept for five minutes', async () => {
  let reads = 0;
  let minutes = 0;
  const text = secretOf(randomBytes(32));
  const read = () => {
    reads += 1;
    return Promise.resolve(text);
  };
  const clock = { now: () => new Date(Date.UTC(2026, 0, 31, 12, minutes)) };
  const keys = codeKeys(read, 'arn:code-key', clock);
  await Promise.all([keys(), keys()]);
  minutes = 4;
  await keys();
  expect(reads).toBe(1);
  minutes = 5;
  await keys();
  expect(reads).toBe(2);
});
