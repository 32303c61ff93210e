import { randomUUID } from 'node:crypto';
import { Cluster } from 'ioredis';
import { afterAll, afterEach, describe, expect, expectTypeOf, test, vi } from 'vitest';
import { httpFunction, type GuardsFor } from '../../functions/edge/http/http-function.ts';
import { route } from '../../src/contract/http/route.ts';
import { rememberIn } from '../../src/platform/once/idempotency.ts';
import { countInRedis } from '../../src/platform/rate-limit.ts';
import type { RedisConnection } from '../../src/platform/redis/redis.ts';
import { clientOf } from '../support/client.ts';
import { type greet, order } from '../support/example-routes.ts';
import { makeTable } from '../support/engines/function-environment.ts';
import { into } from '../support/invoke.ts';
import { redisOfWorker } from '../support/engines/redis-of-worker.ts';

const { idempotency: _, rateLimit: __, ...simple } = order;
/** With no limit of its own. */
const look = route({ ...simple, id: 'look', path: '/look', audience: 'signed-in' });

/** It waits as long as it takes: what our own connection gives up after 300 ms goes on uncounted. */
const patient = new Cluster([redisOfWorker().url]);
afterAll(() => patient.disconnect());
const redis: Pick<RedisConnection, 'evaluate'> = {
  evaluate: (script, keys, args) => patient.eval(script, keys.length, ...keys, ...args),
};
afterEach(() => void vi.unstubAllEnvs());

const table = await makeTable('id');

/** One user, and what is asked of Redis for the calls that it makes. */
function somebody() {
  const user = randomUUID();
  const questions: (readonly string[])[] = [];
  const answer = async () => ({ status: 201, body: { greeting: 'Hello' } }) as const;
  const handler = httpFunction(
    [order, look],
    { order: answer, look: answer },
    {
      isFromEdge: undefined,
      authenticate: async (userId) => ({
        userId,
        role: 'customer',
        sessionId: 's',
        tokenEndsAt: Infinity,
      }),
      remember: rememberIn(table),
      countCall: countInRedis({
        evaluate: (script, keys, args) => {
          questions.push(keys);
          return redis.evaluate(script, keys, args);
        },
      }),
    },
  );
  const client = clientOf([order, look], into(handler));
  const call = { token: user, body: { name: 'Asha' } };
  const countsOf = async (what: string) =>
    Number(
      await redis.evaluate(`return redis.call('GET', KEYS[1])`, [`rate:{${user}}:${what}`], []),
    );
  /** As if it had called so often within this minute. */
  const called = (calls: number, what = 'all') =>
    redis.evaluate(
      `redis.call('SET', KEYS[1], ARGV[1], 'PX', 60000)`,
      [`rate:{${user}}:${what}`],
      [calls],
    );
  return {
    user,
    questions,
    countsOf,
    called,
    look: () => client.look(call),
    order: (idempotencyKey = randomUUID()) => client.order({ ...call, idempotencyKey }),
  };
}

const atOnce = <T>(count: number, work: () => Promise<T>) =>
  Promise.all(Array.from({ length: count }, work));

test('a function with a signed-in route that counts nothing does not compile', () => {
  expectTypeOf<GuardsFor<typeof look>>().toHaveProperty('countCall');
  expectTypeOf<GuardsFor<typeof greet>>().not.toHaveProperty('countCall');
});

describe('the limit on all calls of a user', () => {
  test('holds on a route that has none of its own', async () => {
    const { look, called } = somebody();
    expect((await look()).headers).toMatchObject({
      'ratelimit-limit': '1000',
      'ratelimit-remaining': '999',
      'ratelimit-reset': '60',
    });
    await called(999);
    expect((await look()).status).toBe(201);
    const { error, headers } = await look();
    expect(error).toMatchObject({ status: 429, code: 'RATE_LIMIT_EXCEEDED' });
    expect(error?.retryAfterMs).toBeGreaterThan(50_000);
    expect(headers).toMatchObject({ 'ratelimit-limit': '1000', 'ratelimit-remaining': '0' });
  });

  test('is over all routes, and leaves other users alone', async () => {
    const { look, order: place, called } = somebody();
    await called(998);
    expect([(await look()).status, (await place()).status]).toEqual([201, 201]);
    expect([(await look()).error?.code, (await place()).error?.code]).toEqual(
      Array(2).fill('RATE_LIMIT_EXCEEDED'),
    );
    expect((await somebody().look()).status).toBe(201);
  });

  test('is asked for in the question that counts the call', async () => {
    const { user, look, order: place, questions } = somebody();
    await place();
    await look();
    expect(questions).toEqual([
      [`rate:{${user}}:order`, `rate:{${user}}:all`],
      [`rate:{${user}}:all`],
    ]);
  });

  test('stays unsaid beside the limit of a route, unless it is what refuses', async () => {
    const { order: place, called } = somebody();
    await called(990);
    expect((await place()).headers).toMatchObject({
      'ratelimit-limit': '5',
      'ratelimit-remaining': '4',
    });
    await called(1000);
    expect((await place()).headers).toMatchObject({
      'ratelimit-limit': '1000',
      'ratelimit-remaining': '0',
    });
  });

  test('counts what the limit of a route refuses, but no repetition of an intent', async () => {
    const { order: place, countsOf } = somebody();
    const key = randomUUID();
    for (let i = 0; i < 4; i += 1) expect((await place(key)).status).toBe(201);
    expect([await countsOf('order'), await countsOf('all')]).toEqual([1, 1]);
    for (let i = 0; i < 6; i += 1) await place();
    expect([await countsOf('order'), await countsOf('all')]).toEqual([7, 7]);
  });

  test('is exact when calls race', async () => {
    const { look, called } = somebody();
    await called(900);
    const answers = await atOnce(200, look);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(100);
  });

  test('is exact when calls of two routes race, and so is the limit of one of them', async () => {
    const { look, order: place, called } = somebody();
    await called(900);
    const answers = await Promise.all([atOnce(100, look), atOnce(100, place)]);
    const [looked, placed] = answers.map(
      (each) => each.filter(({ status }) => status === 201).length,
    );
    // Whatever a limit refuses is a call, too: of the hundred that are left, some went to the route's refusals.
    expect(placed).toBeLessThanOrEqual(5);
    expect((looked ?? 0) + (placed ?? 0)).toBeLessThanOrEqual(100);
    expect((await look()).error?.code).toBe('RATE_LIMIT_EXCEEDED');
  });

  test('ends with its minute, and no counter is left without an end', async () => {
    const { look, user } = somebody();
    await look();
    const left = await redis.evaluate(
      `return redis.call('PTTL', KEYS[1])`,
      [`rate:{${user}}:all`],
      [],
    );
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(60_000);
  });

  test.each([
    ['local', 201],
    ['prod', 429],
  ])('is lifted by its variable in the stage local alone: in %s', async (stage, status) => {
    vi.stubEnv('WEELO_STAGE', stage);
    vi.stubEnv('WEELO_RATE_LIMITS', 'off');
    const { look, called } = somebody();
    await called(1000);
    const { error, status: answered } = await look();
    expect(error?.status ?? answered).toBe(status);
  });
});
