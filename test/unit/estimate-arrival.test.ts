import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateRoute } from '../../src/places/estimate-route.ts';
import type { Position } from '../../src/places/position.ts';
import { estimateArrival } from '../../src/trips/eta/estimate-arrival.ts';
import { openLearnedPace } from '../../src/trips/eta/learned-pace.ts';
import { speedsNeeded } from '../../src/trips/eta/speeds-needed.ts';
import { cellAt, neighbourTowards, type StretchSpeed } from '../../src/trips/eta/stretches.ts';
import { piecesOf, wayAhead, type Way } from '../../src/trips/eta/way-ahead.ts';
import { cityDrives } from '../support/city-drives/city-drives.ts';
import {
  askAlong,
  bestConstantSpeed,
  learnFrom,
  legToDrop,
  legToPickup,
  meanError,
} from '../support/city-drives/evaluate-arrivals.ts';

/** 09:10 in India. */
const nowMs = Date.parse('2026-01-31T03:40:00.000Z');
const noida = { latitude: 28.5355, longitude: 77.391 };
const delhi = { latitude: 28.6139, longitude: 77.209 };
const minute = 60_000;

const degrees = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const nearDelhi = fc.record({ latitude: degrees(28, 29), longitude: degrees(76.8, 77.8) });
const inIndia = fc.record({ latitude: degrees(8, 35), longitude: degrees(69, 97) });
const nothingKnown = openLearnedPace([]);

const journey = (way: Way, soFar: readonly StretchSpeed[] = []) => ({
  way,
  fixAtMs: nowMs,
  soFar,
});
const minutesFrom = (way: Way, speeds: readonly StretchSpeed[] = []) =>
  estimateArrival(journey(way), nowMs, openLearnedPace(speeds)).minutes;

/** Everything along a way was driven at this speed, often, in its direction and at this hour. */
const drivenAt = (kmh: number, way: Way, hour = 9): readonly StretchSpeed[] =>
  piecesOf(way).map(({ cell, eighth, metres }) => ({
    fromCell: cell,
    toCell: neighbourTowards(cell, eighth),
    hour,
    seconds: (metres / kmh) * 3.6 * 20,
    metres: metres * 20,
    samples: 20,
  }));

describe('an ETA without anything learned', () => {
  test('is the estimate of the route', () => {
    fc.assert(
      fc.property(inIndia, inIndia, (from, to) => {
        const { durationMinutes, distanceKm } = estimateRoute(from, to);
        expect(estimateArrival(journey([from, to]), nowMs, nothingKnown)).toMatchObject({
          minutes: Math.max(1, durationMinutes),
          distanceKm,
        });
      }),
    );
  });

  test('is longer by way of a stop', () => {
    const stop = { latitude: 28.7, longitude: 77.4 };
    expect(minutesFrom([noida, stop, delhi])).toBeGreaterThan(minutesFrom([noida, delhi]));
  });
});

