import * as fc from 'fast-check';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { routesOf } from '../../src/contract/http/routes.ts';
import { getPublicKeys } from '../../src/contract/http/system/routes.ts';
import { PublicKeySet } from '../../src/contract/public-keys.ts';
import {
  identifyBy,
  longestAccessTokenLife,
  signBy,
  type Identify,
} from '../../src/identity/sessions/access-token.ts';
import { mintFirstKeys } from '../../src/identity/keys/mint-first-keys.ts';
import { publicKeys } from '../../src/identity/keys/public-keys.ts';
import { rotateSigningKeys } from '../../src/identity/keys/rotate-signing-keys.ts';
import { publishedFor, restsFor, verifiedFor } from '../../src/identity/keys/signing-key-ring.ts';
import { signingKey } from '../../src/identity/keys/signing-key.ts';
import { roles, type Role } from '../../src/contract/wire.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openSecrets, type ReadSecret } from '../../src/platform/aws/secrets.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { clientOf } from '../support/client.ts';
import { functionEnvironment } from '../support/engines/function-environment.ts';
import { into, lambdaContext } from '../support/invoke.ts';

const { variables, secrets } = await functionEnvironment();
const { handler } = await import('../../functions/operate.ts');
const system = clientOf(
  routesOf('system'),
  into((await import('../../functions/system.ts')).handler),
);

const arns = { signingKeysArn: 'arn:signing-keys', publicKeysArn: 'arn:public-keys' };
const { read, write } = openSecrets();
const table = openStateTable(variables.STATE_TABLE, systemClock);
const session = { userId: 'user-1', sessionId: 's1' };
const noneEnded = { has: async () => false };
const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;

const Answer = z.object({
  did: z.string(),
  keys: z.array(z.object({ kid: z.string(), role: z.string() })),
  next: z.object({ step: z.string(), from: z.iso.datetime() }),
});
const Ring = z.object({ active: z.string(), keys: z.array(z.looseObject({ kid: z.string() })) });

const rotate = async (input: object = {}) =>
  Answer.parse(await handler({ command: 'rotate-keys', input }, lambdaContext()));
const ring = () => Ring.parse(JSON.parse(secrets.get(arns.signingKeysArn) ?? ''));
const published = () => PublicKeySet.parse(JSON.parse(secrets.get(arns.publicKeysArn) ?? ''));
const publishedIds = () => published().keys.map(({ kid }) => kid);

const pass = (ms: number) => void vi.setSystemTime(Date.now() + ms);

/** An environment that has just started, and keeps what it reads from now on. */
const startVerifying = (readSecret: ReadSecret = read): Identify =>
  identifyBy(publicKeys(readSecret, arns.publicKeysArn, systemClock), noneEnded, systemClock);
const startSigning = (readSecret: ReadSecret = read) => {
  const sign = signBy(signingKey(readSecret, arns.signingKeysArn, systemClock), systemClock);
  return async (role: Role = 'customer') =>
    (await sign({ ...session, role }, new Date(Date.now() + 30 * day))).accessToken;
};
const sign = () => startSigning()();
const isGood = (token: string, verify = startVerifying()) =>
  verify(token).then(
    () => true,
    () => false,
  );

const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const endOf = (token: string) => (decodeJwt(token).exp ?? Infinity) * second;

/** The steps of a rotation, each as soon as it can be done. */
const publish = () => rotate();
const activate = async () => {
  pass(publishedFor);
  return rotate();
};
const retire = async () => {
  pass(verifiedFor);
  return rotate();
};

async function begin(): Promise<void> {
  // The claim of the run before has ended.
  pass(3 * minute);
  for (const arn of Object.values(arns)) secrets.delete(arn);
  await mintFirstKeys({ readSecret: read, writeSecret: write, ...arns });
}

vi.useFakeTimers({ toFake: ['Date'] });
beforeEach(begin);

