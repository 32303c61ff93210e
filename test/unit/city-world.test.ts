import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kindByKey } from '../../src/catalogue/vehicle-kind.ts';
import { greatCircleKm } from '../../src/places/position.ts';
import {
  atBest,
  chanceOf,
  chanceOfGivingUp,
  farthestKm,
  farthestWithoutGivingUp,
  reasonOf,
  temperOf,
} from '../../city/world/captain.ts';
import { Draws } from '../../city/world/draws.ts';
import { backOnlineAt, isFound } from '../../city/world/fleets.ts';
import { cities, parameters } from '../../city/world/parameters.ts';
import { placesOf } from '../../city/world/places.ts';
import { driveSeconds } from '../../city/world/roads.ts';
import { makeWorld, type Setting } from '../../city/world/world.ts';

const places = await placesOf('bengaluru');
const setting: Setting = { city: 'bengaluru', seed: 1, supply: 1, willingness: 0, answers: 0 };
const world = makeWorld(setting, places);
const there = <T>(each: T | undefined): T => {
  if (each === undefined) throw new Error('It is not there');
  return each;
};

describe('chance', () => {
  test('gives the same number for the same name, whatever was asked before', () => {
    const [one, other] = [new Draws(7), new Draws(7)];
    one.share(1, 2);
    expect(one.share(3, 4)).toBe(other.share(3, 4));
    expect(new Draws(8).share(3, 4)).not.toBe(other.share(3, 4));
    expect(other.branch(1).share(3, 4)).not.toBe(other.share(3, 4));
    expect(other.share(4, 3)).not.toBe(other.share(3, 4));
  });

  test('is spread evenly, and around its median', () => {
    const draws = new Draws(3);
    const many = Array.from({ length: 20_000 }, (_, index) => index);
    const below = (most: number) =>
      many.filter((index) => draws.share(index, 5) < most).length / many.length;
    for (const share of [0.1, 0.5, 0.9]) expect(below(share)).toBeCloseTo(share, 1);
    const short = many.filter((index) => draws.around({ median: 6, spread: 0.5 }, index) < 6);
    expect(short.length / many.length).toBeCloseTo(0.5, 1);
  });
});

describe('a world', () => {
  test('is the same from the same seed, and another from another', () => {
    expect(JSON.stringify(makeWorld(setting, places))).toBe(JSON.stringify(world));
    expect(makeWorld({ ...setting, seed: 2 }, places).orders).not.toEqual(world.orders);
  });

  test('has its orders whatever the supply, and its people whatever their answers', () => {
    const half = makeWorld({ ...setting, supply: 0.5 }, places);
    expect(half.orders).toEqual(world.orders);
    expect(half.captains).toEqual(world.captains.slice(0, world.captains.length / 2));
    const anew = makeWorld({ ...setting, answers: 1 }, places);
    expect(anew.captains).toEqual(world.captains);
    expect(anew.behaviour.share(1)).not.toBe(world.behaviour.share(1));
  });

  test.each(Object.keys(cities))('has a place in %s', async (name) => {
    const city = there(Object.entries(cities).find(([key]) => key === name))[0] as Setting['city'];
    const localities = await placesOf(city);
    expect(localities.length).toBeGreaterThan(20);
    const { orders, vehicles } = makeWorld({ ...setting, city }, localities);
    for (const { pickup, drop } of orders) expect(greatCircleKm(pickup, drop)).toBeLessThan(60);
    for (const { kind } of vehicles) expect(kindByKey(kind)).toBeDefined();
  });

  test('is slower in the evening than at night', () => {
    expect(driveSeconds('bengaluru', 10, 18.5 * 3600)).toBeGreaterThan(
      2 * driveSeconds('bengaluru', 10, 2 * 3600),
    );
  });

  test('says of every parameter where it comes from', async () => {
    const text = await readFile('city/world/parameters.ts', 'utf8');
    const lines = text.split('\n');
    const sectionsEnd = lines.findIndex((line) => line.startsWith('} as const'));
    const unsourced = lines.slice(0, sectionsEnd).flatMap((line, index) => {
      if (!/^ {4}\w+:/.test(line)) return [];
      let first = index;
      while (!/^\s*\/\*\*/.test(lines[first] ?? '/**')) first -= 1;
      const comment = lines.slice(first, index).join(' ');
      return /published|assumed|docs\/|calibrated|careless/i.test(comment) ? [] : [line.trim()];
    });
    expect(unsourced).toEqual([]);
  });
});

