import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TrackPoint } from '../../src/trips/tracking/track/plausible-track.ts';
import {
  decodeTrack,
  encodeTrack,
  roundedDegrees,
} from '../../src/trips/tracking/track/segments.ts';
import { randomFrom } from '../support/city-drives/random.ts';
import { roadDrive } from '../support/drives/road-drive.ts';

const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true });
const points = fc.array(
  fc.record({
    atMs: fc.integer({ min: 0, max: 4e12 }),
    latitude: degrees(90),
    longitude: degrees(180),
    accuracy: fc.option(fc.double({ min: 0, max: 100_000, noNaN: true })),
  }),
  { maxLength: 80 },
);

const rounded = (track: readonly TrackPoint[]) =>
  track.map(({ atMs, latitude, longitude, accuracy }) => ({
    atMs,
    latitude: roundedDegrees(latitude),
    longitude: roundedDegrees(longitude),
    accuracy: accuracy === null ? null : Math.max(1, Math.ceil(accuracy)),
  }));

describe('a track as a text', () => {
  test('is read as it was written: to 1e-5 degrees, to the millisecond, in any order', () => {
    fc.assert(
      fc.property(points, (track) => {
        expect(decodeTrack(encodeTrack(track))).toEqual(rounded(track));
      }),
    );
  });

  test('is off by no more than half a metre, and marks the same points as inaccurate', () => {
    fc.assert(
      fc.property(points, (track) => {
        for (const [i, read] of decodeTrack(encodeTrack(track)).entries()) {
          const { latitude, longitude, accuracy } = track[i] ?? read;
          expect(Math.abs(read.latitude - latitude)).toBeLessThanOrEqual(0.500001e-5);
          expect(Math.abs(read.longitude - longitude)).toBeLessThanOrEqual(0.500001e-5);
          expect((read.accuracy ?? 0) > 50).toBe((accuracy ?? 0) > 50);
        }
      }),
    );
  });

  test('does not change when it is written again', () => {
    fc.assert(
      fc.property(points, (track) => {
        const text = encodeTrack(track);
        expect(encodeTrack(decodeTrack(text))).toBe(text);
      }),
    );
  });

  test('takes about ten characters for each point of a drive, and none that must be escaped', () => {
    const drive = roadDrive(randomFrom(1), { through: 'city', km: 10, startsAtMs: 1e12 });
    const text = encodeTrack(drive.fixes);
    expect(text.length / drive.fixes.length).toBeLessThan(12);
    expect(text).toMatch(/^[\w-]+$/);
  });

  test('has no number that is not exact: to write it is refused, and so is to read it', () => {
    const here = { atMs: 0, latitude: 28, longitude: 77, accuracy: 5 };
    for (const wrong of [NaN, Infinity, -Infinity, 1e308, 2 ** 53]) {
      expect(() => encodeTrack([{ ...here, atMs: wrong }])).toThrow(RangeError);
      expect(() => encodeTrack([{ ...here, latitude: wrong }])).toThrow(RangeError);
      expect(() => encodeTrack([{ ...here, longitude: wrong }])).toThrow(RangeError);
      if (wrong > 0) expect(() => encodeTrack([{ ...here, accuracy: wrong }])).toThrow(RangeError);
    }
    expect(() => decodeTrack(`${'_'.repeat(300)}A`)).toThrow(RangeError);
  });

  test('is written and read, or refused, whatever the numbers are', () => {
    const anyNumber = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.integer());
    const any = fc.record({
      atMs: anyNumber,
      latitude: anyNumber,
      longitude: anyNumber,
      accuracy: fc.option(anyNumber),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 5 }), (track) => {
        let text: string;
        try {
          text = encodeTrack(track);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        expect(encodeTrack(decodeTrack(text))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});
