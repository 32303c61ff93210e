import { expect, test } from 'vitest';
import { nameInZones } from '../../lib/parts/name-in-zones.ts';

const inZones = (...zones: readonly string[]) => nameInZones({ name: 'dev', zones });

test('the same zones give the same name, and others another one', () => {
  expect(inZones('a', 'b')).toBe(inZones('a', 'b'));
  const names = [inZones('a', 'b'), inZones('b', 'a'), inZones('a'), inZones('a', 'b', 'c')];
  expect(new Set(names).size).toBe(names.length);
  // As ElastiCache and RDS want it: at most 40 characters, no two hyphens together, none at the end.
  for (const name of names) expect(name).toMatch(/^weelo-dev-[0-9a-f]{8}$/);
});

test('two stages have two names', () => {
  const zones = ['a', 'b'];
  expect(nameInZones({ name: 'dev', zones })).not.toBe(nameInZones({ name: 'demo', zones }));
});
