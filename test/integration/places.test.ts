import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { routesOf } from '../../src/contract/http/routes.ts';
import { amazonLocation } from '../../src/places/amazon-location.ts';
import { keepAnswers, type AnswerCache } from '../../src/places/answer-cache.ts';
import type { PlacesDeps } from '../../src/places/ask-places.ts';
import { builtIn } from '../../src/places/gazetteer/built-in.ts';
import { findAddress } from '../../src/places/find-address.ts';
import { findRoute } from '../../src/places/find-route.ts';
import { searchPlaces } from '../../src/places/search-places.ts';
import { openLocation } from '../../src/platform/aws/location.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { clientOf } from '../support/client.ts';
import { functionEnvironment } from '../support/engines/function-environment.ts';
import { into } from '../support/invoke.ts';
import { reachOutside } from '../../packages/local-cloud/test/reach-outside.ts';
import { playLocation } from '../support/location/play-location.ts';
import { issuingTokens } from '../support/tokens.ts';

// The functions read their environment as they are loaded, so it must stand before.
const { variables, secrets } = await functionEnvironment();
const { outside, asked, client } = await reachOutside(
  () => new Date(),
  playLocation(() => new Date()),
);
process.env['AWS_ENDPOINT_URL_GEO_PLACES'] = client.endpoint;
process.env['AWS_ENDPOINT_URL_GEO_ROUTES'] = client.endpoint;

const clock = { at: Date.parse('2026-01-31T09:30:00.000Z'), now: () => new Date(clock.at) };
const table = openStateTable(variables.STATE_TABLE, clock);
const nothingKept: AnswerCache = { find: async () => undefined, keep: async () => undefined };

/** Amazon as deployed, but with a circuit that closes again while a test can wait. */
const location = () => amazonLocation(openLocation({ callMs: 800, failures: 3, pauseMs: 400 }));
const deps = (cache = nothingKept): PlacesDeps => ({ amazon: location(), builtIn, cache });
const kept = () => deps(keepAnswers(table, clock));

beforeEach(() => {
  outside.faults.clear();
  asked.length = 0;
});

const whitefield = { query: 'Whitefield', maxResults: 5 };
const bengaluru = { latitude: 12.9716, longitude: 77.5946 };
const chennai = { latitude: 13.0827, longitude: 80.2707 };
const bengaluruToChennai = {
  points: [bengaluru, chennai],
  truckMode: true,
  includePolyline: false,
};

