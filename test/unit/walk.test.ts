import { afterEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { callApiAt, Refused } from '../../src/canary/call-api.ts';
import { findApi, type ReadEdgeUrl } from '../../src/canary/find-api.ts';
import { walk, WalkBroken, type StepName } from '../../src/canary/walk.ts';
import type { Route } from '../../src/contract/http/route.ts';
import { cancelOrder, getOrder } from '../../src/contract/http/orders/routes.ts';
import { getVehiclePricing } from '../../src/contract/http/catalogue/routes.ts';

const id = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e22';
const left = '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e23';
const no = (code: string, retryAfterMs?: number) =>
  new Refused({ id: 'any' } as Route, 429, {
    success: false,
    error: {
      code,
      message: 'No',
      requestId: 'r',
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
  });

/** What the API answers to a walk that goes well. */
const answers: Readonly<Record<string, unknown>> = {
  sendLoginCode: {},
  verifyLoginCode: { tokens: { accessToken: 'token' } },
  checkActiveOrder: { activeOrder: null },
  getVehiclePricing: { pricing: { pricePerTruck: 1234 } },
  placeOrder: { order: { id } },
  getOrder: { order: { status: 'broadcasting' } },
  cancelOrder: { status: 'cancelled' },
  logOut: {},
};

/** A walk through an API that answers so, by a clock that moves when the walk waits. */
function walkWith({ change = {}, codes = ['123456'] as (string | undefined)[] } = {}) {
  let now = 0;
  const asked: (readonly [string, unknown])[] = [];
  const steps: StepName[] = [];
  const paused: number[] = [];
  // The first is what lies there before the walk, and is thrown away.
  const lying: (string | undefined)[] = ['999999', ...codes];
  const given: Record<string, unknown[]> = Object.fromEntries(
    Object.entries({ ...answers, ...change }).map(([name, each]) => [
      name,
      Array.isArray(each) ? [...each] : [each],
    ]),
  );
  const done = walk('0000000001', {
    call: async (route, _, request) => {
      asked.push([route.id, request]);
      const [first, ...rest] = given[route.id] ?? [];
      if (rest.length > 0) given[route.id] = rest;
      if (first instanceof Error) throw first;
      return first as never;
    },
    takeCode: async () => lying.shift(),
    pause: async (milliseconds) => {
      paused.push(milliseconds);
      now += milliseconds;
    },
    ids: { next: () => 'key-key-key' },
    clock: { now: () => new Date(now) },
    onStep: (step) => steps.push(step),
  });
  return { done, asked, steps, paused };
}

const whole: readonly StepName[] = [
  'send-otp',
  'code',
  'verify-otp',
  'clear',
  'price',
  'place',
  'read',
  'cancel',
  'log-out',
];

describe('a walk', () => {
  test('takes its steps in their order, with the code of this walk and the price that was asked', async () => {
    const { done, asked, steps, paused } = walkWith({ codes: [undefined, undefined, '123456'] });
    await done;
    expect(steps).toEqual(whole);
    expect(paused).toEqual([250, 250]);
    const said = Object.fromEntries(asked);
    expect(said['verifyLoginCode']).toMatchObject({ body: { otp: '123456', role: 'customer' } });
    expect(said['placeOrder']).toMatchObject({
      token: 'token',
      body: { vehicleRequirements: [{ pricePerTruck: 1234, quantity: 1 }] },
    });
    expect(said['cancelOrder']).toMatchObject({ params: { id } });
  });

  test('cancels an order that is there, before it places its own', async () => {
    const change = { checkActiveOrder: { activeOrder: { orderId: left } } };
    const { done, asked } = walkWith({ change });
    await done;
    const cancelled = asked.filter(([name]) => name === 'cancelOrder').map(([, said]) => said);
    expect(cancelled).toMatchObject([{ params: { id: left } }, { params: { id } }]);
    const names = asked.map(([name]) => name);
    expect(names.indexOf('cancelOrder')).toBeLessThan(names.indexOf('placeOrder'));
  });

  test('right after another one waits until it may have a code', async () => {
    const change = { sendLoginCode: [no('OTP_COOLDOWN', 12_000), {}] };
    const { done, steps, paused } = walkWith({ change });
    await done;
    expect(paused).toEqual([12_000]);
    expect(steps).toEqual(whole);
  });

  test.each([
    ['send-otp', { change: { sendLoginCode: no('OTP_RATE_LIMIT_EXCEEDED') } }],
    ['code', { codes: [] }],
    ['verify-otp', { change: { verifyLoginCode: no('INVALID_OTP') } }],
    ['clear', { change: { checkActiveOrder: no('UNAUTHORIZED') } }],
    ['price', { change: { getVehiclePricing: no('INTERNAL_ERROR') } }],
    ['place', { change: { placeOrder: no('SERVICE_UNAVAILABLE') } }],
    ['read', { change: { getOrder: { order: { status: 'expired' } } } }],
    ['cancel', { change: { cancelOrder: { status: 'fully_filled' } } }],
    ['log-out', { change: { logOut: no('UNAUTHORIZED') } }],
  ] as const)('that breaks off at %s says so', async (step, { ...world }) => {
    const { done, steps } = walkWith(world as Parameters<typeof walkWith>[0]);
    const broken = await done.catch((error: unknown) => error);
    expect(broken).toBeInstanceOf(WalkBroken);
    expect(broken).toMatchObject({ step, message: expect.stringContaining(step) });
    expect(steps).toEqual(whole.slice(0, whole.indexOf(step)));
  });
});

describe('the API, as a walk calls it', () => {
  const answer = (body: unknown, status = 200) =>
    vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async () => new Response(JSON.stringify(body), { status }));
  afterEach(() => vi.restoreAllMocks());
  const call = callApiAt({ origin: 'https://api.example.com/' });

  test('is asked as the contract says', async () => {
    const asked = answer({ success: true, data: cancelOrder.example.responses[200] });
    const { status } = await call(cancelOrder, cancelOrder.responses[200], {
      token: 't',
      idempotencyKey: 'key-key-key',
      params: { id },
      body: { reason: 'why' },
    });
    expect(status).toBe('cancelled');
    const [url, init] = asked.mock.calls[0] ?? [];
    expect(url).toHaveProperty('href', `https://api.example.com/api/v1/orders/${id}/cancel`);
    expect(init).toMatchObject({
      method: 'POST',
      body: '{"reason":"why"}',
      headers: {
        authorization: 'Bearer t',
        'x-idempotency-key': 'key-key-key',
        'content-type': 'application/json',
      },
    });
  });

  test('is asked with the query', async () => {
    const asked = answer({ success: true, data: getVehiclePricing.example.responses[200] });
    const query = { vehicleType: 'mini', distanceKm: 32 };
    await call(getVehiclePricing, getVehiclePricing.responses[200], { query });
    expect(asked.mock.calls[0]?.[0]).toHaveProperty('search', '?vehicleType=mini&distanceKm=32');
  });

  test.each([
    [
      'a refusal',
      { success: false, error: { code: 'ORDER_NOT_FOUND', message: 'No', requestId: 'r1' } },
      404,
      'ORDER_NOT_FOUND, request r1',
    ],
    [
      'an answer that is not in the contract',
      { success: true, data: { order: 1 } },
      200,
      'broke its contract',
    ],
    ['what is not ours', '<html>', 502, '502, and not in our words'],
  ])('is not well if it answers with %s', async (_, body, status, message) => {
    answer(body, status);
    const asking = call(getOrder, getOrder.responses[200], { token: 't', params: { id } });
    await expect(asking).rejects.toThrow(message);
  });

  test('is given up when the walk has no more time', async () => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(
      (_, init) =>
        new Promise((_resolve, reject) => {
          const { signal } = z.object({ signal: z.instanceof(AbortSignal) }).parse(init);
          signal.addEventListener('abort', () => reject(new Error('Given up')));
        }),
    );
    const hurried = new AbortController();
    const asking = callApiAt({ origin: 'https://a.example', signal: hurried.signal })(
      getOrder,
      getOrder.responses[200],
      { token: 't', params: { id } },
    );
    hurried.abort();
    await expect(asking).rejects.toThrow('Given up');
  });

  test('is where the variable says, or where the stack of the edge says', async () => {
    const ask = vi.fn<ReadEdgeUrl>(async (region, stack) => `https://${stack}.${region}/`);
    expect(await findApi('https://api.example.com/', ask)).toBe('https://api.example.com/');
    expect(ask).not.toHaveBeenCalled();
    expect(await findApi('us-east-1/weelo-prod-edge', ask)).toBe(
      'https://weelo-prod-edge.us-east-1/',
    );
  });
});
