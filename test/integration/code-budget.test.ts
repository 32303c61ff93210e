import { Cluster } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { AppError } from '../../src/contract/errors.ts';
import { countCodesInRedis } from '../../src/identity/codes/code-budget-store.ts';
import { codeBudget, type CodeBudgetSettings } from '../../src/identity/codes/code-budget.ts';
import { openRedis } from '../../src/platform/redis/redis.ts';
import { freshPhone } from '../support/worlds/auth-world.ts';
import { redisOfWorker } from '../support/engines/redis-of-worker.ts';

/** It waits as long as a busy machine takes; functions do not. */
const redis = new Cluster([redisOfWorker().url]);
afterAll(() => redis.disconnect());
const patiently = {
  evaluate: async (script: string, keys: readonly string[], args: readonly (string | number)[]) =>
    redis.eval(script, keys.length, ...keys, ...args),
};

const hour = 3_600_000;
let days = 0;

/** A budget on a day that no other test spends from, six hours before it ends. */
function budgetOf(change: Partial<CodeBudgetSettings> = {}) {
  days += 1;
  let now = Date.UTC(2040, 0, 2 * days, 18);
  const settings = { perPrefix: 10_000, perAddress: 10_000, perDay: 10_000, keptShare: 0.5 };
  const known = new Set<string>();
  const lookedUp: string[] = [];
  const measured: [string, number][] = [];
  const budget = codeBudget(
    { ...settings, ...change },
    {
      countCode: countCodesInRedis(patiently),
      hasLoggedIn: async ({ phone }) => {
        lookedUp.push(phone);
        return known.has(phone);
      },
      measureShare: (metric, share) => measured.push([metric, share]),
      clock: { now: () => new Date(now) },
    },
  );
  /** Asks for a code: `sent`, or when to ask again. */
  const ask = async (phone = freshPhone(), address = '10.0.0.1'): Promise<'sent' | number> => {
    try {
      await budget.spend({ account: { phone, role: 'customer' }, to: phone, address });
      return 'sent';
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'OTP_RATE_LIMIT_EXCEEDED') throw error;
      return error.facts.retryAfterMs ?? 0;
    }
  };
  const knownPhone = () => {
    const phone = freshPhone();
    known.add(phone);
    return phone;
  };
  return {
    ask,
    knownPhone,
    lookedUp,
    known,
    measured,
    /** How many of many who ask at once are sent a code. */
    sentOf: async (phones: readonly string[], address?: string) => {
      const answers = await Promise.all(phones.map((phone) => ask(phone, address)));
      return answers.filter((each) => each === 'sent').length;
    },
    /** What is counted for a phone and an address. */
    countedFor: async (phone: string, address = '10.0.0.1') => {
      const day = new Date(now).toISOString().slice(0, 10);
      const counters = [
        `address:${day}:${address}`,
        `receiver:${phone}`,
        `prefix:${phone.slice(0, 5)}`,
        `open:${day}`,
        `kept:${day}`,
      ];
      const counts = counters.map((each) => redis.get(`{otp-budget}:${each}`));
      return (await Promise.all(counts)).map(Number);
    },
    tomorrow: () => void (now += 24 * hour),
  };
}

const many = (count: number, make: () => string = freshPhone) =>
  Array.from({ length: count }, make);
let prefixes = 60_000;
/** As many numbers as wanted of one prefix that no other test has. */
function ofOnePrefix(count: number): readonly string[] {
  prefixes += 1;
  return many(count, () => `${prefixes}${freshPhone().slice(-5)}`);
}

describe('P14: a code is refused', () => {
  test('when an address has had its share of the day, which begins again tomorrow', async () => {
    const { ask, sentOf, tomorrow } = budgetOf({ perAddress: 5 });
    expect(await sentOf(many(20), '10.0.0.1')).toBe(5);
    const wait = await ask(freshPhone(), '10.0.0.1');
    expect(wait).toBeGreaterThan(5.9 * hour);
    expect(wait).toBeLessThanOrEqual(6 * hour);
    expect(await ask(freshPhone(), '10.0.0.2')).toBe('sent');
    tomorrow();
    expect(await ask(freshPhone(), '10.0.0.1')).toBe('sent');
  });

  test('when numbers of its prefix have had theirs of ten minutes, and others have not', async () => {
    const { ask, sentOf } = budgetOf({ perPrefix: 3 });
    const [last = '', ...phones] = ofOnePrefix(10);
    expect(await sentOf(phones)).toBe(3);
    const wait = await ask(last);
    expect(wait).toBeGreaterThan(540_000);
    expect(wait).toBeLessThanOrEqual(600_000);
    expect(await ask(ofOnePrefix(1)[0])).toBe('sent');
  });

  test('when its receiver was sent twenty in ten minutes', async () => {
    const { sentOf } = budgetOf();
    const phone = freshPhone();
    expect(await sentOf(many(25, () => phone))).toBe(20);
  });

  test.each([
    ['address', { perAddress: 3 }],
    ['prefix', { perPrefix: 3 }],
    ['day', { perDay: 6, keptShare: 0.5 }],
    ['day without a kept share', { perDay: 3, keptShare: 0 }],
  ])('by its %s, and is then counted nowhere', async (_, change) => {
    const { ask, sentOf, countedFor } = budgetOf(change);
    const [last = '', ...phones] = ofOnePrefix(4);
    expect(await sentOf(phones)).toBe(3);
    const before = await countedFor(last);
    expect(before).toEqual([3, 0, 3, 3, 0]);
    for (let i = 0; i < 30; i += 1) expect(await ask(last)).toBeGreaterThan(0);
    expect(await countedFor(last)).toEqual(before);
  });

  test('when Redis is away', async () => {
    const away = openRedis({
      url: 'redis://127.0.0.1:1',
      mode: 'single',
      onConnect: () => undefined,
      onError: () => undefined,
    });
    const budget = codeBudget(
      { perPrefix: 10, perAddress: 10, perDay: 10, keptShare: 0.5 },
      {
        countCode: countCodesInRedis(away),
        hasLoggedIn: async () => true,
        measureShare: () => undefined,
        clock: { now: () => new Date() },
      },
    );
    const phone = freshPhone();
    const spent = budget.spend({ account: { phone, role: 'customer' }, to: phone, address: 'a' });
    await expect(spent).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    away.close();
  });
});

