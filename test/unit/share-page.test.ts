import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { httpFunction } from '../../functions/edge/http/http-function.ts';
import { AppError, type ErrorCode } from '../../src/contract/errors.ts';
import { AssignmentStatus } from '../../src/contract/http/assignments/status.ts';
import { watchOrder } from '../../src/contract/http/sharing/routes.ts';
import { WatchedOrder } from '../../src/contract/http/sharing/views.ts';
import type { OrderSnapshot } from '../../src/orders/order/order-snapshot.ts';
import { logger } from '../../src/platform/logs/observability.ts';
import { keptForAMoment } from '../../src/trips/sharing/kept-for-a-moment.ts';
import { nearbyPlaces } from '../../src/trips/sharing/page/nearby-places.ts';
import { answerWatcher, refusalPage } from '../../src/trips/sharing/page/show-page.ts';
import { clockTime, waitingWords, wordsOf } from '../../src/trips/sharing/page/words.ts';
import { watchView } from '../../src/trips/sharing/watch-view.ts';
import {
  eta,
  names,
  now,
  position,
  silent,
  snapshot,
  tripIds,
  truck,
} from '../support/shared-order.ts';
import type { HttpContext } from '../../functions/edge/http/call.ts';
import { eventOf, into, lambdaContext } from '../support/invoke.ts';

const tracked = { positions: [position()], etas: { [tripIds[0]]: eta() } };
const view = (
  change: Parameters<typeof truck>[0] = {},
  known: Parameters<typeof watchView>[2] = tracked,
) => watchView(snapshot(truck(change)), names, known, now);

describe('who has the link', () => {
  test('P12: sees first names, and nothing that tells more of anybody', () => {
    const shown = view();
    expect(WatchedOrder.parse(shown)).toEqual(shown);
    expect(shown).toMatchObject({
      sharedBy: 'Asha',
      trucks: [{ driverFirstName: 'Ramesh', vehicleNumber: 'KA05MX4321' }],
    });
    const text = JSON.stringify(shown);
    for (const secret of [
      'Verma',
      'Kumar',
      'Kapoor',
      '9000000001',
      '9700000001',
      ':4321',
      'Furniture',
      'House 7',
      'Flat 2',
      '28.535512',
      '77.209023',
      '019c2f6e',
    ]) {
      expect(text).not.toContain(secret);
    }
  });

  test.each(AssignmentStatus.options)(
    'P12: sees a position only between acceptance and completion: %s',
    (status) => {
      const isInside = [
        'driver_accepted',
        'en_route_pickup',
        'at_pickup',
        'loading_complete',
        'in_transit',
        'arrived_at_drop',
      ].includes(status);
      const [shown] = view({ tripStatus: status }).trucks;
      expect(shown?.position?.latitude).toBe(isInside ? 28.5702 : undefined);
      expect(shown?.eta?.durationMinutes).toBe(isInside ? 35 : undefined);
      // Who has not accepted is not named either.
      expect(shown?.driverFirstName).toBe(
        isInside || status === 'completed' ? 'Ramesh' : undefined,
      );
    },
  );

  test('sees each truck where that truck is', () => {
    const other = truck({ requestNumber: 2, tripId: tripIds[1], assignedDriverName: null });
    const order = watchView(snapshot(truck(), other), names, tracked, now);
    expect(order.trucks).toMatchObject([
      { number: 1, position: { latitude: 28.5702 } },
      { number: 2, position: null, eta: null, driverFirstName: 'Driver' },
    ]);
  });
});