describe('an ETA', () => {
  const speed = fc
    .record({
      at: nearDelhi,
      eighth: fc.integer({ min: 0, max: 7 }),
      hour: fc.integer({ min: 0, max: 23 }),
      kmh: degrees(0.5, 120),
      metres: degrees(50, 200_000),
    })
    .map(({ at, eighth, hour, kmh, metres }) => ({
      fromCell: cellAt(at),
      toCell: neighbourTowards(cellAt(at), eighth),
      hour,
      seconds: (metres / kmh) * 3.6,
      metres,
      samples: 1,
    }));
  const speeds = fc.array(speed, { maxLength: 60 });

  test('is whole minutes, at least one, within its range, whatever was learned and however old the fix is', () => {
    fc.assert(
      fc.property(
        fc.array(nearDelhi, { minLength: 2, maxLength: 5 }),
        speeds,
        speeds,
        fc.integer({ min: -minute, max: 24 * 60 * minute }),
        (way, others, own, ageMs) => {
          const paceOf = openLearnedPace(others);
          const arrival = estimateArrival(journey(way, own), nowMs + ageMs, paceOf);
          for (const figure of Object.values(arrival)) {
            expect(Number.isInteger(figure)).toBe(true);
            expect(figure).toBeGreaterThanOrEqual(0);
          }
          expect(arrival.lowMinutes).toBeGreaterThanOrEqual(1);
          expect(arrival.minutes).toBeGreaterThanOrEqual(arrival.lowMinutes);
          expect(arrival.highMinutes).toBeGreaterThanOrEqual(arrival.minutes);
        },
      ),
    );
  });

  test('goes down minute by minute while nothing is heard of the truck, to one and no further', () => {
    const at = (age: number) =>
      estimateArrival(journey([noida, delhi]), nowMs + age * minute, nothingKnown);
    const first = at(0);
    for (let age = 1; age < 3 * first.minutes; age += 1) {
      expect(at(age).minutes).toBe(Math.max(1, first.minutes - age));
      expect(at(age).lowMinutes).toBe(Math.max(1, first.lowMinutes - age));
      // It may as well stand where it was.
      expect(at(age).highMinutes).toBe(first.highMinutes);
    }
    expect(at(-1)).toEqual(first);
  });

  test('grows with the distance', () => {
    const towards = (share: number): Position => ({
      latitude: delhi.latitude + (noida.latitude - delhi.latitude) * share,
      longitude: delhi.longitude + (noida.longitude - delhi.longitude) * share,
    });
    for (const learned of [[], drivenAt(15, [noida, delhi]), drivenAt(60, [noida, delhi])]) {
      const minutes = Array.from({ length: 11 }, (_, i) =>
        minutesFrom([towards(i / 10), delhi], learned),
      );
      expect(minutes).toEqual(minutes.toSorted((a, b) => a - b));
      expect(minutes.at(-1)).toBeGreaterThan(minutes[5] ?? 0);
    }
  });

  test('follows how fast others were there, at this hour, in this direction', () => {
    const way = [noida, delhi];
    const usual = minutesFrom(way);
    const slow = minutesFrom(way, drivenAt(20, way));
    expect(slow).toBeGreaterThan(usual * 1.4);
    expect(minutesFrom(way, drivenAt(55, way))).toBeLessThan(usual * 0.85);
    // The other way round, and two hours later, the same says less; in the evening it says nothing.
    const back = minutesFrom(way, drivenAt(20, way.toReversed()));
    const later = minutesFrom(way, drivenAt(20, way, 11));
    for (const less of [back, later]) {
      expect(less).toBeGreaterThan(usual);
      expect(less).toBeLessThan(slow);
    }
    expect(minutesFrom(way, drivenAt(20, way, 19))).toBe(usual);
  });

  test('takes the next cells for one that nobody has driven', () => {
    const way = [noida, { latitude: noida.latitude + 0.03, longitude: noida.longitude }];
    const beside = way.map((at) => ({ ...at, longitude: at.longitude + 0.044 }));
    expect(minutesFrom(way, drivenAt(10, beside))).toBeGreaterThan(minutesFrom(way));
  });

  test('swings out to a road that is quicker', () => {
    const palwal = { latitude: 28.144, longitude: 77.326 };
    const [way, bypass] = [[delhi, palwal], { latitude: 28.37, longitude: 77.36 }];
    const jam = drivenAt(12, way);
    const both = minutesFrom(way, [...jam, ...drivenAt(60, [delhi, bypass, palwal])]);
    expect(both).toBeLessThan(minutesFrom(way, jam) * 0.7);
  });

  test('is longer for a truck that was slower than others so far, within reason', () => {
    const way = [noida, delhi];
    const learned = drivenAt(30, way);
    const paceOf = openLearnedPace(learned);
    const after = (kmh: number, km: number) =>
      estimateArrival(
        journey(
          way,
          learned.slice(0, 1).map((each) => ({
            ...each,
            metres: km * 1000,
            seconds: (km / kmh) * 3600,
          })),
        ),
        nowMs,
        paceOf,
      ).minutes;
    const usual = estimateArrival(journey(way), nowMs, paceOf).minutes;
    expect(after(30, 30)).toBeGreaterThanOrEqual(usual - 2);
    expect(after(30, 30)).toBeLessThanOrEqual(usual + 2);
    expect(after(20, 60)).toBeGreaterThan(usual * 1.2);
    expect(after(45, 60)).toBeLessThan(usual * 0.9);
    // A kilometre says little, and nobody is ten times as slow all the way.
    expect(after(15, 1)).toBeLessThan(usual * 1.15);
    expect(after(1, 60)).toBeLessThanOrEqual(usual * 2 + 1);
  });

  test('does not believe that a truck flies', () => {
    const way = [noida, delhi];
    const { distanceKm, minutes } = estimateArrival(
      journey(way),
      nowMs,
      openLearnedPace(drivenAt(400, way)),
    );
    expect(minutes).toBeGreaterThanOrEqual(Math.floor((distanceKm / 1.3 / 80) * 60));
  });
});

