import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listVehicleTypes } from '../../src/catalogue/list-vehicle-types.ts';
import { priceVehicle } from '../../src/catalogue/price-vehicle.ts';
import { vehicleKey } from '../../src/catalogue/vehicle-key.ts';
import {
  kindByKey,
  kindOf,
  typeNamed,
  vehicleKinds,
  type VehicleKind,
} from '../../src/catalogue/vehicle-kind.ts';
import { vehicleTypes } from '../../src/catalogue/vehicle-types.ts';
import * as contract from '../../src/contract/http/catalogue/routes.ts';
import { searchTrucks as searchRoute } from '../../src/contract/http/search/routes.ts';
import { searchTrucks } from '../../src/orders/search-trucks.ts';

/** A Wednesday noon in India, when nothing is dearer. */
const noon = new Date('2026-01-28T06:30:00.000Z');

/** The six that both apps offer and the price list leaves out. */
const unlisted = /^LCV .* (20|22|24) Feet$/;

describe('the catalogue', () => {
  /** Subtypes, then the sums of what they carry and of their multipliers, as the list adds up. */
  test.each([
    ['mini', 2, 2500, 1.9],
    ['lcv', 7, 39_000, 8.7],
    ['open', 10, 204_000, 15.85],
    ['container', 7, 119_000, 9.7],
    ['trailer', 10, 277_000, 16.7],
    ['tipper', 8, 183_000, 12.25],
    ['tanker', 8, 202_000, 13.3],
    ['dumper', 8, 190_000, 12.9],
    ['bulker', 5, 146_000, 6.5],
  ])('has %s, with all %i subtypes of the price list', (id, count, carried, multipliers) => {
    const listed = vehicleKinds.filter(({ type, name }) => type.id === id && !unlisted.test(name));
    const sum = (of: (kind: VehicleKind) => number) =>
      listed.reduce((so, each) => so + of(each), 0);
    expect(listed).toHaveLength(count);
    expect(sum(({ capacityKg }) => capacityKg)).toBe(carried);
    expect(sum(({ multiplier }) => multiplier)).toBeCloseTo(multipliers);
  });

  test('has one reference subtype per type, and no load over what the truck carries', () => {
    for (const { subtypes } of vehicleTypes) {
      expect(subtypes.filter(({ multiplier }) => multiplier === 1)).toHaveLength(1);
      for (const { tonnes, capacityKg } of subtypes) {
        expect(tonnes[0]).toBeLessThanOrEqual(tonnes[1]);
        expect(tonnes[1] * 1000).toBe(capacityKg);
      }
    }
  });

  test('has the unlisted lengths between their neighbours, and containers above open ones', () => {
    const sizes = ['19 Feet', '20 Feet', '22 Feet', '24 Feet', '32 Feet SXL'];
    const containers = sizes.map((size) => kindOf('lcv', `${size} Container`)?.multiplier ?? 0);
    expect(containers).toEqual(containers.toSorted((a, b) => a - b));
    expect(new Set(containers).size).toBe(sizes.length);
    for (const feet of [14, 17, 19, 20, 22, 24]) {
      const [open, container] = [
        kindOf('lcv', `${feet} Feet Open`),
        kindOf('lcv', `${feet} Feet Container`),
      ];
      expect(container?.multiplier).toBeCloseTo((open?.multiplier ?? 0) + 0.1);
      expect(container?.capacityKg).toBe(open?.capacityKg);
    }
  });

  test('is answered as its contract says, each key once', () => {
    const listed = contract.listVehicleTypes.responses[200].schema.parse(listVehicleTypes());
    expect(listed.types).toHaveLength(9);
    const ids = listed.types.flatMap(({ subtypes }) => subtypes.map(({ id }) => id));
    expect(new Set(ids).size).toBe(71);
    expect(listed.types[4]).toMatchObject({ type: 'trailer', minimumPrice: 5000 });
  });
});