describe('Amazon Location', () => {
  test('finds places by their names, in India, with their positions', async () => {
    const found = await searchPlaces(whitefield, deps());
    expect(found[0]).toEqual({
      placeId: 'local.whitefield',
      label: expect.stringContaining('Whitefield'),
      address: expect.stringContaining('Bengaluru'),
      city: 'Bengaluru',
      latitude: 12.9698,
      longitude: 77.75,
    });
    expect(asked).toEqual([
      {
        action: 'geo-places:SearchText',
        resource: 'arn:aws:geo-places:ap-south-1::provider/default',
      },
    ]);
  });

  test('finds no more than was asked for, and prefers what is near', async () => {
    const near = { query: 'airport', biasLat: 13.2, biasLng: 77.7, maxResults: 1 };
    const found = await searchPlaces(near, deps());
    expect(found).toEqual([expect.objectContaining({ city: 'Bengaluru' })]);
  });

  test('is asked about all of India when somebody is abroad', async () => {
    const abroad = { ...whitefield, biasLat: 37.42, biasLng: -122.08 };
    expect(await searchPlaces(abroad, deps())).toEqual(await searchPlaces(whitefield, deps()));
  });

  test('names the address of a position, which is answered as it was asked', async () => {
    const position = { latitude: 12.935212345, longitude: 77.624512345 };
    expect(await findAddress(position, deps())).toEqual({
      ...position,
      address: expect.stringContaining('Koramangala'),
      city: 'Bengaluru',
      state: 'Karnataka',
      country: 'India',
      postalCode: '560034',
    });
  });

  test('knows the way, slower by truck than by car', async () => {
    const byTruck = await findRoute(bengaluruToChennai, deps());
    const byCar = await findRoute({ ...bengaluruToChennai, truckMode: false }, deps());
    expect(byTruck).toEqual({
      distanceKm: 377,
      durationMinutes: expect.any(Number),
      durationFormatted: expect.stringMatching(/^\d+ h( \d+ min)?$/),
      source: 'amazon-location',
      legs: [{ distanceKm: 377, durationMinutes: byTruck.durationMinutes }],
      polyline: [],
    });
    expect(byTruck.durationMinutes).toBeGreaterThan(byCar.durationMinutes);
  });

  test('draws the way where that is asked for, latitude first', async () => {
    const { polyline } = await findRoute({ ...bengaluruToChennai, includePolyline: true }, deps());
    expect(polyline.length).toBeGreaterThan(1);
    expect(polyline[0]).toEqual([bengaluru.latitude, bengaluru.longitude]);
    expect(polyline.at(-1)).toEqual([chennai.latitude, chennai.longitude]);
  });

  test('goes through stops in their order, a leg to each', async () => {
    const points = [bengaluru, chennai, bengaluru];
    const { legs, distanceKm } = await findRoute({ ...bengaluruToChennai, points }, deps());
    expect(legs.map((leg) => leg.distanceKm)).toEqual([377, 377]);
    expect(distanceKm).toBeGreaterThanOrEqual(753);
  });

  test('is not asked how far it is from a point to itself', async () => {
    const points = [bengaluru, bengaluru];
    expect(await findRoute({ ...bengaluruToChennai, points }, deps())).toMatchObject({
      distanceKm: 0,
      durationMinutes: 0,
      durationFormatted: '0 min',
    });
    expect(asked).toEqual([]);
  });
});

describe('when Amazon Location', () => {
  test.each(['fail', 'throttle'] as const)(
    'answers with a %s, the built-in source does',
    async (kind) => {
      outside.faults.set({ kind, service: 'geo-places' });
      outside.faults.set({ kind, service: 'geo-routes' });
      const places = deps();
      expect(await searchPlaces(whitefield, places)).toEqual([
        {
          placeId: 'weelo:karnataka/bengaluru/whitefield',
          label: 'Whitefield, Bengaluru, Karnataka 560066, India',
          address: 'Whitefield, Bengaluru, Karnataka 560066, India',
          city: 'Bengaluru',
          latitude: 12.97,
          longitude: 77.75,
        },
      ]);
      expect(await findAddress({ latitude: 12.9352, longitude: 77.6245 }, places)).toMatchObject({
        address: 'Koramangala, Bengaluru, Karnataka 560034, India',
        postalCode: '560034',
      });
      expect(await findRoute(bengaluruToChennai, places)).toMatchObject({ source: 'estimate' });
      expect(asked.map(({ action }) => action)).toContain('geo-routes:CalculateRoutes');
    },
  );

  test('fails once, it is asked a second time', async () => {
    outside.faults.set({ kind: 'fail', service: 'geo-routes', times: 1 });
    const found = await findRoute(bengaluruToChennai, deps());
    expect(found.source).toBe('amazon-location');
  });

  test('is stuck once, it is asked a second time', async () => {
    outside.faults.set({ kind: 'slow', service: 'geo-routes', ms: 20_000, times: 1 });
    const found = await findRoute(bengaluruToChennai, deps());
    expect(found.source).toBe('amazon-location');
  });

  test('is stuck, no request waits for it much longer than a second', async () => {
    outside.faults.set({ kind: 'slow', service: 'geo-routes', ms: 20_000 });
    const places = { ...deps(), amazon: amazonLocation(openLocation()) };
    const start = performance.now();
    const found = await findRoute(bengaluruToChennai, places);
    expect(found.source).toBe('estimate');
    const took = performance.now() - start;
    expect(took).toBeGreaterThan(1000);
    // It would have been there after 20 s.
    expect(took).toBeLessThan(5000);
  });

  test('cannot be reached, its circuit opens, and it is left in peace until it may be back', async () => {
    outside.faults.set({ kind: 'fail', service: 'geo-routes' });
    const places = deps();
    const source = async () => (await findRoute(bengaluruToChennai, places)).source;
    for (let call = 0; call < 3; call += 1) expect(await source()).toBe('estimate');
    const before = asked.length;
    expect(await source()).toBe('estimate');
    expect(asked).toHaveLength(before);

    // The other service has a circuit of its own.
    expect((await searchPlaces(whitefield, places))[0]?.placeId).toBe('local.whitefield');

    outside.faults.clear();
    expect(await source()).toBe('estimate');
    await vi.waitFor(async () => expect(await source()).toBe('amazon-location'), 10_000);
  });

  test('refuses what it was asked, that opens no circuit', async () => {
    const refusal = { kind: 'fail', status: 400, code: 'ValidationException' } as const;
    outside.faults.set({ ...refusal, service: 'geo-routes' });
    const places = deps();
    for (let call = 0; call < 5; call += 1) await findRoute(bengaluruToChennai, places);
    outside.faults.clear();
    expect((await findRoute(bengaluruToChennai, places)).source).toBe('amazon-location');
  });
});

