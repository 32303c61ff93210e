import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distanceSlabs, quote } from '../../src/catalogue/price.ts';
import { surgeAt } from '../../src/catalogue/surge.ts';
import { kindOf, vehicleKinds, type VehicleKind } from '../../src/catalogue/vehicle-kind.ts';

/** A Wednesday noon in India, when nothing is dearer. */
const noon = new Date('2026-01-28T06:30:00.000Z');

const kinds = fc.constantFrom(...vehicleKinds);
const instants = fc.date({
  min: new Date('2026-01-01'),
  max: new Date('2027-12-31'),
  noInvalidDate: true,
});
const cargo = fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined });
const distances = fc.double({ min: 0.1, max: 5000, noNaN: true });
const hauls = fc.record({
  kind: kinds,
  distanceKm: distances,
  trucks: fc.integer({ min: 1, max: 50 }),
  cargoKg: cargo,
  at: instants,
});

function named(type: string, subtype: string): VehicleKind {
  const kind = kindOf(type, subtype);
  if (!kind) throw new Error(`There is no ${type} ${subtype}`);
  return kind;
}

describe('the price of a haul', () => {
  // Each worked out by hand from the price list.
  test.each([
    // (500 + 12·20 + 8·1.5·20) · 1.3
    ['mini', 'Pickup Truck - Dost', 20, undefined, 1274],
    // (1500 + 25·400 + 4·15·400) · 1.35 · 0.95
    ['open', '24 Feet', 400, undefined, 45_529],
    // (2000 + 30·1200 + 4.5·10·1200) · 1.5 · 0.9
    ['container', '32 Feet Single Axle', 1200, 10_000, 124_200],
    // (4500 + 55·300 + 4.5·40·300) · 1.6
    ['bulker', '32+ Ton', 300, undefined, 120_000],
    // (500 + 12·5 + 8·1·5) · 0.9 · 1.3 = 702: under the minimum
    ['mini', 'Mini Truck - Tata Ace', 1, undefined, 800],
    // (3000 + 40·5 + 3.5·0.1·5) · 1.3 = 4162: over the minimum of 4000, under the floor
    ['trailer', '8-11 Ton', 5, 100, 5000],
  ])('%s %s over %i km with %s kg is right', (type, subtype, distanceKm, cargoKg, price) => {
    const kind = named(type, subtype);
    expect(quote({ kind, distanceKm, trucks: 3, cargoKg, at: noon })).toMatchObject({
      pricePerTruck: price,
      totalAmount: price * 3,
    });
  });

  test('is whole rupees, and the total is the price times the trucks', () => {
    fc.assert(
      fc.property(hauls, (haul) => {
        const { slab: _, surge, validUntil, ...amounts } = quote(haul);
        for (const amount of Object.values(amounts)) expect(amount).toSatisfy(Number.isSafeInteger);
        expect(amounts.totalAmount).toBe(amounts.pricePerTruck * haul.trucks);
        expect(surge.multiplier).toBeGreaterThanOrEqual(1);
        expect(validUntil.getTime() - haul.at.getTime()).toBe(300_000);
      }),
    );
  });

  test("is never under the type's minimum, nor under its floor", () => {
    fc.assert(
      fc.property(hauls, (haul) => {
        const { minimum, floor } = haul.kind.type;
        const { pricePerTruck } = quote(haul);
        expect(pricePerTruck).toBeGreaterThanOrEqual(minimum);
        expect(pricePerTruck).toBeGreaterThanOrEqual(floor);
      }),
    );
  });

  test('does not fall with the distance, within a slab', () => {
    fc.assert(
      fc.property(hauls, distances, (haul, distanceKm) => {
        const [near, far] = [haul, { ...haul, distanceKm }].toSorted(
          (a, b) => a.distanceKm - b.distanceKm,
        );
        fc.pre(near !== undefined && far !== undefined);
        fc.pre(quote(near).slab === quote(far).slab);
        expect(quote(far).pricePerTruck).toBeGreaterThanOrEqual(quote(near).pricePerTruck);
      }),
    );
  });

  test('does not fall with the cargo', () => {
    const weights = fc.tuple(fc.nat(100_000), fc.nat(100_000));
    fc.assert(
      fc.property(hauls, weights, (haul, [less, more]) => {
        const light = quote({ ...haul, cargoKg: Math.min(less, more) });
        const heavy = quote({ ...haul, cargoKg: Math.max(less, more) });
        expect(heavy.pricePerTruck).toBeGreaterThanOrEqual(light.pricePerTruck);
      }),
    );
  });

  test('falls at the end of every slab, for every kind (ADR 12)', () => {
    for (const kind of vehicleKinds) {
      const over = (distanceKm: number) => quote({ kind, distanceKm, trucks: 1, at: noon });
      for (const { upToKm, label } of distanceSlabs) {
        expect(over(upToKm).slab.label).toBe(label);
        expect(over(upToKm + 1).pricePerTruck).toBeLessThan(over(upToKm).pricePerTruck);
      }
    }
  });
});

describe('surge, by the clock in India', () => {
  test.each([
    ['Wednesday 07:59', '2026-01-28T02:29:59.999Z', 1, 'Normal'],
    ['Wednesday 08:00', '2026-01-28T02:30:00.000Z', 1.2, 'Peak Hours'],
    ['Wednesday 10:59', '2026-01-28T05:29:59.999Z', 1.2, 'Peak Hours'],
    ['Wednesday 11:00', '2026-01-28T05:30:00.000Z', 1, 'Normal'],
    ['Wednesday 17:00', '2026-01-28T11:30:00.000Z', 1.2, 'Peak Hours'],
    ['Wednesday 20:00', '2026-01-28T14:30:00.000Z', 1, 'Normal'],
    ['Wednesday 22:00', '2026-01-28T16:30:00.000Z', 1.1, 'Moderate Demand'],
    ['Thursday 04:59', '2026-01-28T23:29:59.999Z', 1.1, 'Moderate Demand'],
    ['Thursday 05:00', '2026-01-28T23:30:00.000Z', 1, 'Normal'],
    ['Friday 21:59', '2026-01-30T16:29:59.999Z', 1, 'Normal'],
    ['Saturday 12:00', '2026-01-31T06:30:00.000Z', 1.05, 'Normal'],
    ['Saturday 18:00', '2026-01-31T12:30:00.000Z', 1.2, 'Peak Hours'],
    ['Sunday 02:00', '2026-01-31T20:30:00.000Z', 1.1, 'Moderate Demand'],
    ['Sunday 21:59', '2026-02-01T16:29:59.999Z', 1.05, 'Normal'],
    ['Monday 07:00', '2026-02-02T01:30:00.000Z', 1, 'Normal'],
  ])('%s', (_, at, multiplier, label) => {
    expect(surgeAt(new Date(at))).toEqual({ multiplier, label });
  });

  test('raises the price by itself', () => {
    const haul = { kind: named('open', '17 Feet'), distanceKm: 120, trucks: 1 };
    expect(quote({ ...haul, at: noon }).pricePerTruck).toBe(7860);
    expect(quote({ ...haul, at: new Date('2026-01-28T02:30:00Z') }).pricePerTruck).toBe(9432);
  });

  test('is one and the same throughout a bucket of five minutes', () => {
    const bucketMs = 300_000;
    fc.assert(
      fc.property(instants, fc.nat(bucketMs - 1), (at, later) => {
        const bucket = Math.floor(at.getTime() / bucketMs) * bucketMs;
        expect(surgeAt(new Date(bucket + later))).toEqual(surgeAt(new Date(bucket)));
      }),
    );
  });
});
