import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { kindByKey } from '../../src/catalogue/vehicle-kind.ts';
import {
  VehicleNumber,
  vehicleStatuses,
  type VehicleStatus,
} from '../../src/contract/http/fleet/vehicles.ts';
import {
  mayBecome,
  ownersToChange,
  ownersWaysTo,
} from '../../src/fleet/vehicles/vehicle-status.ts';

describe('a vehicle', () => {
  /** Row by row what it is, column by column what it becomes, in the order of `vehicleStatuses`. */
  const table: Readonly<Record<VehicleStatus, string>> = {
    available: 'yes yes yes yes yes',
    on_hold: 'yes yes yes no no',
    in_transit: 'yes no yes yes no',
    maintenance: 'yes no no yes yes',
    inactive: 'yes no no yes yes',
  };

  test.each(vehicleStatuses)('that is %s becomes what the table says', (from) => {
    const row = vehicleStatuses.map((to) => (mayBecome(from, to) ? 'yes' : 'no'));
    expect(row.join(' ')).toBe(table[from]);
  });

  test('is changed by its owner while nobody else counts on it', () => {
    expect(ownersToChange).toEqual(['available', 'maintenance', 'inactive']);
    for (const to of ownersToChange) expect(ownersWaysTo(to)).toEqual(ownersToChange);
    for (const to of ['on_hold', 'in_transit'] as const) {
      expect(ownersWaysTo(to)).toEqual(['available']);
    }
  });
});

describe('a vehicle number', () => {
  const letters = (min: number, max: number) =>
    fc
      .array(fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('')), {
        minLength: min,
        maxLength: max,
      })
      .map((each) => each.join(''));
  const digits = (max: number) =>
    fc
      .array(fc.constantFrom(...'0123456789'.split('')), { minLength: 1, maxLength: max })
      .map((each) => each.join(''));
  const number = fc.tuple(letters(2, 2), digits(2), letters(1, 3), digits(4));
  const gap = fc.constantFrom('', ' ', '-', ' - ');

  test('is the same, however it is written', () => {
    fc.assert(
      fc.property(number, fc.tuple(gap, gap, gap), fc.boolean(), (parts, gaps, small) => {
        const plain = parts.join('');
        const written = parts.map((part, i) => part + (gaps[i] ?? '')).join('');
        expect(VehicleNumber.parse(small ? written.toLowerCase() : written)).toBe(plain);
        expect(VehicleNumber.parse(plain)).toBe(plain);
      }),
    );
  });

  test('is never anything else than what the database keeps', () => {
    const inMigration = /number ~ '(?<rule>[^']+)'/.exec(
      readFileSync('prisma/migrations/20261121155849_fleet/migration.sql', 'utf8'),
    );
    const rule = new RegExp(inMigration?.groups?.['rule'] ?? 'nothing');
    const near = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({ unit: fc.constantFrom(...'KAka01 -९ßſi'.split('')), maxLength: 14 }),
    );
    fc.assert(
      fc.property(near, (text) => {
        const { data } = VehicleNumber.safeParse(text);
        if (data !== undefined) expect(data).toMatch(rule);
      }),
      { numRuns: 2000 },
    );
    expect(VehicleNumber.parse('ka-1-a-1')).toMatch(rule);
  });
});

test('the seeded vehicles are of kinds that there are, in the spelling of the Captain app', () => {
  const seed = readFileSync('prisma/seed.sql', 'utf8');
  const vehicles = [...seed.matchAll(/'[A-Z]{2}\d+[A-Z]+\d+', '(\w+_\w+)', '(\w+)', '([^']+)'/g)];
  expect(vehicles).toHaveLength(4);
  for (const [, key = '', type, subtype] of vehicles) {
    const kind = kindByKey(key);
    expect({ type, subtype }).toEqual({ type: kind?.type.id, subtype: kind?.captainName });
  }
});