describe('a rotation', () => {
  test('publishes, waits, activates, waits, retires, and rests', async () => {
    const [first = ''] = publishedIds();
    const one = await publish();
    const [, second_ = ''] = publishedIds();
    expect(one).toEqual({
      did: 'published',
      keys: [
        { kid: first, role: 'signs' },
        { kid: second_, role: 'published' },
      ],
      next: { step: 'activate', from: new Date(Date.now() + publishedFor).toISOString() },
    });
    expect(ring().active).toBe(first);

    pass(publishedFor - second);
    expect(await rotate()).toMatchObject({ did: 'nothing', next: one.next });
    pass(second);
    const two = await rotate();
    expect(two).toEqual({
      did: 'activated',
      keys: [
        { kid: second_, role: 'signs' },
        { kid: first, role: 'verified only' },
      ],
      next: { step: 'retire', from: new Date(Date.now() + verifiedFor).toISOString() },
    });
    expect(publishedIds().toSorted()).toEqual([first, second_].toSorted());

    pass(verifiedFor - second);
    expect(await rotate()).toMatchObject({ did: 'nothing', next: two.next });
    pass(second);
    expect(await rotate()).toMatchObject({
      did: 'retired',
      keys: [{ kid: second_, role: 'signs' }],
      next: { step: 'publish' },
    });
    expect(publishedIds()).toEqual([second_]);

    pass(3 * minute);
    expect(await rotate()).toMatchObject({ did: 'nothing' });
    pass(restsFor);
    expect(await rotate()).toMatchObject({ did: 'published' });
  });

  test('keeps every token good for as long as it lives, and none after its key has gone', async () => {
    const before = await sign();
    await publish();
    const during = await sign();
    expect(await isGood(before)).toBe(true);
    await activate();
    const after = await sign();
    expect(kidOf(during)).toBe(kidOf(before));
    expect(kidOf(after)).not.toBe(kidOf(before));
    expect(await isGood(after)).toBe(true);
    const late = await sign();
    await retire();
    // By then they have run out; a verifier whose clock stands still shows that it is the key that is gone.
    const then = { now: () => new Date(Date.now() - verifiedFor - publishedFor) };
    const verifyThen = identifyBy(publicKeys(read, arns.publicKeysArn, then), noneEnded, then);
    expect(await isGood(during, verifyThen)).toBe(false);
    expect(await isGood(late, verifyThen)).toBe(true);
  });

  test('leaves a token good until it runs out, though its key signs no more', async () => {
    await publish();
    pass(publishedFor);
    const signStill = startSigning();
    const before = await signStill();
    await rotate();
    // An environment that goes on with the key that it has read.
    pass(4 * minute);
    const last = await signStill();
    expect(kidOf(last)).not.toBe(ring().active);
    while (Date.now() < endOf(last) - 3 * 60 * minute) {
      pass(3 * 60 * minute);
      await rotate();
      expect(await isGood(last)).toBe(true);
      expect(await isGood(before)).toBe(Date.now() < endOf(before));
    }
    vi.setSystemTime(endOf(last) - second);
    expect(await isGood(last)).toBe(true);
    vi.setSystemTime(endOf(last));
    expect(await isGood(last)).toBe(false);
  });

  test('rests for a day after its end, however late that came', async () => {
    await publish();
    await activate();
    pass(30 * day);
    expect(await rotate()).toMatchObject({ did: 'retired' });
    pass(restsFor - second);
    expect(await rotate()).toMatchObject({ did: 'nothing' });
    pass(second);
    expect(await rotate()).toMatchObject({ did: 'published' });
  });

  test('never publishes a private half, and forgets those that sign no more', async () => {
    const steps = [publish, activate, retire];
    for (const step of steps) {
      await step();
      const text = secrets.get(arns.publicKeysArn) ?? '';
      expect(JSON.parse(text)).toEqual(published());
      expect(text).not.toContain('"d"');
      for (const { d } of ring().keys) expect(text).not.toContain(String(d));
    }
    expect(ring().keys.map(({ kid }) => kid)).toEqual([ring().active]);
  });

  test('is what the JWKS route shows', async () => {
    pass(10 * minute);
    await publish();
    pass(6 * minute);
    const { body } = await system.getPublicKeys({});
    expect(body).toEqual(published());
    expect(published().keys).toHaveLength(2);
  });

  test('is done by one of many who try at once', async () => {
    const runs = await Promise.allSettled(Array.from({ length: 8 }, () => rotate()));
    expect(runs.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(publishedIds()).toHaveLength(2);
    expect(publishedIds()).toEqual(expect.arrayContaining(ring().keys.map(({ kid }) => kid)));
    await expect(rotate()).rejects.toThrow('try again in two minutes');
    pass(121 * second);
    expect(await rotate()).toMatchObject({ did: 'nothing' });
  });

  test('has nothing to rotate before a deployment has made the first keys', async () => {
    secrets.delete(arns.signingKeysArn);
    await expect(rotate()).rejects.toThrow('a deployment makes the first');
  });

  test('refuses what it does not know, instead of beginning one', async () => {
    await expect(rotate({ leeked: 'x' })).rejects.toThrow('leeked');
    expect(publishedIds()).toHaveLength(1);
  });
});

describe('a key that leaked', () => {
  test('is replaced at once, with all that lay beside it', async () => {
    const old = await sign();
    await publish();
    const [leaked = '', prepared = ''] = publishedIds();
    pass(3 * minute);
    const answer = await rotate({ leaked });
    expect(answer).toMatchObject({ did: 'replaced', keys: [{ role: 'signs' }] });
    expect(publishedIds()).toEqual([ring().active]);
    expect([leaked, prepared]).not.toContain(ring().active);
    expect(await isGood(old)).toBe(false);
    expect(await isGood(await sign())).toBe(true);
  });

  test('is replaced once, however often that is asked for', async () => {
    const leaked = ring().active;
    await rotate({ leaked });
    const [fresh] = publishedIds();
    pass(3 * minute);
    expect(await rotate({ leaked })).toMatchObject({ did: 'nothing' });
    expect(publishedIds()).toEqual([fresh]);
  });

  test('is taken, and the new one is not, for as long as an environment keeps what it has read', async () => {
    const [verify, signStill] = [startVerifying(), startSigning()];
    const old = await signStill();
    expect(await isGood(old, verify)).toBe(true);
    pass(second);
    await rotate({ leaked: ring().active });
    const fresh = await sign();
    pass(298 * second);
    expect([await isGood(old, verify), await isGood(fresh, verify)]).toEqual([true, false]);
    expect(await isGood(await signStill())).toBe(false);
    pass(second);
    // What was verified a moment ago is not verified again for 20 s.
    expect([await isGood(old, verify), await isGood(fresh, verify)]).toEqual([true, true]);
    pass(19 * second);
    expect([await isGood(old, verify), await isGood(fresh, verify)]).toEqual([false, true]);
    expect(await isGood(await signStill())).toBe(true);
  });
});

/** How long after now a value of now is still had, by whoever has read it and cannot read again. */
async function longestKept(isStill: (readSecret: ReadSecret) => () => Promise<boolean>) {
  const start = Date.now();
  let isAway = false;
  const has = isStill(async (arn) => {
    if (isAway) throw new Error('away');
    return read(arn);
  });
  expect(await has()).toBe(true);
  isAway = true;
  await rotate();
  let last = 0;
  for (let passed = 0; passed < 3 * 60 * minute; passed += 5 * second) {
    pass(5 * second);
    if (await has().catch(() => false)) last = Date.now() - start;
  }
  return last;
}

test('a key signs only when no function has the earlier keys any more', async () => {
  const last = await longestKept((readSecret) => {
    const readKeys = publicKeys(readSecret, arns.publicKeysArn, systemClock);
    return async () => (await readKeys()).keys.length === 1;
  });
  expect(last).toBeGreaterThan(60 * minute);
  expect(last + getPublicKeys.cacheSeconds * second).toBeLessThan(publishedFor);
});

test('a key is retired only when no token of it is left', async () => {
  await publish();
  pass(publishedFor);
  const old = ring().active;
  const last = await longestKept((readSecret) => {
    const readKey = signingKey(readSecret, arns.signingKeysArn, systemClock);
    return async () => (await readKey()).kid === old;
  });
  expect(ring().active).not.toBe(old);
  expect(last).toBeGreaterThan(60 * minute);
  expect(last + longestAccessTokenLife * second).toBeLessThan(verifiedFor);
});

/** Dies with its nth write, which was done or was not. */
function dyingAt(nth: number, isDone: boolean) {
  let writes = 0;
  const writeSecret = async (arn: string, text: string) => {
    writes += 1;
    if (writes === nth && isDone) await write(arn, text);
    if (writes === nth) throw new Error('died');
    await write(arn, text);
  };
  const run = (input: { leaked?: string } = {}) =>
    rotateSigningKeys(input, { readSecret: read, writeSecret, ...arns, table, clock: systemClock });
  return { run, writes: () => writes };
}

describe('if a run crashes half-way', () => {
  const never = Infinity;
  const steps = {
    publish: { before: async () => {}, leaks: false, writes: 2 },
    activate: {
      before: async () => {
        await publish();
        pass(publishedFor);
      },
      leaks: false,
      writes: 1,
    },
    retire: {
      before: async () => {
        await publish();
        await activate();
        pass(verifiedFor);
      },
      leaks: false,
      writes: 2,
    },
    'replace a leaked key': { before: async () => {}, leaks: true, writes: 3 },
  };
  const points = Object.entries(steps).flatMap(([step, { writes }]) =>
    Array.from({ length: writes }, (_, i) =>
      [true, false].map((done) => [step, i + 1, done] as const),
    ),
  );

  test.each(points.flat())(
    '%s, at write %i (done: %s), is gone on from',
    async (name, nth, done) => {
      const { before, leaks, writes } = steps[name as keyof typeof steps];
      await before();
      const input = leaks ? { leaked: ring().active } : {};
      const unhurt = dyingAt(never, false);
      await expect(dyingAt(nth, done).run(input)).rejects.toThrow('died');

      expect(publishedIds()).toContain(ring().active);
      expect(await isGood(await sign())).toBe(true);
      await expect(unhurt.run(input)).rejects.toThrow('try again in two minutes');
      pass(121 * second);
      const { next } = await unhurt.run(input);
      expect(unhurt.writes()).toBeLessThanOrEqual(writes + 1);

      // It ends as if nothing had happened.
      for (let step: string = next.step; step !== 'publish';) {
        pass(verifiedFor);
        step = (await rotate(input)).next.step;
      }
      expect(publishedIds()).toEqual([ring().active]);
      expect(ring().keys).toHaveLength(1);
      expect(publishedIds()).not.toContain(input.leaked);
    },
  );
});

test('a next key that nobody could see waits anew', async () => {
  const only = secrets.get(arns.publicKeysArn) ?? '';
  await publish();
  secrets.set(arns.publicKeysArn, only);
  pass(publishedFor);
  expect(await rotate()).toMatchObject({ did: 'republished', next: { step: 'activate' } });
  expect(publishedIds()).toHaveLength(2);
  pass(publishedFor - second);
  expect(await rotate()).toMatchObject({ did: 'nothing' });
  pass(second);
  expect(await rotate()).toMatchObject({ did: 'activated' });
});

test.each(['', 'no JSON', '{"keys":[{"kty":"RSA"}]}', undefined])(
  'what is published as %j is made right',
  async (text) => {
    const before = secrets.get(arns.publicKeysArn);
    await publish();
    pass(3 * minute);
    const right = published();
    if (text === undefined) secrets.delete(arns.publicKeysArn);
    else secrets.set(arns.publicKeysArn, text);
    expect(await rotate()).toMatchObject({ did: 'republished' });
    expect(published()).toEqual(right);
    expect(before).toBeDefined();
  },
);

test('at any order of runs and read failures, a token that has not expired is accepted everywhere', async () => {
  /** Some of them cannot read the secrets for a while, and go on with what they have. */
  const environment = () => {
    const state = { isAway: false };
    const readSecret: ReadSecret = async (arn) => {
      if (state.isAway) throw new Error('away');
      return read(arn);
    };
    return { state, readSecret };
  };
  const shortly = fc.integer({ min: 1, max: 400 });
  const long = fc.integer({ min: 20 * 60, max: 160 * 60 });
  const veryLong = fc.integer({ min: 86_400, max: 9 * 86_400 });
  const action = fc.oneof(
    fc.record({ does: fc.constant('wait' as const), seconds: fc.oneof(shortly, long, veryLong) }),
    fc.record({
      does: fc.constant('rotate' as const),
      dies: fc.constantFrom(Infinity, Infinity, 1, 2),
      done: fc.boolean(),
    }),
    fc.record({
      does: fc.constant('sign' as const),
      who: fc.nat(1),
      role: fc.constantFrom(...roles),
    }),
    fc.record({ does: fc.constant('away' as const), who: fc.nat(3), isAway: fc.boolean() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 10, maxLength: 40 }), async (actions) => {
      await begin();
      const environments = Array.from({ length: 4 }, environment);
      const [a, b, c, d] = environments.map(({ readSecret }) => readSecret);
      const signers = [startSigning(a), startSigning(b)];
      const verifiers = [startVerifying(c), startVerifying(d), startVerifying()];
      const tokens: { token: string; endsAt: number }[] = [];

      const step = async (each: (typeof actions)[number]) => {
        if (each.does === 'wait') pass(each.seconds * second);
        if (each.does === 'rotate')
          await dyingAt(each.dies, each.done)
            .run()
            .catch(() => {});
        if (each.does === 'away') {
          const { state } = environments[each.who] ?? environment();
          state.isAway = each.isAway;
        }
        if (each.does === 'sign') {
          // Who cannot read for longer than it may go on signs nothing.
          const token = await signers[each.who]?.(each.role).catch(() => undefined);
          if (token) tokens.push({ token, endsAt: endOf(token) });
        }
      };
      for (const each of actions) {
        await step(each);
        expect(publishedIds()).toContain(ring().active);
        for (const { token, endsAt } of tokens) {
          if (endsAt <= Date.now() + second) continue;
          for (const verify of verifiers) {
            const refusal = await verify(token).then(
              () => undefined,
              (error: unknown) => error,
            );
            if (refusal) expect(refusal).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
          }
        }
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);