describe('what the page says', () => {
  const words = (...asked: Parameters<typeof view>) => wordsOf(view(...asked))[0];

  test('of a truck on the road', () => {
    expect(words()).toEqual({
      name: 'Ramesh, KA05MX4321',
      status: 'On the way to the drop.',
      position: 'Position known, as of 14:05.',
      arrival: 'At the drop at about 14:41, between 14:34 and 14:53.',
    });
  });

  test('when nothing is known any more: since when, and why, if that is known', () => {
    const gone = (change: object) =>
      words({}, { ...tracked, positions: [position({ ...silent, ...change })] });
    const since = 'No position since 14:04.';
    expect(gone({})?.position).toBe(`${since} The driver's phone has a poor network.`);
    expect(gone({ staleReason: null })?.position).toBe(since);
    expect(gone({})?.arrival).toContain('This is a guess from its last position.');
    const yesterday = '2026-01-30T17:00:00.000Z';
    expect(gone({ staleReason: null, staleSince: yesterday })?.position).toBe(
      'No position since 22:30 on 30 Jan.',
    );
  });

  test('when nothing was ever known, or not exactly', () => {
    expect(words({}, { positions: [], etas: {} })).toMatchObject({
      position: 'Where the truck is, is not known at the moment.',
      arrival: 'When it arrives is not known.',
    });
    const vague = { ...tracked, positions: [position({ isInaccurate: true })] };
    expect(words({}, vague)?.position).toBe('Position known, but not exactly, as of 14:05.');
  });

  test('of a truck that is there', () => {
    expect(words({ tripStatus: 'completed' })).toMatchObject({
      status: 'Delivered.',
      position: '',
      arrival: '',
    });
    expect(words({ tripStatus: 'arrived_at_drop' })?.arrival).toBe('');
  });

  test('of each state that can be seen', () => {
    for (const status of AssignmentStatus.options) {
      for (const { status: said } of wordsOf(view({ tripStatus: status }))) {
        expect(said).toMatch(/^[A-Z].+\.$/);
      }
    }
  });

  test('of trucks that have not begun', () => {
    const waiting = (...states: readonly AssignmentStatus[]) =>
      waitingWords(
        watchView(
          snapshot(...states.map((tripStatus) => truck({ tripStatus }))),
          names,
          tracked,
          now,
        ),
      );
    expect(waiting('pending')).toMatch(/^The trip has not begun\./);
    expect(waiting('in_transit', 'pending')).toBe('The trip of one more truck has not begun.');
    expect(waiting('in_transit', 'pending', 'pending')).toContain('2 more trucks');
    expect(waiting('in_transit', 'completed')).toBe('');
    const lost = truck({ status: 'expired', tripId: null, tripStatus: null });
    expect(waitingWords(watchView(snapshot(truck(), lost), names, tracked, now))).toBe('');
  });

  test('in Indian time, whatever the day is elsewhere', () => {
    const midnight = new Date('2026-01-31T18:31:00.000Z');
    expect(clockTime('2026-01-31T18:30:00.000Z', midnight)).toBe('00:00');
    expect(clockTime('2026-01-31T18:29:00.000Z', midnight)).toBe('23:59 on 31 Jan');
  });
});

/** The route, as it is served. */
function serving(answer: () => Promise<WatchedOrder>, { token = 'secret-token', calls = 1 } = {}) {
  const handler = httpFunction(
    [watchOrder],
    { watchOrder: async ({ headers }) => answerWatcher(headers.accept, answer()) },
    {
      isFromEdge: undefined,
      countCall: async (_, { limit }) => {
        const remaining = limit - calls;
        return { allowed: remaining >= 0, limit, remaining: Math.max(0, remaining), resetMs: 1 };
      },
      refusalPage,
    },
  );
  const request = (headers: Readonly<Record<string, string>>) => ({
    method: 'GET',
    path: `/t/${token}`,
    routeKey: 'GET /t/{token}',
    params: { token },
    query: {},
    headers,
  });
  return Object.assign(
    (accept?: string) => into(handler)(request(accept === undefined ? {} : { accept })),
    {
      /** As it comes from the function. */
      raw: (headers: Readonly<Record<string, string>>) =>
        handler(eventOf(request(headers)), lambdaContext() as HttpContext),
    },
  );
}
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const refusing = (code: ErrorCode) => serving(() => Promise.reject(new AppError(code)));
const on = serving(async () => view());