describe('the codes of test numbers', () => {
  const testNumbers = (count: number) =>
    Array.from({ length: count }, (_, i) => `00000${String(i).padStart(5, '0')}`);

  test('are none of everybody else, and are not measured', async () => {
    const { ask, sentOf, measured } = budgetOf({ perPrefix: 1, perAddress: 1, perDay: 2 });
    expect(await sentOf(testNumbers(10))).toBe(10);
    expect(measured).toEqual([]);
    const [first, second] = [ofOnePrefix(1)[0], ofOnePrefix(1)[0]];
    expect(await ask(first)).toBe('sent');
    expect(await ask(second)).not.toBe('sent');
    // And the other way round.
    expect(await ask('0000000100')).toBe('sent');
  });

  test('run out by address, and not for a number that has logged in', async () => {
    const { ask, known, sentOf } = budgetOf();
    expect(await sentOf(testNumbers(450))).toBe(400);
    known.add('0000000999');
    expect(await ask('0000000998')).not.toBe('sent');
    expect(await ask('0000000999')).toBe('sent');
    expect(await ask('0000000998', '10.0.0.2')).toBe('sent');
  });
});

describe('P14: a day of codes', () => {
  test('is not used up by four addresses', async () => {
    // A hundredth of what production allows.
    const { ask, sentOf } = budgetOf({ perAddress: 10, perDay: 1_000 });
    const attack = (address: string) => sentOf(many(300), address);
    const sent = await Promise.all(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'].map(attack));
    expect(sent).toEqual([10, 10, 10, 10]);
    expect(await ask(freshPhone(), '10.0.0.5')).toBe('sent');
  });

  test('has a share that strangers cannot use up, and accounts that logged in before can', async () => {
    const { ask, knownPhone, sentOf, tomorrow } = budgetOf({ perDay: 10, keptShare: 0.4 });
    expect(await sentOf(many(30))).toBe(6);
    const strangers = await Promise.all(many(30).map((phone) => ask(phone)));
    for (const wait of strangers) {
      expect(wait).toBeGreaterThan(5.9 * hour);
      expect(wait).toBeLessThanOrEqual(6 * hour);
    }
    expect(await sentOf(many(30, knownPhone))).toBe(4);
    expect(await ask(knownPhone())).toBeGreaterThan(5.9 * hour);
    tomorrow();
    expect([await ask(), await ask(knownPhone())]).toEqual(['sent', 'sent']);
  });

  test('can be kept as a whole, and strangers wait until tomorrow', async () => {
    const { ask, knownPhone } = budgetOf({ perDay: 2, keptShare: 1 });
    const wait = await ask();
    expect(wait).toBeGreaterThan(5.9 * hour);
    expect(wait).toBeLessThanOrEqual(6 * hour);
    expect(await ask(knownPhone())).toBe('sent');
  });

  test('asks who somebody is only when its open part is used up, and then of everybody', async () => {
    const { ask, knownPhone, lookedUp } = budgetOf({ perDay: 4, keptShare: 0.5 });
    const [one, two] = [knownPhone(), freshPhone()];
    await ask(one);
    await ask(two);
    expect(lookedUp).toEqual([]);
    await ask(one);
    await ask(two);
    expect(lookedUp).toEqual([one, two]);
  });

  test('lets accounts that logged in before in past the strangers of their address', async () => {
    const { ask, knownPhone, sentOf } = budgetOf({ perAddress: 2, perDay: 1_000 });
    expect(await sentOf(many(9), '10.0.0.1')).toBe(2);
    expect(await ask(freshPhone(), '10.0.0.1')).not.toBe('sent');
    // Ten times its share, and no more: one address is not the whole day of others.
    expect(await sentOf(many(30, knownPhone), '10.0.0.1')).toBe(20);
    expect(await ask(knownPhone(), '10.0.0.2')).toBe('sent');
  });

  test('says with each question how much of its part is used up, also when nothing is left', async () => {
    const { ask, knownPhone, measured } = budgetOf({ perDay: 6, keptShare: 1 / 3 });
    for (const phone of [...many(4), ...many(3, knownPhone)]) await ask(phone);
    expect(measured).toEqual([
      ...[0.25, 0.5, 0.75, 1].map((share) => ['OtpOpenShareUsed', share]),
      ...[0.5, 1, 1].flatMap((share) => [
        ['OtpOpenShareUsed', 1],
        ['OtpKeptShareUsed', share],
      ]),
    ]);
  });
});
