import { describe, expect, test } from 'vitest';
import { haul, orderAtSea } from '../../src/canary/order-at-sea.ts';
import { india } from '../../src/contract/positions.ts';
import { isInTestSea, testSea } from '../../src/contract/test-numbers.ts';
import { waves } from '../../src/orders/placing/search-waves.ts';
import { openGazetteer } from '../../src/places/gazetteer/gazetteer.ts';
import { greatCircleKm, type Position } from '../../src/places/position.ts';
import outlines from '../../src/trips/sharing/page/browser/outlines.json' with { type: 'json' };
import { readLine } from '../../src/trips/sharing/page/browser/read-line.ts';

const widestKm = Math.max(...waves.map(({ radiusKm }) => radiusKm));
const { south, north, west, east } = testSea;

/** How far it is to the nearest place at which an order of a test number may lie. */
function kmToTestSea(place: Position): number {
  const latitude = Math.min(Math.max(place.latitude, south), north);
  const longitude = Math.min(Math.max(place.longitude, west), east);
  return greatCircleKm(place, { latitude, longitude });
}

const nearest = (places: readonly Position[]) => Math.min(...places.map(kmToTestSea));

describe('the sea of the test numbers', () => {
  test('lies where orders may', () => {
    expect(south).toBeGreaterThanOrEqual(india.south);
    expect(north).toBeLessThanOrEqual(india.north);
    expect(west).toBeGreaterThanOrEqual(india.west);
    expect(east).toBeLessThanOrEqual(india.east);
  });

  test('is out of reach of every wave, from every town and part of a city', async () => {
    const places = await openGazetteer();
    // Those on the coast next to it are among them.
    const names = new Set(places.map(({ name }) => name));
    for (const town of ['Mumbai', 'Ratnagiri', 'Panjim', 'Veraval', 'Kavaratti', 'Mangaluru']) {
      expect(names).toContain(town);
    }
    expect(nearest(places)).toBeGreaterThan(2 * widestKm);
  });

  test('is out of reach of every wave, from every coast', () => {
    const coasts = outlines.land.flatMap((line) =>
      readLine(line).map(([latitude, longitude]) => ({ latitude, longitude })),
    );
    expect(coasts.length).toBeGreaterThan(1000);
    // Mumbai's is among them, in the same sequence of coordinates.
    const mumbai = { latitude: 18.95, longitude: 72.8 };
    expect(Math.min(...coasts.map((each) => greatCircleKm(each, mumbai)))).toBeLessThan(30);
    expect(nearest(coasts)).toBeGreaterThan(2 * widestKm);
  });

  test('is where a walk places its order, as far as the order says', () => {
    const { pickup, drop, distanceKm } = orderAtSea(900);
    const [from, to] = [pickup, drop].map(({ latitude = 0, longitude = 0 }) => ({
      latitude,
      longitude,
    }));
    if (!from || !to) throw new Error('No places');
    expect([from, to].map(isInTestSea)).toEqual([true, true]);
    expect(Math.round(greatCircleKm(from, to))).toBe(distanceKm);
    expect(haul.distanceKm).toBe(distanceKm);
  });
});
