import { describe, expect, test } from 'vitest';
import { idleBill, perThousand, scales } from '../../tools/cost/bill.ts';
import { excessesOf } from '../../tools/cost/compare.ts';
import { readAccepted, readCostings } from '../../tools/cost/files.ts';
import { fixedCostOf } from '../../tools/cost/fixed.ts';
import type { Resources } from '../../tools/cost/template-prices.ts';
import { objectionsTo } from '../../tools/cost/guard.ts';
import { habits, timesOf } from '../../tools/cost/journey.ts';
import { unitsOf } from '../../tools/cost/measure/dynamo-units.ts';
import { costOf, prices } from '../../tools/cost/prices.ts';
import { resourcesIn } from '../../tools/cost/stages.ts';
import { added, middleOf, rounded, times } from '../../tools/cost/sums.ts';
import { takeover } from '../infra/existing-stores.ts';

const costings = await readCostings();
const { measured } = costings.prod;

describe('the cost of 1,000 orders', () => {
  test('is what was accepted, but for 5 %', async () => {
    expect(objectionsTo(perThousand(costings.prod), await readAccepted())).toEqual([]);
  });

  test.each([
    [1.06, '6.0 % more'],
    [0.94, '6.0 % less'],
  ])('times %d is refused, until it is accepted in the same commit', (factor, by) => {
    const cost = perThousand(costings.prod);
    const per1000Orders = {
      100: cost[100],
      10000: cost[10_000] / factor,
      1000000: cost[1_000_000],
    };
    const objections = objectionsTo(cost, { per1000Orders });
    expect(objections).toEqual([
      expect.stringMatching(
        new RegExp(`^At 10000 orders a day, .* ${by} than .*: npm run cost -- --accept$`),
      ),
    ]);
    const within = { ...per1000Orders, 10000: cost[10_000] / 1.04 };
    expect(objectionsTo(cost, { per1000Orders: within })).toEqual([]);
  });

  test('falls with more orders a day, down to what an order uses itself', () => {
    const cost = perThousand(costings.prod);
    const [few, many, most] = scales.map((scale) => cost[scale]);
    expect(few).toBeGreaterThan(5 * (many ?? 0));
    expect(many).toBeGreaterThan(most ?? Infinity);
  });

  test('rises with a call that is added to a heartbeat', () => {
    const { heartbeat } = measured.parts;
    const more = { ...heartbeat, queueRequests: heartbeat.queueRequests + 1 };
    const parts = { ...measured.parts, heartbeat: more };
    const before = perThousand(costings.prod)[10_000];
    const after = perThousand({ ...costings.prod, measured: { ...measured, parts } })[10_000];
    // 3,600 heartbeats in an order, and 0.40 USD for a million requests.
    expect(after - before).toBeCloseTo((timesOf(habits).heartbeat * 1000 * 0.4) / 1e6, 5);
    const excesses = excessesOf({ heartbeat: more }, costings.prod);
    expect(excesses).toEqual(
      expect.arrayContaining([expect.stringMatching(/^The part heartbeat: .* % more/)]),
    );
    expect(excessesOf({ heartbeat }, costings.prod)).toEqual([]);
  });
});

const stack = (...resources: readonly (readonly [string, Record<string, unknown>])[]): Resources =>
  Object.fromEntries(resources.map(([Type, Properties], i) => [`r${i}`, { Type, Properties }]));

const amountsOf = (resources: Resources) =>
  Object.fromEntries(
    fixedCostOf(resources).charges.map(({ price, amount }) => [price.name, amount]),
  );

const cluster = (MinCapacity: number) =>
  [
    'AWS::RDS::DBCluster',
    { ServerlessV2ScalingConfiguration: { MinCapacity, MaxCapacity: 8 } },
  ] as const;
const instance = ['AWS::RDS::DBInstance', { DBInstanceClass: 'db.serverless' }] as const;
const proxy = ['AWS::RDS::DBProxy', {}] as const;