describe('an answer of Amazon’s', () => {
  test('is kept for a day, for everybody who asks the same', async () => {
    const first = await searchPlaces({ query: 'Peenya  industrial', maxResults: 5 }, kept());
    expect(asked).toHaveLength(1);
    const again = { query: ' PEENYA Industrial', maxResults: 10 };
    expect(await searchPlaces(again, kept())).toEqual(first);
    expect(asked).toHaveLength(1);

    clock.at += 23 * 60 * 60 * 1000;
    await searchPlaces(again, kept());
    expect(asked).toHaveLength(1);
    clock.at += 60 * 60 * 1000;
    await searchPlaces(again, kept());
    expect(asked).toHaveLength(2);
  });

  test('is kept for each operation, with its line or without', async () => {
    const places = kept();
    const ways = [
      bengaluruToChennai,
      { ...bengaluruToChennai, truckMode: false },
      { ...bengaluruToChennai, includePolyline: true },
      { ...bengaluruToChennai, points: [chennai, bengaluru] },
    ];
    const first = await Promise.all(ways.map((way) => findRoute(way, places)));
    expect(asked).toHaveLength(ways.length);
    const second = await Promise.all(ways.map((way) => findRoute(way, places)));
    expect(second).toEqual(first);
    expect(asked).toHaveLength(ways.length);

    const position = { latitude: 12.99, longitude: 77.6 };
    await findAddress(position, places);
    await findAddress({ latitude: 12.990001, longitude: 77.599999 }, places);
    expect(asked).toHaveLength(ways.length + 1);
  });

  test('is kept, one of our own is not', async () => {
    const way = { ...bengaluruToChennai, points: [chennai, { latitude: 13.5, longitude: 79.5 }] };
    outside.faults.set({ kind: 'fail', service: 'geo-routes' });
    expect((await findRoute(way, kept())).source).toBe('estimate');
    outside.faults.clear();
    expect((await findRoute(way, kept())).source).toBe('amazon-location');
  });

  test('that an earlier release kept in another shape is as if it were not there', async () => {
    const position = { latitude: 13.0011, longitude: 77.6 };
    const key = { pk: 'place#reverse#13.0011,77.6', sk: 'answer' };
    const older = '{"address":"MG Road","city":"Pune"}';
    for (const answer of [older, '{"street":"MG Road"}', 'no JSON', 7]) {
      await table.put(key, { answer }, new Date(clock.at + 60_000));
      expect(await findAddress(position, kept())).toMatchObject({ city: 'Bengaluru' });
    }
    expect(asked).toHaveLength(4);
  });

  test('is found without the cache when that is broken', async () => {
    const missing = openStateTable('no-such-table', clock);
    const places = deps(keepAnswers(missing, clock));
    for (let call = 0; call < 5; call += 1) {
      expect((await findRoute(bengaluruToChennai, places)).source).toBe('amazon-location');
    }
  });

  test('is found without the cache when that is stuck', async () => {
    const sockets = new Set<Socket>();
    const mute = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
    onTestFinished(() => {
      vi.unstubAllEnvs();
      for (const socket of sockets) socket.destroy();
      mute.close();
    });
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    // The client reads it with its first call.
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `http://127.0.0.1:${port}`);
    const places = deps(keepAnswers(openStateTable(variables.STATE_TABLE, clock), clock, 100));
    const start = performance.now();
    expect((await findRoute(bengaluruToChennai, places)).source).toBe('amazon-location');
    const took = performance.now() - start;
    expect(sockets.size).toBeGreaterThan(0);
    expect(took).toBeGreaterThan(190);
    expect(took).toBeLessThan(5000);
  });
});