describe('the way ahead', () => {
  const at = (longitude: number) => ({ latitude: 28.5, longitude });
  const route = [at(77), at(77.1), at(77.2), at(77.3)];

  test('leaves out the stops that lie behind the truck', () => {
    expect(wayAhead(route, at(77.02))).toEqual([at(77.02), at(77.1), at(77.2), at(77.3)]);
    expect(wayAhead(route, at(77.15))).toEqual([at(77.15), at(77.2), at(77.3)]);
    const beside = { latitude: 28.51, longitude: 77.25 };
    expect(wayAhead(route, beside)).toEqual([beside, at(77.3)]);
  });

  test('ends at the drop, also for a truck that has driven past it', () => {
    expect(wayAhead(route, at(77.4))).toEqual([at(77.4), at(77.3)]);
    expect(wayAhead([at(77), at(77.3)], at(76.9))).toEqual([at(76.9), at(77.3)]);
  });

  test('needs the speeds of its cells and of those around, at the hours in which it is driven', () => {
    const { cells, hours } = speedsNeeded([journey([noida, delhi])]);
    for (const { cell } of piecesOf([noida, delhi])) expect(cells).toContain(cell);
    expect(cells.length).toBeLessThan(80);
    // From 09:10 to 10:50 at the latest, and two hours on either side.
    expect(hours).toEqual([7, 8, 9, 10, 11, 12, 13]);
  });

  test('needs no more for a drive through the whole country than can be read at once', () => {
    const mumbai = { latitude: 19.076, longitude: 72.8777 };
    const { cells, hours } = speedsNeeded([journey([delhi, mumbai])]);
    expect(cells.length).toBeLessThan(1000);
    expect(hours).toHaveLength(24);
  });
});

describe('on drives that were held back', () => {
  /** Several cities: in one of them chance weighs too much. */
  const cities = [14, 32, 36].map((seed) => {
    const drives = cityDrives(1800, seed);
    const training = drives.slice(0, 1500);
    return { training, heldBack: drives.slice(1500), speeds: learnFrom(training) };
  });

  test.each([
    ['pickup', legToPickup],
    ['drop', legToDrop],
  ])('the error to the %s is at least a quarter below distance over a constant speed', (...of) => {
    const [to, legOf] = of;
    const results = cities.map(({ training, heldBack, speeds }) => {
      const constant = bestConstantSpeed(training.map(legOf));
      const asked = askAlong(heldBack.map(legOf), speeds);
      expect(asked.length).toBeGreaterThan(1000);
      return {
        constant: meanError(asked, constant.minutesOf),
        learned: meanError(asked, ({ arrival }) => arrival.minutes),
        inRange: asked.filter(isInRange).length / asked.length,
      };
    });
    const meanOf = (figure: keyof (typeof results)[number]) =>
      results.reduce((sum, each) => sum + each[figure], 0) / results.length;
    const [learned, constant, inRange] = [meanOf('learned'), meanOf('constant'), meanOf('inRange')];
    const better = 100 * (1 - learned / constant);
    process.stdout.write(
      `ETA to the ${to}: mean error ${learned.toFixed(2)} min, at the best constant speed ${constant.toFixed(2)} min: ` +
        `${better.toFixed(1)} % less. ${(100 * inRange).toFixed(0)} % arrive within the range.\n`,
    );
    expect(better).toBeGreaterThanOrEqual(25);
    expect(inRange).toBeGreaterThan(2 / 3);
  });

  test('what is remembered is no more than the cells and hours that were driven', () => {
    for (const { speeds } of cities) {
      const placesAndHours = new Set(speeds.map(({ fromCell, hour }) => `${fromCell} ${hour}`));
      expect(speeds.length).toBeLessThanOrEqual(placesAndHours.size * 8);
      expect(speeds.every(({ samples }) => samples <= 40)).toBe(true);
    }
  });
});

const isInRange = ({ arrival, actualMinutes }: ReturnType<typeof askAlong>[number]) =>
  arrival.lowMinutes <= actualMinutes && actualMinutes <= arrival.highMinutes;
