import { describe, expect, test } from 'vitest';
import { findByPosition, findByText } from '../support/location/find-places.ts';
import { flexiblePolyline } from '../support/location/flexible-polyline.ts';
import { greatCircle, type Position } from '../support/location/great-circle.ts';

const bengaluru: Position = [77.5946, 12.9716];
const mumbai: Position = [72.8777, 19.076];

describe('the great circle', () => {
  test('is known between cities and at the ends of the world', () => {
    expect(greatCircle(bengaluru, mumbai) / 1000).toBeCloseTo(845, 0);
    expect(greatCircle([0, 0], [180, 0]) / 1000).toBeCloseTo(20_015, 0);
  });

  test.each<[Position, Position]>([
    [bengaluru, mumbai],
    [
      [179.9, 0],
      [-179.9, 0],
    ],
    [
      [0, 90],
      [123, 90],
    ],
    [
      [45, -30],
      [-135, 30],
    ],
  ])('from %j to %j is the same both ways, and at most half around', (from, to) => {
    const there = greatCircle(from, to);
    expect(there).toBeCloseTo(greatCircle(to, from), 3);
    expect(there).toBeLessThanOrEqual(20_015_116);
  });

  test('is short over the date line, and nothing between names of the pole', () => {
    expect(greatCircle([179.9, 0], [-179.9, 0]) / 1000).toBeCloseTo(22.2, 1);
    expect(greatCircle([0, 90], [123, 90])).toBeCloseTo(0, 3);
  });
});

test("a flexible polyline is what HERE's own example says", () => {
  const line: readonly Position[] = [
    [8.6982122, 50.1022829],
    [8.6956695, 50.1020076],
    [8.691496, 50.1006313],
    [8.6875156, 50.09878],
  ];
  expect(flexiblePolyline(line)).toBe('BFoz5xJ67i1B1B7PzIhaxL7Y');
});

describe('the gazetteer', () => {
  const titles = (query: string, near?: Position) =>
    findByText(query, {}, near).map(({ place }) => place.title);

  test('finds by the beginnings of words, in any order and case', () => {
    expect(titles('koram')).toEqual(['Koramangala']);
    expect(titles('BENGALURU peenya')[0]).toBe('Peenya Industrial Area');
    expect(titles('zzz')).toEqual([]);
    expect(titles('  ')).toEqual([]);
  });

  test('puts the nearer of two equal matches first', () => {
    expect(titles('industrial area', [77.27, 28.53])[0]).toBe('Okhla Industrial Area');
    expect(titles('industrial area', bengaluru)[0]).toBe('Peenya Industrial Area');
  });

  test('finds an address that has a house number it knows nothing of', () => {
    expect(titles('12 MG Road, Bengaluru 560001')[0]).toBe('MG Road');
  });

  test('looks inside the area alone', () => {
    const near = (radius: number) =>
      findByText('koramangala', { circle: { center: bengaluru, radius } });
    expect(near(10_000)).toHaveLength(1);
    expect(near(1_000)).toHaveLength(0);
    expect(findByText('koramangala', { box: [77, 12, 78, 13] })).toHaveLength(1);
    expect(findByText('koramangala', { box: [72, 18, 74, 20] })).toHaveLength(0);
    expect(findByText('koramangala', { countries: ['NPL'] })).toHaveLength(0);
    expect(findByText('koramangala', { countries: ['IND'] })).toHaveLength(1);
  });

  test('knows what is nearest, and says nothing about the sea', () => {
    const [first, second] = findByPosition([77.62, 12.94], 150_000);
    expect(first?.place.title).toBe('Koramangala');
    expect(first?.distance).toBeLessThan(second?.distance ?? 0);
    expect(findByPosition([60, 0], 150_000)).toEqual([]);
  });
});