describe('a captain', () => {
  const captain = there(world.captains[0]);
  const order = there(world.orders[0]);
  const situation = { captain, order, willingness: 0 };
  const seen = fc.record({
    km: fc.double({ min: 0, max: 60, noNaN: true }),
    kmHomeward: fc.double({ min: -30, max: 30, noNaN: true }),
    idleHours: fc.double({ min: 0, max: 9, noNaN: true }),
    offersInHand: fc.nat(9),
  });

  test('wants less what is farther away, and never more than at its best', () => {
    fc.assert(
      fc.property(seen, fc.double({ min: 0, max: 20, noNaN: true }), (one, more) => {
        const chance = chanceOf(situation, one);
        expect(chanceOf(situation, { ...one, km: one.km + more })).toBeLessThanOrEqual(chance);
        expect(
          chanceOf(situation, { ...one, offersInHand: one.offersInHand + 1 }),
        ).toBeLessThanOrEqual(chance);
        expect(chanceOf(situation, { ...atBest, km: one.km })).toBeGreaterThanOrEqual(chance);
      }),
    );
  });

  test('wants an order just as far as is said', () => {
    const reluctances = fc.double({ min: 0.02, max: 0.94, noNaN: true });
    fc.assert(
      fc.property(seen, reluctances, (one, reluctance) => {
        const farthest = farthestKm(situation, one, reluctance);
        const wants = (km: number) => chanceOf(situation, { ...one, km }) > reluctance;
        if (farthest < 0) expect(wants(0)).toBe(false);
        else {
          expect(wants(Math.max(0, farthest - 1e-6))).toBe(true);
          expect(wants(farthest + 1e-6)).toBe(false);
        }
      }),
    );
  });

  test('answers an order alike, whoever asks', () => {
    expect(temperOf(captain, order, world.behaviour)).toEqual(
      temperOf(captain, order, world.behaviour),
    );
  });

  test('says what counts most against an order', () => {
    const far = { ...atBest, km: 20 };
    expect(reasonOf(situation, far)).toBe('too_far');
    expect(reasonOf(situation, { ...atBest, km: 1, offersInHand: 4 })).toBe('busy');
    expect(reasonOf({ order: { ...order, price: 0.8 } }, { ...atBest, km: 1 })).toBe(
      'price_too_low',
    );
    expect(reasonOf({ order: { ...order, price: 1 } }, { ...atBest, km: 1 })).toBe('other');
  });

  test('is found for a while when its phone is silent, and not afterwards', () => {
    const outage = { from: 40_000, until: 41_000 };
    const lost = { ...captain, online: { from: 30_000, until: 60_000 }, outages: [outage] };
    const { foundWhenSilent } = parameters.captains;
    expect([39_999, 40_000 + foundWhenSilent - 1].map((at) => isFound(lost, at))).toEqual([
      true,
      true,
    ]);
    expect([40_000 + foundWhenSilent, 60_000, 29_999].map((at) => isFound(lost, at))).toEqual([
      false,
      false,
      false,
    ]);
    expect(isFound(lost, 41_000)).toBe(true);
    expect([backOnlineAt(lost, 40_500), backOnlineAt(lost, 41_500)]).toEqual([41_000, 41_500]);
  });

  test('has drivers who give up more often, the farther they have to drive', () => {
    expect(chanceOfGivingUp(20)).toBeGreaterThan(chanceOfGivingUp(5));
    const farthest = farthestWithoutGivingUp(0.05);
    expect(chanceOfGivingUp(farthest)).toBeCloseTo(0.05, 9);
    expect(farthestWithoutGivingUp(0)).toBeLessThan(0);
  });
});
