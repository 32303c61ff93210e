import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtIn } from '../../src/places/gazetteer/built-in.ts';
import { estimateRoute } from '../../src/places/estimate-route.ts';
import { formatDuration } from '../../src/places/format-duration.ts';
import { labelOf, openGazetteer } from '../../src/places/gazetteer/gazetteer.ts';
import { greatCircleKm, type Position } from '../../src/places/position.ts';
import { nearestPlace, searchGazetteer } from '../../src/places/gazetteer/search-gazetteer.ts';
import { simplifyLine } from '../../src/places/simplify-line.ts';
import { routeOf } from '../../src/platform/aws/location-answers.ts';

const degrees = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const somewhere = fc.record({ latitude: degrees(6.5, 37), longitude: degrees(68, 97.5) });

const delhi = { latitude: 28.6139, longitude: 77.209 };
const mumbai = { latitude: 19.076, longitude: 72.8777 };
const bengaluru = { latitude: 12.9716, longitude: 77.5946 };
const chennai = { latitude: 13.0827, longitude: 80.2707 };

describe('an estimated route', () => {
  test('is 1.3 times as long as the great circle, at 40 km/h', () => {
    // Great circles: 1,148 and 290 km. By road it is about 1,420 and 350.
    expect(estimateRoute(delhi, mumbai)).toEqual({ distanceKm: 1493, durationMinutes: 2239 });
    expect(estimateRoute(bengaluru, chennai)).toEqual({ distanceKm: 377, durationMinutes: 566 });
  });

  test('is whole, is as long there as back, and nothing from a place to itself', () => {
    fc.assert(
      fc.property(somewhere, somewhere, (from, to) => {
        const there = estimateRoute(from, to);
        expect(there).toEqual(estimateRoute(to, from));
        for (const figure of Object.values(there)) {
          expect(Number.isInteger(figure)).toBe(true);
          expect(figure).toBeGreaterThanOrEqual(0);
        }
        expect(estimateRoute(from, from)).toEqual({ distanceKm: 0, durationMinutes: 0 });
      }),
    );
  });

  test('is no shorter straight than by way of another place', () => {
    fc.assert(
      fc.property(somewhere, somewhere, somewhere, (from, over, to) => {
        const around = greatCircleKm(from, over) + greatCircleKm(over, to);
        expect(greatCircleKm(from, to)).toBeLessThanOrEqual(around + 1e-6);
      }),
    );
  });

  test('stays a number at opposite ends of the earth', () => {
    const pole = { latitude: 90, longitude: 0 };
    expect(greatCircleKm(pole, { latitude: -90, longitude: 180 })).toBeCloseTo(20_015, 0);
  });
});

test.each([
  [0, '0 min'],
  [59, '59 min'],
  [60, '1 h'],
  [135, '2 h 15 min'],
  [2239, '37 h 19 min'],
])('%i minutes are written %s', (minutes, text) => expect(formatDuration(minutes)).toBe(text));

describe('a line that is simplified', () => {
  const lines = fc.array(somewhere, { minLength: 2, maxLength: 300 });

  test('has at most so many points, all of them its own, in their order, with both ends', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 2, max: 50 }), (line, most) => {
        const simple = simplifyLine(line, most);
        const written = line.map(({ latitude, longitude }) =>
          [latitude, longitude].map((each) => Number(each.toFixed(5))).join(),
        );
        expect(simple.length).toBeLessThanOrEqual(most);
        let from = 0;
        for (const point of simple) {
          from = written.indexOf(point.join(), from) + 1;
          expect(from).toBeGreaterThan(0);
        }
        expect(simple[0]?.join()).toBe(written[0]);
        expect(simple.at(-1)?.join()).toBe(written.at(-1));
      }),
    );
  });

  test('keeps its corners and loses what lies between them', () => {
    const corners = [
      { latitude: 10, longitude: 70 },
      { latitude: 10, longitude: 80 },
      { latitude: 20, longitude: 80 },
    ];
    const between = (from: Position, to: Position) =>
      Array.from({ length: 400 }, (_, step) => ({
        latitude: from.latitude + ((to.latitude - from.latitude) * step) / 400,
        longitude: from.longitude + ((to.longitude - from.longitude) * step) / 400,
      }));
    const [a, b, c] = corners as [Position, Position, Position];
    expect(simplifyLine([...between(a, b), ...between(b, c), c], 500)).toEqual([
      [10, 70],
      [10, 80],
      [20, 80],
    ]);
  });

  test('is left as it is when it is short, but for points that are doubled', () => {
    const line = [bengaluru, bengaluru, chennai, { latitude: 13.5, longitude: 79 }];
    expect(simplifyLine(line, 500)).toHaveLength(3);
    expect(simplifyLine([], 500)).toEqual([]);
  });
});