describe('the key of a kind', () => {
  test.each([
    ['open', '17 Feet', '17 Feet', '17ft Open', 'open_17_ft'],
    ['lcv', 'LCV Open - 14 Feet', '14 Feet Open', '14ft Open', 'lcv_open_14_ft'],
    ['lcv', 'LCV Container - 22 Feet', '22 Feet Container', '22ft Cont', 'lcv_cont_22_ft'],
    [
      'lcv',
      'LCV Container - 32 Feet SXL',
      '32 Feet SXL Container',
      '32ft SXL Container',
      'lcv_cont_32_ft_s_ax',
    ],
    [
      'container',
      '32 Feet Multi Axle',
      '32 Feet Multi Axle',
      '32ft MXL Container',
      'container_32_ft_m_ax',
    ],
    ['trailer', '8-11 Ton', '8-11 Ton Trailer', '8 - 11 tonnes', 'trailer_8_11_t'],
    ['trailer', '42+ Ton', '42+ Ton Trailer', '42 MT', 'trailer_42_t'],
    ['tipper', '29 Ton', '29 Ton Tipper', '29T', 'tipper_29_t'],
    ['mini', 'Pickup Truck - Dost', 'Pickup Truck - Dost', 'DOST', 'mini_dost'],
    ['mini', 'Mini Truck - Tata Ace', 'Mini Truck - Tata Ace', 'TATA_ACE', 'mini_tata_ace'],
  ])('%s: %s, %s and %s are %s', (type, customers, captains, theirs, key) => {
    expect(kindOf(type, customers)).toMatchObject({ key, name: customers, captainName: captains });
    expect(kindOf(type, captains)?.key).toBe(key);
    expect(kindOf(type, theirs)?.key).toBe(key);
  });

  test('is one per kind, in both spellings, over all pairs', () => {
    for (const one of vehicleKinds) {
      for (const other of vehicleKinds) {
        for (const spelled of [other.name, other.captainName]) {
          expect(vehicleKey(other.type.id, spelled) === one.key).toBe(one === other);
        }
      }
      expect(kindByKey(one.key)).toBe(one);
    }
  });

  test('does not change with case, spaces and dashes', () => {
    const kind = fc.constantFrom(...vehicleKinds);
    const mangled = fc.tuple(
      kind,
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom(' ', '  ', '_', ' - '),
    );
    fc.assert(
      fc.property(mangled, ([each, captains, loud, between]) => {
        const name = (captains ? each.captainName : each.name).replaceAll(/[ _-]+/g, between);
        const told = kindOf(each.type.name, loud ? name.toUpperCase() : name.toLowerCase());
        expect(told).toBe(each);
      }),
    );
  });

  test('whatever is written, there is a kind of that type or none', () => {
    fc.assert(
      fc.property(fc.constantFrom(...vehicleTypes), fc.string(), (type, text) => {
        const kind = kindOf(type.id, text);
        expect(kind === undefined || kind.type === type).toBe(true);
      }),
    );
    for (const odd of ['constructor', '__proto__', '', '17', '17 Feet Container', '8-12 Ton']) {
      expect(kindOf('open', odd)).toBeUndefined();
      expect(typeNamed(odd)).toBeUndefined();
    }
  });

  test('types are known by id and by name, in any case, and mini also as TRUCK', () => {
    expect(typeNamed('OPEN')?.id).toBe('open');
    expect(typeNamed('Mini/Pickup')?.id).toBe('mini');
    expect(kindOf('TRUCK', 'TATA_ACE')?.name).toBe('Mini Truck - Tata Ace');
    expect(kindOf('tractor', '17 Feet')).toBeUndefined();
  });
});

describe('the price that the customer app shows', () => {
  const asked = { vehicleType: 'Open', distanceKm: 120, trucksNeeded: 2 };

  test('is the one in the example of its contract', () => {
    expect({ pricing: priceVehicle(asked, noon) }).toEqual(
      contract.getVehiclePricing.example.responses[200],
    );
  });

  test('is of the subtype, where one is named in any spelling', () => {
    const container = { ...asked, vehicleType: 'lcv', vehicleSubtype: '32 Feet SXL Container' };
    expect(priceVehicle(container, noon)).toMatchObject({
      pricePerKm: 24,
      basePrice: 1280,
      distanceCharge: 2880,
      tonnageCharge: 10_368,
      pricePerTruck: 14_528,
      capacityInfo: { capacityKg: 9000, capacityTons: 9, minTonnage: 7, maxTonnage: 9 },
    });
  });

  test('keeps its contract for every kind, distance and instant', () => {
    const { schema } = contract.getVehiclePricing.responses[200];
    const kind = fc.constantFrom(...vehicleKinds);
    fc.assert(
      fc.property(kind, fc.nat(5000), fc.integer({ min: 1, max: 50 }), (each, km, trucksNeeded) => {
        const of = { vehicleType: each.type.id, vehicleSubtype: each.captainName };
        const pricing = priceVehicle({ ...of, distanceKm: km, trucksNeeded }, noon);
        expect(schema.parse({ pricing })).toEqual({ pricing });
        expect(pricing.totalAmount).toBeLessThan(2 ** 31);
      }),
    );
  });

  test.each([
    [0, '1 min'],
    [20, '30 min'],
    [40, '1 h'],
    [310, '7 h 45 min'],
    [400, '10 h'],
  ])('%i km take %s', (distanceKm, estimatedDuration) => {
    expect(priceVehicle({ ...asked, distanceKm }, noon)).toMatchObject({ estimatedDuration });
  });

  test.each([
    [{ vehicleType: 'rocket' }, 'vehicleType', 'mini, lcv, open'],
    [{ vehicleSubtype: '18 Feet' }, 'vehicleSubtype', '17 Feet, 19 Feet'],
  ])('is refused for %o, naming those that are known', (wrong, path, known) => {
    expect(() => priceVehicle({ ...asked, ...wrong }, noon)).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_ERROR',
        facts: { details: [{ path, message: expect.stringContaining(known) }] },
      }),
    );
  });
});

test('a search finds what the example of its contract shows', async () => {
  const { example } = searchRoute;
  const { vehicles, ...route } = await searchTrucks(searchRoute.query.parse(example.query), {
    clock: { now: () => noon },
    freeNearby: async () => new Map([['mini_dost', { vehicles: 2, nearestMinutes: 7 }]]),
  });
  expect({ ...route, vehicles: vehicles.slice(0, 1) }).toEqual(example.responses[200]);
  expect(vehicles).toHaveLength(10);
});
