import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Position } from '../../src/places/position.ts';
import {
  fold,
  learnSpeeds,
  mostSamples,
  samplesOf,
  stretchKey,
  type TrackPoint,
} from '../../src/trips/eta/learn-speeds.ts';
import {
  cellAt,
  eighthOf,
  eighthOfStretch,
  hourInIndia,
  neighbourTowards,
  type StretchSpeed,
} from '../../src/trips/eta/stretches.ts';

/** 09:10 in India, in the middle of a cell. */
const startMs = Date.parse('2026-01-31T03:40:00.000Z');
const start = { latitude: 28.5864, longitude: 77.3218 };
const east = (metres: number, from: Position = start) => ({
  latitude: from.latitude,
  longitude: from.longitude + metres / 97_650,
});

/** A point every ten seconds, as far east as `metresAt` says. */
const track = (seconds: number, metresAt: (second: number) => number, fromMs = startMs) =>
  Array.from({ length: seconds / 10 + 1 }, (_, i): TrackPoint => ({
    atMs: fromMs + i * 10_000,
    ...east(metresAt(i * 10)),
  }));

const totals = (points: readonly TrackPoint[]) => {
  const seen = learnSpeeds(points);
  return {
    seconds: seen.reduce((sum, { seconds }) => sum + seconds, 0),
    metres: seen.reduce((sum, { metres }) => sum + metres, 0),
  };
};

describe('what a track says about its stretches', () => {
  test('is how long its metres took, in a cell, in a direction, at an hour in India', () => {
    const cell = cellAt(start);
    expect(learnSpeeds(track(150, (second) => second * 10))).toEqual([
      {
        fromCell: cell,
        toCell: neighbourTowards(cell, 0),
        hour: 9,
        seconds: 150,
        metres: expect.closeTo(1500, -1),
        samples: 1,
      },
    ]);
  });

  test('is told for each cell and each hour by itself', () => {
    const across = learnSpeeds(track(600, (second) => second * 12));
    const cells = across.map(({ fromCell }) => fromCell);
    expect(cells).toEqual([...new Set([cellAt(start), cellAt(east(3600)), cellAt(east(7100))])]);
    expect(cells.length).toBeGreaterThan(1);
    expect(across.slice(0, -1).map(({ toCell }) => toCell)).toEqual(cells.slice(1));

    const overTheHour = track(300, (second) => second * 5, startMs + 48 * 60_000);
    expect(learnSpeeds(overTheHour).map(({ hour, seconds }) => [hour, seconds])).toEqual([
      [9, 120],
      [10, 180],
    ]);
  });

  test('has red lights in it, but neither loading nor a meal', () => {
    const standing = (forSeconds: number) =>
      track(300 + forSeconds, (second) =>
        second <= 150 ? second * 10 : 1500 + Math.max(0, second - 150 - forSeconds) * 10,
      );
    expect(totals(standing(0)).seconds).toBe(300);
    expect(totals(standing(60)).seconds).toBe(360);
    expect(totals(standing(180)).seconds).toBe(480);
    expect(totals(standing(3600)).seconds).toBe(480);
    expect(totals(standing(3600)).metres).toBeCloseTo(totals(standing(0)).metres, 0);
  });

  test('is nothing for a truck that stands, however its positions wander', () => {
    const wandering = track(3600, (second) => 20 * Math.sin(second));
    expect(learnSpeeds(wandering)).toEqual([]);
    expect(learnSpeeds(wandering.slice(0, 1))).toEqual([]);
    expect(learnSpeeds([])).toEqual([]);
  });

  test('is nothing for the time in which the phone was silent', () => {
    const drive = track(1200, (second) => second * 3);
    const silent = drive.filter(
      ({ atMs }) => atMs <= startMs + 300_000 || atMs > startMs + 900_000,
    );
    const { seconds, metres } = totals(silent);
    expect(seconds).toBeGreaterThan(550);
    expect(seconds).toBeLessThanOrEqual(600);
    expect(metres / seconds).toBeCloseTo(3, 0);
  });

  test('is the same pace however the track is cut into segments', () => {
    const drive = track(1800, (second) => second * 8);
    const cut = Array.from({ length: 6 }, (_, i) => drive.slice(i * 30, i * 30 + 31)).map(totals);
    const seconds = cut.reduce((sum, each) => sum + each.seconds, 0);
    const metres = cut.reduce((sum, each) => sum + each.metres, 0);
    expect({ seconds, metres }).toEqual({
      seconds: expect.closeTo(totals(drive).seconds, 0),
      metres: expect.closeTo(totals(drive).metres, 0),
    });
  });
});

