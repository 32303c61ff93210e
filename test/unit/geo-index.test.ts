import * as fc from 'fast-check';
import ngeohash from 'ngeohash';
import { describe, expect, test } from 'vitest';
import { vehicleKinds } from '../../src/catalogue/vehicle-kind.ts';
import {
  cellAt,
  cellsOutwards,
  squareOf,
  squaresWithin,
} from '../../src/fleet/presence/index/geo-cells.ts';
import {
  asKept,
  codeOf,
  codesOf,
  entriesIn,
  entryOf,
  kindsOf,
  offsetInCell,
} from '../../src/fleet/presence/index/geo-entry.ts';
import { leastKm, rectangleAround } from '../../src/fleet/presence/index/geo-rectangle.ts';
import { greatCircleKm } from '../../src/places/position.ts';
import { besideLine, inIndia } from '../support/positions-in-india.ts';

const within = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true });

describe('the least way to a rectangle', () => {
  const rectangle = fc
    .record({ south: within(6, 36), west: within(68, 96), high: within(0, 2), wide: within(0, 2) })
    .map(({ south, west, high, wide }) => ({
      south,
      west,
      north: south + high,
      east: west + wide,
    }));

  test('is no longer than the way to any of its points, and as long as that to one of them', () => {
    fc.assert(
      fc.property(inIndia, rectangle, within(0, 1), within(0, 1), (from, area, up, right) => {
        const { south, west, north, east } = area;
        const at = (a: number, b: number) =>
          greatCircleKm(from, {
            latitude: south + (north - south) * a,
            longitude: west + (east - west) * b,
          });
        const least = leastKm(from, area);
        expect(least).toBeLessThanOrEqual(at(up, right) + 1e-6);
        // The samples lie up to 280 m apart, so one is put beside the point itself.
        const beside = (from.latitude - south) / (north - south || 1);
        const steps = Array.from({ length: 401 }, (_, step) => step / 400);
        const edge = [...steps, Math.min(1, Math.max(0, beside))];
        const inside = west <= from.longitude && from.longitude <= east;
        const across = inside ? (from.longitude - west) / (east - west || 1) : undefined;
        const columns = across === undefined ? [0, 1] : [across];
        const sampled = Math.min(...columns.flatMap((b) => edge.map((a) => at(a, b))));
        if (least > 0) expect(least).toBeGreaterThan(sampled - 0.01);
        else expect(inside && south <= from.latitude && from.latitude <= north).toBe(true);
      }),
    );
  });

  test('to what lies beyond the antimeridian is short', () => {
    const east = { south: 10, north: 11, west: -180, east: -179 };
    expect(leastKm({ latitude: 10.5, longitude: 179.9 }, east)).toBeCloseTo(10.9, 0);
  });

  test('the rectangle around a circle holds the circle and touches it', () => {
    fc.assert(
      fc.property(inIndia, within(0.1, 100), (from, radiusKm) => {
        const { south, west, north, east } = rectangleAround(from, radiusKm);
        const outside = { south: -90, north: 90, west: east, east: east + 1 };
        expect(leastKm(from, outside)).toBeCloseTo(radiusKm, 6);
        expect(leastKm(from, { ...outside, west: west - 1, east: west })).toBeCloseTo(radiusKm, 6);
        const { longitude } = from;
        expect(greatCircleKm(from, { latitude: north, longitude })).toBeCloseTo(radiusKm, 6);
        expect(greatCircleKm(from, { latitude: south, longitude })).toBeCloseTo(radiusKm, 6);
      }),
    );
  });
});

describe('cells', () => {
  test('outwards: every cell within the radius once, nearest first', () => {
    fc.assert(
      fc.property(fc.oneof(inIndia, besideLine), within(0.2, 12), (from, radiusKm) => {
        const cells = [...cellsOutwards(from, radiusKm, squaresWithin(from, radiusKm))];
        const names = cells.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        const ways = cells.map((cell) => cell.leastKm);
        expect(ways).toEqual(ways.toSorted((a, b) => a - b));

        const { south, west, north, east } = rectangleAround(from, radiusKm);
        const all = ngeohash.bboxes(south, west, north, east, 6).filter((name) => {
          const [low, left, high, right] = ngeohash.decode_bbox(name);
          const km = leastKm(from, { south: low, west: left, north: high, east: right });
          return km <= radiusKm;
        });
        expect(new Set(names)).toEqual(new Set([...names, ...all]));
        expect(names.length - all.length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 30 },
    );
  });

  test('of empty squares are left out', () => {
    const from = { latitude: 19.07, longitude: 72.88 };
    const here = squareOf(cellAt(from));
    expect([...cellsOutwards(from, 100, [here])]).toHaveLength(32);
  });

  test('a position lies in its own cell, and the cell in its square', () => {
    fc.assert(
      fc.property(fc.oneof(inIndia, besideLine), (position) => {
        const name = cellAt(position);
        const [cell] = cellsOutwards(position, 1e-9, squaresWithin(position, 1e-9));
        const [south, west, north, east] = ngeohash.decode_bbox(name);
        expect(leastKm(position, { south, west, north, east })).toBe(0);
        expect(cell?.leastKm).toBe(0);
      }),
    );
  });
});

describe('entries', () => {
  const keys = vehicleKinds.map(({ key }) => key);

  test('are read as they were written, to seven digits', () => {
    fc.assert(
      fc.property(
        fc.oneof(inIndia, besideLine),
        fc.uuid(),
        fc.uniqueArray(fc.constantFrom(...keys)),
        (exact, id, kinds) => {
          const position = asKept(exact);
          const cell = cellAt(position);
          const codes = codesOf(kinds).join('');
          const entry = entryOf(offsetInCell(position, cell), codes, id);
          expect(entriesIn(cell)(entry)).toEqual({ id, position, codes });
          expect(kindsOf(codes).toSorted()).toEqual(kinds.toSorted());
          expect(greatCircleKm(exact, position)).toBeLessThan(0.00001);
          if (kinds.length <= 9) expect(entry.length).toBeLessThanOrEqual(64);
        },
      ),
    );
  });

  test('no two kinds share a code', () => {
    expect(new Set(keys.map(codeOf)).size).toBe(keys.length);
  });
});
