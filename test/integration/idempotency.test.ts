import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { httpFunction } from '../../functions/edge/http/http-function.ts';
import { AppError } from '../../src/contract/errors.ts';
import type { Implementation } from '../../src/contract/http/route.ts';
import { rememberIn } from '../../src/platform/once/idempotency.ts';
import { logger } from '../../src/platform/logs/observability.ts';
import { countInRedis } from '../../src/platform/rate-limit.ts';
import { openRedis } from '../../src/platform/redis/redis.ts';
import { clientOf } from '../support/client.ts';
import { order } from '../support/example-routes.ts';
import { makeTable } from '../support/engines/function-environment.ts';
import { into } from '../support/invoke.ts';
import { redisOfWorker } from '../support/engines/redis-of-worker.ts';

const table = await makeTable('id');
const redis = openRedis({
  ...redisOfWorker(),
  onConnect: () => undefined,
  onError: () => undefined,
});
afterAll(() => redis.close());

type Place = Implementation<typeof order>;

const placed: Place = async ({ body }) => ({
  status: 201,
  body: { greeting: `${body.name} ${randomUUID()}` },
});

/** Each user has limits and keys of its own, so that tests do not meet. */
function serving(place: Place, tableName = table) {
  let ran = 0;
  const handler = httpFunction(
    [order],
    {
      order: async (request) => {
        ran += 1;
        return place(request);
      },
    },
    {
      isFromEdge: undefined,
      authenticate: async (userId) => ({
        userId,
        role: 'customer',
        sessionId: 's',
        tokenEndsAt: Infinity,
      }),
      remember: rememberIn(tableName),
      countCall: countInRedis(redis),
    },
  );
  const token = randomUUID();
  const client = clientOf([order], into(handler));
  const send = (key: string | undefined, body: { name: string; size?: number }, as = token) =>
    client.order({ token: as, body, ...(key !== undefined && { idempotencyKey: key }) });
  return { send, ran: () => ran };
}

const asha = { name: 'Asha' };

describe('an intent that is sent again', () => {
  test('has one effect and one answer', async () => {
    const { send, ran } = serving(placed);
    const key = randomUUID();
    const first = await send(key, asha);
    const again = await send(key, asha);
    expect(first).toMatchObject({ status: 201 });
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    expect(again.body).toEqual(first.body);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(ran()).toBe(1);
  });

  test('is logged in the words that operators search for', async () => {
    const lines = vi.spyOn(logger, 'info');
    const { send } = serving(placed);
    const key = randomUUID();
    await send(key, asha);
    await send(key, asha);
    const said = lines.mock.calls.map(([line]) => line);
    lines.mockRestore();
    expect(said).toEqual(
      expect.arrayContaining(['Idempotency key received', 'Idempotency cached', 'Idempotency HIT']),
    );
  });

  test('with another body is a conflict, and changes nothing', async () => {
    const { send, ran } = serving(placed);
    const key = randomUUID();
    await send(key, asha);
    const other = await send(key, { name: 'Ravi' });
    expect(other.error).toMatchObject({ status: 422, code: 'IDEMPOTENCY_CONFLICT' });
    expect(ran()).toBe(1);
  });

  test('by someone else is another intent', async () => {
    const { send, ran } = serving(placed);
    const key = randomUUID();
    const mine = await send(key, asha);
    const theirs = await send(key, asha, randomUUID());
    expect(theirs.body).not.toEqual(mine.body);
    expect(ran()).toBe(2);
  });

  test('while the first is in flight is told to wait: one of twenty runs', async () => {
    let finish = () => {};
    const running = new Promise<void>((resolve) => (finish = resolve));
    const { send, ran } = serving(async (request) => {
      await running;
      return placed(request);
    });
    const key = randomUUID();
    const sent = Array.from({ length: 20 }, () => send(key, asha));
    await expect.poll(ran).toBe(1);
    const answers = Promise.all(sent);
    setTimeout(finish, 300);
    const told = await answers;
    const waiting = told.filter(({ error }) => error?.code === 'CONCURRENT_REQUEST');
    expect(ran()).toBe(1);
    expect(waiting).toHaveLength(19);
    expect(waiting[0]?.headers).toMatchObject({ 'retry-after': '1' });
  });
});

describe('what is kept', () => {
  test('is a refusal that depends on the body alone', async () => {
    const { send, ran } = serving(async () => {
      throw new AppError('VALIDATION_ERROR', { details: [{ path: 'name', message: 'No.' }] });
    });
    const key = randomUUID();
    const first = await send(key, asha);
    const again = await send(key, asha);
    expect(again.error).toEqual(first.error);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(ran()).toBe(1);
  });

  test.each([['CONCURRENT_REQUEST'], ['SERVICE_UNAVAILABLE'], ['INTERNAL_ERROR']] as const)(
    'is never %s: the same key can be tried again',
    async (code) => {
      let fails = true;
      const { send, ran } = serving(async (request) => {
        if (fails) throw new AppError(code);
        return placed(request);
      });
      const key = randomUUID();
      expect((await send(key, asha)).error).toMatchObject({ code });
      fails = false;
      expect(await send(key, asha)).toMatchObject({ status: 201 });
      expect(ran()).toBe(2);
    },
  );
});