describe('the answer', () => {
  test.each([[browser], ['*/*'], [undefined]])('is a page for %s', async (accept) => {
    const { status, headers, body } = await on(accept);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(body).toMatch(/^<!doctype html>/);
  });

  test('is JSON for who asks for it', async () => {
    const { status, headers, body } = await on('application/json');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(body)).toMatchObject({ success: true, data: { sharedBy: 'Asha' } });
  });

  test.each([
    ['TRIP_ENDED', 410, 'This trip has ended.'],
    ['NOT_FOUND', 404, 'This link is not known.'],
  ] as const)('says %s to everybody in their own form', async (code, status, words) => {
    const page = await refusing(code)(browser);
    expect([page.status, page.headers['content-type']]).toEqual([
      status,
      'text/html; charset=utf-8',
    ]);
    expect(page.body).toContain(words);
    expect(page.body).not.toContain('<script');
    const json = await refusing(code)('application/json');
    expect(json.status).toBe(status);
    expect(JSON.parse(json.body)).toMatchObject({ error: { code } });
  });

  test.each([
    ['a fault', 500, 'cannot show this trip', serving(() => Promise.reject(new Error('Broken')))],
    ['a store that is away', 503, 'cannot show this trip', refusing('SERVICE_UNAVAILABLE')],
    ['too many calls', 429, 'Too many people', serving(async () => view(), { calls: 1_000_000 })],
    ['too long a link', 400, 'not known', serving(async () => view(), { token: 'x'.repeat(201) })],
  ] as const)('is a page for a browser, whatever is wrong: %s', async (_, status, words, ask) => {
    vi.spyOn(logger, 'error').mockImplementation(() => undefined);
    const page = await ask(browser);
    expect([page.status, page.headers['content-type']]).toEqual([
      status,
      'text/html; charset=utf-8',
    ]);
    expect(page.body).toContain(words);
    expect(page.headers['content-security-policy']).toContain('style-src');
    // It comes again by itself, if that helps.
    expect(page.body.includes('http-equiv="refresh"')).toBe(status !== 400);
    const json = await ask('application/json');
    expect(JSON.parse(json.body)).toMatchObject({ success: false });
    vi.restoreAllMocks();
  });

  test('is kept by the limit from nobody of a thousand watchers behind one address', async () => {
    const sixTimesAMinute = serving(async () => view(), { calls: 1000 * 6 });
    expect((await sixTimesAMinute(browser)).status).toBe(200);
  });

  test.each([
    ['page', on, browser],
    ['JSON', on, 'application/json'],
    ['page of the end', refusing('TRIP_ENDED'), browser],
    ['end', refusing('TRIP_ENDED'), 'application/json'],
  ])('is not stored, not indexed, and tells nobody its address: %s', async (_, ask, accept) => {
    const { headers } = await ask(accept);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'x-content-type-options': 'nosniff',
    });
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  test('lets exactly its own script and style run, and has no handlers in its markup', async () => {
    const { headers, body } = await on(browser);
    for (const [tag, directive] of [
      ['script', 'script-src'],
      ['style', 'style-src'],
    ] as const) {
      const [, text = ''] = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(body) ?? [];
      const hash = createHash('sha256').update(text).digest('base64');
      expect(text.length).toBeGreaterThan(1000);
      expect(headers['content-security-policy']).toContain(`${directive} 'sha256-${hash}';`);
    }
    const markup = body.replaceAll(/<(script|style)[\s\S]*?<\/\1>/g, '');
    expect(markup).not.toMatch(/\son\w+=|style=|https?:\/\//);
  });

  test('is small enough for a slow network', async () => {
    const { body } = await on(browser);
    expect(Buffer.byteLength(body)).toBeLessThan(230_000);
    const { body: sent = '', ...rest } = await on.raw({
      accept: browser,
      'accept-encoding': 'gzip, deflate, br',
    });
    expect(rest).toMatchObject({ isBase64Encoded: true, headers: { 'content-encoding': 'gzip' } });
    const compressed = Buffer.from(sent, 'base64');
    expect(compressed.length).toBeLessThan(90_000);
    expect(gunzipSync(compressed).toString()).toBe(body);
  });

  test.each([
    ['gzip', true],
    ['br, GZIP;q=0.5', true],
    ['gzip;q=0', false],
    ['br, gzip; q=0.000, identity', false],
    ['x-not-gzip', false],
  ])('is compressed only for who reads it: %s', async (encodings, isCompressed) => {
    const answer = await on.raw({ accept: browser, 'accept-encoding': encodings });
    expect(answer.headers?.['content-encoding']).toBe(isCompressed ? 'gzip' : undefined);
    // A cache must ask for both headers, compressed or not.
    expect(answer.headers?.['vary']).toBe('accept, accept-encoding');
  });

  test('P18: no log line carries the token, whatever happens', async () => {
    const lines: string[] = [];
    const hear = (...said: readonly unknown[]) => void lines.push(said.map(String).join(' '));
    for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      vi.spyOn(console, level).mockImplementation(hear);
    }
    for (const method of ['info', 'warn', 'error'] as const) {
      vi.spyOn(logger, method).mockImplementation((...said) =>
        hear(...said.map((each) => JSON.stringify(each))),
      );
    }
    const keys = vi.spyOn(logger, 'appendKeys');
    const broken = serving(() => Promise.reject(new Error('Something broke')));
    const wrong = serving(async () => ({ ...view(), trucks: [{}] }) as WatchedOrder);
    for (const ask of [on, refusing('NOT_FOUND'), refusing('TRIP_ENDED'), broken, wrong]) {
      for (const accept of [browser, 'application/json']) await ask(accept);
    }
    const appended = keys.mock.calls.map((each) => JSON.stringify(each));
    vi.restoreAllMocks();
    expect(lines.length).toBeGreaterThanOrEqual(10);
    expect(appended.join()).toContain('GET /t/{token}');
    expect([...lines, ...appended].join('\n')).not.toContain('secret-token');
  });
});