describe('what stands in a template', () => {
  test('of a type that nothing is said about is an error', () => {
    expect(() => fixedCostOf(stack(['AWS::EC2::NatGateway', {}], ['AWS::SQS::Queue', {}]))).toThrow(
      'Nothing says what AWS::EC2::NatGateway costs: price it, or name it free, in tools/cost',
    );
  });

  test('costs by the hour, by zone and by instance', () => {
    const interfaces = { VpcEndpointType: 'Interface', SubnetIds: ['a', 'b'] };
    const resources = stack(
      ['AWS::EC2::VPCEndpoint', interfaces],
      ['AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' }],
      ['AWS::ElastiCache::ServerlessCache', { Engine: 'valkey' }],
      cluster(2),
      instance,
      instance,
    );
    expect(amountsOf(resources)).toEqual({
      'Interface endpoints': 2 * 730,
      'ElastiCache Serverless for Valkey, data': 73,
      'Aurora Serverless v2': 2 * 2 * 730,
    });
  });

  test('an instance of another class is an error', () => {
    const large = ['AWS::RDS::DBInstance', { DBInstanceClass: 'db.r6g.large' }] as const;
    expect(() => fixedCostOf(stack(cluster(2), large))).toThrow(
      'Nothing says what an instance of db.r6g.large costs: tools/cost',
    );
  });

  test('a proxy is billed for eight ACUs at least; without one there is none', () => {
    expect(amountsOf(stack(proxy))['RDS Proxy']).toBe(8 * 730);
    expect(amountsOf(stack(cluster(2), instance, proxy))['RDS Proxy']).toBe(8 * 730);
    expect(amountsOf(stack(cluster(8), instance, instance, proxy))['RDS Proxy']).toBe(16 * 730);
    expect(amountsOf(stack(cluster(8), instance))).not.toHaveProperty('RDS Proxy');
  });

  test('a database that sleeps costs nothing', () => {
    expect(amountsOf(stack(cluster(0), instance))).toEqual({});
  });

  test('an alarm costs as much as its metrics, and a secret as much as its replicas', () => {
    const expression = { Expression: 'a + b' };
    const resources = stack(
      ['AWS::CloudWatch::Alarm', { MetricName: 'Errors' }],
      ['AWS::CloudWatch::Alarm', { Metrics: [expression, { MetricStat: {} }, { MetricStat: {} }] }],
      ['AWS::SecretsManager::Secret', {}],
      ['AWS::SecretsManager::Secret', { ReplicaRegions: [{ Region: 'us-east-1' }] }],
    );
    expect(amountsOf(resources)).toEqual({ Alarms: 3, Secrets: 3 });
  });

  test('a schedule runs through the month, unless it is off', () => {
    const rule = (rest: object) => ['AWS::Events::Rule', { ...rest }] as const;
    const runs = (...rules: readonly ReturnType<typeof rule>[]) =>
      fixedCostOf(stack(...rules)).scheduledRuns;
    const everyTwo = { ScheduleExpression: 'rate(2 minutes)' };
    expect(runs(rule(everyTwo), rule({ ScheduleExpression: 'rate(1 hour)' }))).toBe(21_900 + 730);
    expect(runs(rule({ ...everyTwo, State: 'DISABLED' }), rule({ EventPattern: {} }))).toBe(0);
    expect(() => runs(rule({ ScheduleExpression: 'cron(0 3 * * ? *)' }))).toThrow('cron');
  });

  test('of a stage on stores that exist already, what it has not made costs nothing', () => {
    const lines = idleBill({ resources: resourcesIn(takeover), measured }).lines.map(
      ({ price }) => price,
    );
    expect(lines).not.toContain(prices.databaseCapacity);
    expect(lines).not.toContain(prices.cacheStorage);
    expect(lines).toContain(prices.secret);
  });
});

describe('a price', () => {
  test('falls in steps', () => {
    const million = 1e6;
    expect(costOf(prices.httpRequest, 300 * million)).toBeCloseTo(315);
    expect(costOf(prices.httpRequest, 400 * million)).toBeCloseTo(315 + 95);
    expect(costOf(prices.sms, 0)).toBe(0);
  });

  test.each(Object.entries(prices))('%s says where it was read, and ends nowhere', (_, price) => {
    expect(price.source).toMatch(/AWS Price List|from memory, to be checked, \d{4}-\d\d-\d\d/);
    expect(price.steps.at(-1)?.upTo).toBe(Infinity);
  });
});

describe('the units of DynamoDB', () => {
  const text = (length: number) => ({ S: 'x'.repeat(length) });

  test.each([
    ['GetItem', {}, {}, 0.5],
    ['GetItem', { ConsistentRead: true }, { Item: { a: text(4095) } }, 1],
    ['GetItem', {}, { Item: { a: text(4096) } }, 1],
    ['Query', {}, { Items: Array.from({ length: 10 }, () => ({ a: text(99) })) }, 0.5],
    [
      'BatchGetItem',
      { RequestItems: { t: { Keys: [{ a: text(1) }, { a: text(2) }] } } },
      { Responses: { t: [{ a: text(5000) }] } },
      1.5,
    ],
  ])('%s reads by 4 KB, half if it need not be consistent', (operation, asked, answered, reads) => {
    expect(unitsOf(operation, asked, answered)).toEqual({ reads, writes: 0 });
  });

  test.each([
    ['PutItem', { Item: { a: text(1023) } }, 1],
    ['PutItem', { Item: { a: text(1024) } }, 2],
    ['DeleteItem', { Key: { a: text(10) } }, 1],
    ['UpdateItem', { Key: { a: text(1) }, ExpressionAttributeValues: { ':v': text(2000) } }, 2],
    [
      'BatchWriteItem',
      { RequestItems: { t: [{ PutRequest: { Item: { a: text(1500) } } }, { DeleteRequest: {} }] } },
      3,
    ],
  ])('%s writes by 1 KB', (operation, asked, writes) => {
    expect(unitsOf(operation, asked, {})).toEqual({ reads: 0, writes });
  });
});

describe('usage', () => {
  const { feed, login } = measured.parts;

  test('of two parts adds up, and durations are averaged by how often functions ran', () => {
    const one = { ...feed, invocations: { orders: 3 }, milliseconds: { orders: 10 } };
    const other = { ...login, invocations: { orders: 1 }, milliseconds: { orders: 30 } };
    const both = added(one, other);
    expect(both).toMatchObject({ invocations: { orders: 4 }, milliseconds: { orders: 15 } });
    expect(both.requests).toBe(feed.requests + login.requests);
  });

  test('of many runs is a multiple, but each run takes as long as before', () => {
    const tenfold = times(feed, 10);
    expect(tenfold.invocations['orders']).toBe(10 * (feed.invocations['orders'] ?? 0));
    expect(tenfold.milliseconds).toEqual(feed.milliseconds);
  });

  test('that was measured several times is the middle, in two digits; the shortest durations are rounded up', () => {
    const runs = [101, 126, 99].map((logBytes, i) => ({
      ...feed,
      logBytes,
      milliseconds: { orders: 3.2 + i, ...(i === 1 && { auth: 8 }) },
    }));
    expect(rounded(middleOf(runs))).toMatchObject({
      logBytes: 100,
      milliseconds: { orders: 5, auth: 10 },
    });
  });
});