describe('a key', () => {
  test.each([[undefined], ['short'], ['with spaces in it'], ['x'.repeat(129)]])(
    'that is %j is refused, and nothing runs',
    async (key) => {
      const { send, ran } = serving(placed);
      const answer = await send(key, asha);
      expect(answer.error).toMatchObject({ status: 400, code: 'MISSING_IDEMPOTENCY_KEY' });
      expect(ran()).toBe(0);
    },
  );

  test('need not be a UUID', async () => {
    const { send } = serving(placed);
    expect(await send('cancel_booking_42', asha)).toMatchObject({ status: 201 });
  });
});

test('if the table cannot be written, nothing is done', async () => {
  const gone = await makeTable('id');
  await new DynamoDBClient({}).send(new DeleteTableCommand({ TableName: gone }));
  const { send, ran } = serving(placed, gone);
  const answer = await send(randomUUID(), asha);
  expect(answer.error).toMatchObject({ status: 503, code: 'SERVICE_UNAVAILABLE' });
  expect(ran()).toBe(0);
});

describe('the limit of a route', () => {
  test('counts calls, not replays, and says when to come back', async () => {
    const { send, ran } = serving(placed);
    const key = randomUUID();
    const first = await send(key, asha);
    expect(first.headers).toMatchObject({
      'ratelimit-limit': '5',
      'ratelimit-remaining': '4',
      'ratelimit-reset': '60',
    });
    for (let i = 0; i < 6; i++) await send(key, asha);
    for (let i = 0; i < 4; i++) expect((await send(randomUUID(), asha)).status).toBe(201);
    const over = await send(randomUUID(), asha);
    expect(over.error).toMatchObject({ status: 429, code: 'RATE_LIMIT_EXCEEDED' });
    expect(over.error?.retryAfterMs).toBeGreaterThan(50_000);
    expect(over.headers).toMatchObject({ 'ratelimit-remaining': '0' });
    expect(over.headers['retry-after']).toMatch(/^(59|60)$/);
    expect(ran()).toBe(5);
  });

  test.each([
    ['local', 201],
    ['prod', 429],
  ])(
    'is lifted by its variable in the stage local alone: in %s the sixth gets %d',
    async (stage, status) => {
      vi.stubEnv('WEELO_STAGE', stage);
      vi.stubEnv('WEELO_RATE_LIMITS', 'off');
      const { send } = serving(placed);
      for (let i = 0; i < 5; i++) await send(randomUUID(), asha);
      const sixth = await send(randomUUID(), asha);
      vi.unstubAllEnvs();
      expect(sixth.error?.status ?? sixth.status).toBe(status);
    },
  );

  test('is exact when calls race', async () => {
    const { send } = serving(placed);
    const told = await Promise.all(Array.from({ length: 20 }, () => send(randomUUID(), asha)));
    expect(told.filter(({ status }) => status === 201)).toHaveLength(5);
  });

  test('ends: no counter is left without an end', async () => {
    const countCall = countInRedis(redis);
    const key = `rate:short:${randomUUID()}`;
    const rule = { limit: 1, windowSeconds: 1 };
    expect(await countCall(key, rule)).toMatchObject({ allowed: true, remaining: 0 });
    expect(await countCall(key, rule)).toMatchObject({ allowed: false });
    await expect
      .poll(() => countCall(key, rule), { timeout: 3000 })
      .toMatchObject({ allowed: true });
  });

  test('lets requests pass when Redis is away', async () => {
    const away = openRedis({
      url: 'redis://127.0.0.1:1',
      mode: 'single',
      onConnect: () => undefined,
      onError: () => undefined,
    });
    const handler = httpFunction(
      [order],
      { order: placed },
      {
        isFromEdge: undefined,
        authenticate: async (userId) => ({
          userId,
          role: 'customer',
          sessionId: 's',
          tokenEndsAt: Infinity,
        }),
        remember: rememberIn(table),
        countCall: countInRedis(away),
      },
    );
    const client = clientOf([order], into(handler));
    const answer = await client.order({
      token: randomUUID(),
      idempotencyKey: randomUUID(),
      body: asha,
    });
    away.close();
    expect(answer).toMatchObject({ status: 201 });
  });
});

test('a caller outside the audience is refused before anything is stored', async () => {
  const handler = httpFunction(
    [order],
    { order: placed },
    {
      isFromEdge: undefined,
      authenticate: async (userId) => ({
        userId,
        role: 'driver',
        sessionId: 's',
        tokenEndsAt: Infinity,
      }),
      remember: rememberIn(table),
      countCall: countInRedis(redis),
    },
  );
  const client = clientOf([order], into(handler));
  const key = { idempotencyKey: randomUUID(), body: asha };
  expect((await client.order({ ...key, token: 'driver' })).error?.code).toBe('FORBIDDEN');
  expect((await client.order(key)).error?.code).toBe('UNAUTHORIZED');
});