describe('what a segment adds to what is known', () => {
  test('is one sample for each stretch, however often the truck went to and fro on it', () => {
    const times = 30;
    const toAndFro = track(times * 200, (second) => Math.abs((second % 200) - 100) * 10);
    const runs = learnSpeeds(toAndFro);
    const samples = samplesOf(toAndFro);
    expect(new Set(samples.map(stretchKey)).size).toBe(samples.length);
    expect(samples.length).toBeLessThan(5);
    expect(samples.every((each) => each.samples === 1)).toBe(true);
    const [sample] = samples;
    const all = runs.filter((run) => sample && stretchKey(run) === stretchKey(sample));
    const pace = (of: readonly StretchSpeed[]) =>
      of.reduce((sum, { seconds }) => sum + seconds, 0) /
      of.reduce((sum, { metres }) => sum + metres, 0);
    expect(pace(sample ? [sample] : [])).toBeCloseTo(pace(all), 9);
    // No way through a cell is longer.
    for (const { metres } of samples) expect(metres).toBeLessThanOrEqual(10_000.001);
    expect(runs.reduce((sum, { metres }) => sum + metres, 0)).toBeGreaterThan(50_000);
  });

  test('is nothing of where Weelo does not drive', () => {
    const drive = track(150, (second) => second * 10);
    expect(samplesOf(drive)).toHaveLength(1);
    for (const change of [{ latitude: 6.4 }, { latitude: 37.1 }, { latitude: -89.99 }]) {
      expect(samplesOf(drive.map((each) => ({ ...each, ...change })))).toEqual([]);
    }
    for (const degrees of [-10, 21, 102]) {
      const moved = drive.map((each) => ({ ...each, longitude: each.longitude + degrees }));
      expect(samplesOf(moved)).toEqual([]);
    }
  });
});

const degrees = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const somewhere = fc.record({ latitude: degrees(6.5, 37), longitude: degrees(68, 97.5) });

describe('a stretch', () => {
  test('keeps its direction', () => {
    fc.assert(
      fc.property(somewhere, fc.integer({ min: 0, max: 7 }), (at, eighth) => {
        const fromCell = cellAt(at);
        const toCell = neighbourTowards(fromCell, eighth);
        expect(toCell).not.toBe(fromCell);
        expect(eighthOfStretch({ fromCell, toCell, hour: 0 })).toBe(eighth);
      }),
    );
  });

  test.each([
    [0, 1, 0],
    [1, 1, 1],
    [1, 0, 2],
    [1, -1, 3],
    [0, -1, 4],
    [-1, -1, 5],
    [-1, 0, 6],
    [-1, 1, 7],
  ])('%d north and %d east is the eighth %d', (north, eastwards, eighth) => {
    const to = {
      latitude: start.latitude + north * 0.009,
      longitude: start.longitude + eastwards * 0.01025,
    };
    expect(eighthOf(start, to)).toBe(eighth);
  });

  test('has the hour of India', () => {
    expect(hourInIndia(Date.parse('2026-01-31T18:29:59.999Z'))).toBe(23);
    expect(hourInIndia(Date.parse('2026-01-31T18:30:00.000Z'))).toBe(0);
  });
});

describe('what is known', () => {
  const stretch = { fromCell: 'ttnfv', toCell: 'ttnfy', hour: 9 };
  const seen = (secondsOfKm: number) => ({
    ...stretch,
    seconds: secondsOfKm,
    metres: 1000,
    samples: 1,
  });
  const paceAfter = (paces: readonly number[]) => {
    const known = paces.reduce(
      (sum, pace) => fold(sum, seen(pace)),
      fold(undefined, seen(paces[0] ?? 0)),
    );
    expect(known.samples).toBeLessThanOrEqual(mostSamples);
    return known.seconds / (known.metres / 1000);
  };
  const times = (count: number, pace: number) => Array.from({ length: count }, () => pace);

  test('begins with what was seen first', () => {
    expect(fold(undefined, seen(90))).toEqual(seen(90));
  });

  test('is forgotten when the road changes: new samples weigh more than old ones', () => {
    expect(paceAfter([...times(30, 100), ...times(30, 300)])).toBeGreaterThan(200);
    expect(paceAfter([...times(500, 100), ...times(40, 300)])).toBeGreaterThan(220);
    expect(paceAfter([...times(500, 100), ...times(200, 300)])).toBeGreaterThan(297);
  });

  test('is not overthrown by one strange drive', () => {
    expect(paceAfter([...times(500, 100), 1000])).toBeLessThan(125);
  });

  test('stays between the slowest and the fastest that was seen', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 30, max: 900 }), { minLength: 1 }), (paces) => {
        const pace = paceAfter(paces);
        expect(pace).toBeGreaterThanOrEqual(Math.min(...paces) - 1e-6);
        expect(pace).toBeLessThanOrEqual(Math.max(...paces) + 1e-6);
      }),
    );
  });
});