describe('the function', async () => {
  const { publicKeys, sign } = await issuingTokens();
  secrets.set('arn:public-keys', JSON.stringify(publicKeys));
  process.env['PLACES_SOURCE'] = 'amazon-location';
  const { handler } = await import('../../functions/places.ts');
  const api = clientOf(routesOf('places'), into(handler));
  let users = 0;
  const somebody = (claims = {}) => sign({ sub: `user-${(users += 1)}`, ...claims });
  const fromTo = { from: bengaluru, to: chennai };

  test.each(['customer', 'transporter', 'driver'])('answers a %s', async (role) => {
    const token = await somebody({ role });
    const { status, body } = await api.searchPlaces({ token, body: { query: 'Koramangala' } });
    expect(status).toBe(200);
    expect(body?.[0]).toMatchObject({ city: 'Bengaluru', latitude: 12.9352, longitude: 77.6245 });
  });

  test('answers nobody who is not signed in', async () => {
    const position = { latitude: 12.9, longitude: 77.6 };
    for (const told of [
      await api.searchPlaces({ body: { query: 'Koramangala' } }),
      await api.findAddress({ body: position }),
      await api.findRoute({ body: fromTo }),
      await api.findRouteWithStops({ body: { points: [position, position] } }),
    ]) {
      expect(told.error).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    }
    expect(asked).toEqual([]);
  });

  test('takes a position in each of the ways that clients write it', async () => {
    const token = await somebody();
    const [lat, lng] = [bengaluru.latitude, bengaluru.longitude];
    const ways = [bengaluru, { lat, lng }, { coordinates: bengaluru }];
    for (const from of ways) {
      const { body } = await api.findRoute({ token, body: { from, to: chennai } });
      expect(body).toMatchObject({ distanceKm: 377, source: 'amazon-location' });
      expect(body).toHaveProperty('polyline', []);
      expect(body).not.toHaveProperty('legs');
    }
    const points = [...ways, { ...chennai, label: 'Chennai' }];
    const { body } = await api.findRouteWithStops({ token, body: { points } });
    expect(body?.legs.map(({ distanceKm }) => distanceKm)).toEqual([0, 0, 377]);
  });

  test.each([
    [{ query: 'a' }, 'query'],
    [{ query: ' a ' }, 'query'],
    [{ query: 'x'.repeat(121) }, 'query'],
    [{}, 'query'],
    [{ query: 7 }, 'query'],
    [{ query: 'Pune', maxResults: 11 }, 'maxResults'],
    [{ query: 'Pune', maxResults: 0 }, 'maxResults'],
    [{ query: 'Pune', maxResults: 2.5 }, 'maxResults'],
    [{ query: 'Pune', biasLat: 91, biasLng: 77 }, 'biasLat'],
    [{ query: 'Pune', biasLat: 18.5 }, 'biasLng'],
    [{ query: 'Pune', biasLng: 73.8 }, 'biasLat'],
  ])('refuses to search for %j, because of %s', async (body, path) => {
    const { error } = await api.searchPlaces({ token: await somebody(), body: body as never });
    expect(error).toMatchObject({ status: 400, code: 'VALIDATION_ERROR', details: [{ path }] });
  });

  test.each([
    [{ from: bengaluru }, ['to']],
    [{ from: bengaluru, to: {} }, ['to.latitude', 'to.longitude']],
    [{ from: bengaluru, to: { latitude: 13 } }, ['to.longitude']],
    [{ from: bengaluru, to: 'Chennai' }, ['to']],
    [{ from: { latitude: '12.9', longitude: 77 }, to: chennai }, ['from.latitude']],
    [
      { from: { latitude: 51.5, longitude: -0.1 }, to: chennai },
      ['from.latitude', 'from.longitude'],
    ],
    [{ from: bengaluru, to: chennai, truckMode: 'yes' }, ['truckMode']],
  ])('refuses the way %j, because of %j', async (body, paths) => {
    const { error } = await api.findRoute({ token: await somebody(), body: body as never });
    expect(error).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    expect(error?.details?.map(({ path }) => path)).toEqual(paths);
  });

  test('refuses too few points, too many, and one that is abroad', async () => {
    const token = await somebody();
    const london = { latitude: 51.5, longitude: 72 };
    const cases = [
      [[bengaluru], 'points'],
      [Array.from({ length: 11 }, () => bengaluru), 'points'],
      [[bengaluru, london], 'points.1.latitude'],
    ] as const;
    for (const [points, path] of cases) {
      const { error } = await api.findRouteWithStops({ token, body: { points: [...points] } });
      expect(error).toMatchObject({ status: 400, details: [{ path }] });
    }
    const { error } = await api.findAddress({ token, body: { ...bengaluru, latitude: 99 } });
    expect(error).toMatchObject({ status: 400, details: [{ path: 'latitude' }] });
  });

  test('takes any script and any character in a query', async () => {
    const token = await somebody();
    for (const query of ['मुंबई', 'ಬೆಂಗಳೂರು', '🚚🚚', '%%__', '"; --', '..\\..', 'ﬁne']) {
      expect((await api.searchPlaces({ token, body: { query } })).status).toBe(200);
    }
  });

  test('lets one user ask 60 times a minute, and tells how it stands', async () => {
    const token = await somebody();
    const call = () => api.findRoute({ token, body: fromTo });
    await startOfMinute();
    expect((await call()).headers).toMatchObject({
      'ratelimit-limit': '60',
      'ratelimit-remaining': '59',
    });
    await Promise.all(Array.from({ length: 59 }, call));
    const { error, headers } = await call();
    expect(error).toMatchObject({ status: 429, code: 'RATE_LIMIT_EXCEEDED' });
    expect(error?.retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(headers).toMatchObject({ 'ratelimit-remaining': '0' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect((await api.findRoute({ token: await somebody(), body: fromTo })).status).toBe(200);
  });

  test('answers with an estimate when Amazon cannot', async () => {
    outside.faults.set({ kind: 'fail', service: 'geo-routes' });
    const token = await somebody();
    const points = [bengaluru, chennai, { latitude: 9.9252, longitude: 78.1198 }];
    const how = { truckMode: true, includePolyline: true };
    const { body } = await api.findRouteWithStops({ token, body: { points, ...how } });
    expect(body).toEqual({
      distanceKm: 926,
      durationMinutes: 1389,
      durationFormatted: '23 h 9 min',
      source: 'estimate',
      legs: [
        { distanceKm: 377, durationMinutes: 566 },
        { distanceKm: 549, durationMinutes: 823 },
      ],
      polyline: points.map(({ latitude, longitude }) => [latitude, longitude]),
    });
  });
});

/** A window of the clock that does not end while a test counts in it. */
async function startOfMinute(): Promise<void> {
  const left = 60_000 - (Date.now() % 60_000);
  if (left < 8000) await new Promise((resolve) => setTimeout(resolve, left));
}