describe('what is kept for a moment', () => {
  /** A clock that can be moved, and who was asked for positions. */
  function keeping(track = async () => tracked) {
    const [asked, clock] = [vi.fn<() => Promise<typeof tracked>>(track), { nowMs: now.getTime() }];
    const kept = keptForAMoment(asked, { now: () => new Date(clock.nowMs) });
    const of = (change: Partial<OrderSnapshot['order']> = {}) => {
      const { order, ...rest } = snapshot(truck());
      return kept({ ...rest, order: { ...order, ...change } });
    };
    return { asked, clock, of };
  }

  test('costs a hundred watchers of one order as much as one, for five seconds', async () => {
    const { asked, clock, of } = keeping();
    const all = await Promise.all(Array.from({ length: 100 }, () => of()));
    expect(new Set(all)).toEqual(new Set([tracked]));
    clock.nowMs += 4999;
    await of();
    expect(asked).toHaveBeenCalledTimes(1);
    clock.nowMs += 1;
    await of();
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test('P12: is of one order in one version, so that it outlives no end of a trip', async () => {
    const { asked, of } = keeping();
    await of();
    await of({ eventVersion: 8 });
    await of({ id: '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e99', eventVersion: 8 });
    expect(asked).toHaveBeenCalledTimes(3);
  });

  test('is asked for again after a failure, but not by everybody at once', async () => {
    const { asked, clock, of } = keeping(() => Promise.reject(new AppError('SERVICE_UNAVAILABLE')));
    await expect(of()).rejects.toThrow('The service is busy');
    await expect(of()).rejects.toThrow('The service is busy');
    expect(asked).toHaveBeenCalledTimes(1);
    clock.nowMs += 5000;
    await expect(of()).rejects.toThrow('The service is busy');
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test('is of 200 orders at most', async () => {
    const { asked, of } = keeping();
    for (let i = 0; i <= 200; i++) await of({ id: `order-${i}` });
    await of({ id: 'order-200' });
    expect(asked).toHaveBeenCalledTimes(201);
    await of({ id: 'order-0' });
    expect(asked).toHaveBeenCalledTimes(202);
  });
});

test('the map names what is near, the largest first, and not one on another', async () => {
  const places = await nearbyPlaces(
    { latitude: 28.536, longitude: 77.391 },
    { latitude: 28.614, longitude: 77.209 },
  );
  expect(places[0]?.name).toBe('Delhi');
  expect(places.length).toBeGreaterThan(30);
  expect(places.length).toBeLessThanOrEqual(80);
  expect(new Set(places.map(({ name }) => name)).size).toBe(places.length);
  for (const { latitude, longitude } of places) {
    expect(Math.abs(latitude - 28.575)).toBeLessThan(0.2);
    expect(Math.abs(longitude - 77.3)).toBeLessThan(0.25);
  }
});
