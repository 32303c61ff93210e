import { expect, test } from 'vitest';
import { nameInZones } from '../../lib/parts/name-in-zones.ts';

const inNew = (zones: readonly string[]) =>
  ({ kind: 'new', zones, cidr: '10.40.0.0/16', endpointZones: 1 }) as const;
const inZones = (...zones: readonly string[]) =>
  nameInZones({ name: 'dev', network: inNew(zones) });

test('the same zones give the same name, and others another one', () => {
  expect(inZones('a', 'b')).toBe(inZones('a', 'b'));
  const names = [inZones('a', 'b'), inZones('b', 'a'), inZones('a'), inZones('a', 'b', 'c')];
  expect(new Set(names).size).toBe(names.length);
  // As ElastiCache and RDS want it: at most 40 characters, no two hyphens together, none at the end.
  for (const name of names) expect(name).toMatch(/^weelo-dev-[0-9a-f]{8}$/);
});

test('two stages have two names', () => {
  const network = inNew(['a', 'b']);
  expect(nameInZones({ name: 'dev', network })).not.toBe(nameInZones({ name: 'demo', network }));
});

test('in a network that exists, other subnets of the same zones give another name', () => {
  const inSubnets = (subnetId: string) =>
    nameInZones({
      name: 'dev',
      network: {
        kind: 'existing',
        vpcId: 'vpc-0a1b2c3d',
        subnets: [{ subnetId, zone: 'a', routeTableId: 'rtb-0a1b2c3d' }],
        dynamoDbPrefixListId: 'pl-0a1b2c3d',
        endpoints: { kind: 'existing', securityGroupId: 'sg-0a1b2c3d' },
      },
    });
  expect(inSubnets('subnet-1')).toBe(inSubnets('subnet-1'));
  expect(inSubnets('subnet-1')).not.toBe(inSubnets('subnet-2'));
});
