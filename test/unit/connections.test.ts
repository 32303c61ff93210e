import { describe, expect, test } from 'vitest';
import { onExistingStores } from '../../docs/examples/existing-stores.ts';
import { connectionsWanted, maxConnections } from '../../lib/parts/connections.ts';
import { stageNamed } from '../../lib/parts/stages.ts';

const { database: rds } = onExistingStores;
const aurora = { kind: 'new', readers: 0, backupDays: 7 } as const;

describe('how many connections a database allows', () => {
  test.each([
    [1, 1, 189],
    [1, 4, 823],
    [1, 8, 1_669],
    [1, 16, 3_360],
    [2, 32, 5_000],
    [2, 256, 5_000],
    // One that may shrink to half a unit or less allows 2,000 at most.
    [0.5, 1, 189],
    [0.5, 16, 2_000],
    [0, 64, 2_000],
  ])('Aurora of %d to %d units: %d, as AWS lists them', (minCapacity, maxCapacity, most) => {
    const found = maxConnections({ ...aurora, minCapacity, maxCapacity }) ?? 0;
    expect(Math.abs(found - most)).toBeLessThanOrEqual(1);
  });

  test.each([
    ['db.t4g.micro', 83],
    ['db.t3.medium', 400],
    ['db.m6g.large', 823],
    ['db.m7g.2xlarge', 3_360],
    ['db.r6gd.large', 1_669],
    ['db.r5.xlarge', 3_360],
    ['db.x2g.16xlarge', 5_000],
  ])('an RDS instance of the class %s: %d', (instanceClass, most) => {
    const database = rds.kind === 'existing' ? { ...rds, instanceClass } : rds;
    expect(Math.abs((maxConnections(database) ?? 0) - most)).toBeLessThanOrEqual(2);
  });

  test.each(['db.serverless', 'db.z1d.large', 'db.t3.huge', 'db.m5.metal'])(
    'a class that does not say: %s. Then its settings must',
    (instanceClass) => {
      const database = rds.kind === 'existing' ? { ...rds, instanceClass } : rds;
      expect(maxConnections(database)).toBeUndefined();
      expect(maxConnections({ ...database, maxConnections: 300 } as typeof database)).toBe(300);
    },
  );
});

describe('how many connections the functions can open', () => {
  test("two for each that the account can run, where nothing is reserved, and the migration's", () => {
    expect(connectionsWanted(stageNamed('dev'))).toBe(2 * 10 + 1);
  });

  test('two for each that is reserved, for each of the queue and for the schedule', () => {
    const prod = stageNamed('prod');
    const reserved = Object.values(prod.reservedConcurrency).reduce((sum, each) => sum + each, 0);
    expect(connectionsWanted(prod)).toBe(2 * (reserved + prod.queueConcurrency + 1) + 1);
  });

  test('two for all that are left, if one function has no bound', () => {
    const prod = stageNamed('prod');
    const { orders, ...others } = prod.reservedConcurrency;
    expect(orders).toBeGreaterThan(0);
    const unbounded = { ...prod, reservedConcurrency: others };
    expect(connectionsWanted(unbounded)).toBe(2 * prod.accountConcurrency + 1);
  });
});