describe('the gazetteer', () => {
  const first = async (query: string, near?: Position) => {
    const [place] = await searchGazetteer(query, near, 5);
    return place && labelOf(place);
  };

  test('has places of India alone, each with a name, and no two with one id', async () => {
    const places = await openGazetteer();
    expect(places.length).toBeGreaterThan(9000);
    for (const { name, state, latitude, longitude, population, postalCode } of places) {
      expect(name).toMatch(/^[\p{L}\p{N}]/u);
      expect(state).not.toBe('');
      expect(latitude > 6.5 && latitude < 37 && longitude > 68 && longitude < 97.5).toBe(true);
      expect(population >= 0).toBe(true);
      expect(postalCode ?? '100000').toMatch(/^\d{6}$/);
    }
  });

  test.each([
    ['mum', 'Mumbai, Maharashtra, India'],
    ['Bengaluru', 'Bengaluru, Bangalore Urban, Karnataka, India'],
    ['bangalore', 'Bengaluru, Bangalore Urban, Karnataka, India'],
    ['Bombay', 'Mumbai, Maharashtra, India'],
    ['Calcutta', 'Kolkata, West Bengal, India'],
    ['madras', 'Chennai, Tamil Nadu, India'],
    ['gurgaon', 'Gurugram, Haryana, India'],
    ['noida', 'Noida, Gautam Buddha Nagar, Uttar Pradesh, India'],
    ['delhi', 'Delhi, India'],
    ['मुंबई', 'Mumbai, Maharashtra, India'],
    ['Thāne', 'Thane, Maharashtra, India'],
    ['Koramangala', 'Koramangala, Bengaluru, Karnataka 560034, India'],
    ['560034', 'Koramangala, Bengaluru, Karnataka 560034, India'],
    ['ANDHERI east', 'Andheri East, Mumbai, Maharashtra 400069, India'],
    ['whitefield, bengaluru', 'Whitefield, Bengaluru, Karnataka 560066, India'],
    ['connaught', 'Connaught Place, New Delhi, Delhi 110001, India'],
    ['12, 80 Feet Road, Koramangala', 'Koramangala, Bengaluru, Karnataka 560034, India'],
    ['nhava', 'Nhava Sheva, Navi Mumbai, Maharashtra 400707, India'],
  ])('finds %s', async (query, label) => expect(await first(query)).toBe(label));

  test.each(['', '  ', '!?', 'zzzzqq', '12 34'])('finds nothing for %j', async (query) =>
    expect(await searchGazetteer(query, undefined, 5)).toEqual([]),
  );

  test('of places with one name prefers the larger, unless another is near', async () => {
    expect(await first('aurangabad')).toBe('Aurangabad, Maharashtra, India');
    const bihar = { latitude: 24.8, longitude: 84.4 };
    expect(await first('aurangabad', bihar)).toBe('Aurangabad, Bihar, India');
  });

  test('finds for any query as many as wanted at most, and answers soon', async () => {
    await searchGazetteer('warm', undefined, 1);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 120 }), async (query) => {
        const start = performance.now();
        const found = await searchGazetteer(query, bengaluru, 10);
        expect(performance.now() - start).toBeLessThan(5000);
        expect(found.length).toBeLessThanOrEqual(10);
      }),
    );
  });

  test('knows what is nearest: no other place is nearer', async () => {
    const places = await openGazetteer();
    await fc.assert(
      fc.asyncProperty(somewhere, async (position) => {
        const nearest = await nearestPlace(position);
        const least = places.reduce(
          (km, place) => Math.min(km, greatCircleKm(position, place)),
          Infinity,
        );
        expect(nearest?.km).toBeCloseTo(least, 6);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the built-in source', () => {
  test('says near what a position is', async () => {
    expect(await builtIn.findAddress({ latitude: 27.2, longitude: 70.95 })).toMatchObject({
      address: expect.stringMatching(/^Near .+, Rajasthan, India$/),
      state: 'Rajasthan',
      country: 'India',
      postalCode: null,
    });
  });

  test('names no Indian place for one at sea or across a border, but always has an address', async () => {
    const nowhere = { city: null, state: null, country: null, postalCode: null };
    const kathmandu = { latitude: 27.7172, longitude: 85.324 };
    expect(await builtIn.findAddress(kathmandu)).toEqual({
      address: '27.71720, 85.32400',
      ...nowhere,
    });
    const arabianSea = { latitude: 15, longitude: 70 };
    expect(await builtIn.findAddress(arabianSea)).toEqual({
      address: '15.00000, 70.00000',
      ...nowhere,
    });
  });

  test('adds up the legs', async () => {
    const asked = { points: [bengaluru, chennai, delhi], truckMode: true, withLine: false };
    const { legs, distanceKm, durationMinutes, line } = await builtIn.findWay(asked);
    expect(legs).toEqual([estimateRoute(bengaluru, chennai), estimateRoute(chennai, delhi)]);
    expect(distanceKm).toBe(legs.reduce((sum, leg) => sum + leg.distanceKm, 0));
    expect(durationMinutes).toBe(legs.reduce((sum, leg) => sum + leg.durationMinutes, 0));
    expect(line).toEqual([]);
  });
});

describe('a route as Amazon answers it', () => {
  const leg = (Distance: number, Duration: number) =>
    ({ VehicleLegDetails: { Summary: { Overview: { Distance, Duration } } } }) as never;
  const ferry = { FerryLegDetails: {} } as never;

  test('is summed up by its legs where it has no summary', () => {
    const Legs = [leg(1000, 60), leg(2000, 120)];
    expect(routeOf({ Legs, MajorRoadLabels: [] }, 2, false)).toMatchObject({
      metres: 3000,
      seconds: 180,
      legs: [{ metres: 1000 }, { metres: 2000 }],
    });
  });

  test('has no legs where it is split otherwise than by the stops', () => {
    const Legs = [leg(1000, 60), ferry, leg(2000, 120)];
    const Summary = { Distance: 9000, Duration: 900 };
    expect(routeOf({ Legs, Summary, MajorRoadLabels: [] }, 2, false)).toMatchObject({
      metres: 9000,
      legs: undefined,
    });
  });

  test('is none where nothing says how long it is', () => {
    expect(routeOf({ Legs: [leg(1, 1), ferry], MajorRoadLabels: [] }, 1, false)).toBeUndefined();
    expect(routeOf({ Legs: [], MajorRoadLabels: [] }, 1, false)).toBeUndefined();
  });
});
