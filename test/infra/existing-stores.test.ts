import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { FunctionName } from '../../src/contract/functions.ts';
import { existingStores, takeover as stageOnAll } from './existing-stores.ts';
import { pathOf, type Synthesized, synthesizedAs } from './synth.ts';

const named = (name: string): Synthesized => {
  const stage = existingStores.find((each) => each.name === name);
  if (!stage) throw new Error(`There is no stage ${name} on existing stores`);
  return synthesizedAs(stage);
};

const takeover = named('takeover');
const group = (digit: number) => `sg-0a1b2c3d4e5f6071${digit}`;
const variablesOf = (stage: Synthesized, name: FunctionName) =>
  z
    .object({ Variables: z.record(z.string(), z.unknown()) })
    .parse(stage.functionNamed(name).Properties['Environment']).Variables;

describe('a stage on a network and stores that exist', () => {
  test('makes none of its own', () => {
    const types = [...takeover.resources.values()].map((each) => each.Type);
    const made = types.filter((each) =>
      /^AWS::(EC2::(VPC|Subnet|VPCEndpoint|RouteTable|FlowLog)|RDS::DB(Cluster|Instance)|ElastiCache::.*)$/.test(
        each,
      ),
    );
    expect(made).toEqual([]);
    expect(types).toContain('AWS::RDS::DBProxy');
  });

  test('runs its functions and its proxy in the subnets that were named', () => {
    const subnets = ['subnet-0a1b2c3d4e5f60711', 'subnet-0a1b2c3d4e5f60712'];
    expect(takeover.functionNamed('orders').Properties).toMatchObject({
      VpcConfig: { SubnetIds: subnets },
    });
    const [proxy] = takeover.ofType('AWS::RDS::DBProxy');
    expect(proxy?.Properties['VpcSubnetIds']).toEqual(subnets);
  });

  test('lets its clients into the groups that exist, on their ports, and changes nothing else there', () => {
    const ways = takeover.ofType('AWS::EC2::SecurityGroupIngress').map(({ Properties }) => {
      const from = takeover.say(Properties['SourceSecurityGroupId']);
      return `${from} -> ${takeover.say(Properties['GroupId'])}:${takeover.say(Properties['FromPort'])}`;
    });
    expect(ways.toSorted()).toEqual([
      `<Cache/Door/Clients> -> ${group(5)}:6379`,
      `<Database/Door/Clients> -> ${group(4)}:5432`,
      '<Database/ProxyDoor/Clients> -> <Database/ProxyDoor/Servers>:5432',
      `<Database/ProxyDoor/Servers> -> ${group(4)}:5432`,
      `<Network/Endpoints/Clients> -> ${group(3)}:443`,
    ]);
    const changed = takeover
      .ofType('AWS::EC2::SecurityGroupEgress')
      .map(({ Properties }) => takeover.say(Properties['GroupId']))
      .filter((each) => each.startsWith('sg-'));
    expect(changed).toEqual([]);
  });

  test('lets functions out to DynamoDB by its prefix list, and to no other address', () => {
    const { Properties } = takeover.one('AWS::EC2::SecurityGroup', 'Network/DynamoDbClients');
    expect(Properties['SecurityGroupEgress'] ?? []).toEqual([]);
    const rules = takeover
      .ofType('AWS::EC2::SecurityGroupEgress')
      .filter((each) => pathOf(each).startsWith('Network/DynamoDbClients'));
    expect(rules.map((each) => each.Properties)).toEqual([
      expect.objectContaining({ DestinationPrefixListId: 'pl-0a1b2c3d', FromPort: 443 }),
    ]);
  });

  test('tells functions where they are', () => {
    const variables = variablesOf(takeover, 'orders');
    expect(variables).toMatchObject({
      DATABASE_PORT: '5432',
      DATABASE_NAME: 'postgres',
      DATABASE_TLS: 'verify-full',
      REDIS_URL: 'rediss://weelo-abcdef.serverless.aps1.cache.amazonaws.com:6379',
      REDIS_MODE: 'cluster',
    });
    expect(takeover.say(variables['DATABASE_HOST'])).toBe('<DatabaseProxy/Proxy.Endpoint>');
    expect(variablesOf(takeover, 'migrate')).toMatchObject({
      DATABASE_HOST: 'weelo-main.abcdefghijkl.ap-south-1.rds.amazonaws.com',
      DATABASE_SECRET_ARN:
        'arn:aws:secretsmanager:ap-south-1:123456789012:secret:rds!db-0a1b2c3d-AbCdEf',
    });
  });

  test('puts its proxy in front of the instance, or of the cluster', () => {
    const targets = (stage: Synthesized) =>
      stage.one('AWS::RDS::DBProxyTargetGroup', 'DatabaseProxy/').Properties;
    expect(targets(named('oldrds'))).toMatchObject({ DBInstanceIdentifiers: ['weelo-main'] });
    expect(targets(named('oldcluster'))).toMatchObject({ DBClusterIdentifiers: ['weelo-main'] });
    const [proxy] = named('oldrds').ofType('AWS::RDS::DBProxy');
    expect(proxy?.Properties['EngineFamily']).toBe('POSTGRESQL');
  });

  test.each([
    ['oldrds', 'DBInstanceIdentifier'],
    ['oldcluster', 'DBClusterIdentifier'],
  ])('rings when PostgreSQL is busy, which has no capacity units: %s', (name, dimension) => {
    const alarms = named(name)
      .ofType('AWS::CloudWatch::Alarm')
      .map(({ Properties }) => Properties)
      .filter(({ Namespace }) => Namespace === 'AWS/RDS');
    const Dimensions = [{ Name: dimension, Value: 'weelo-main' }];
    expect(alarms).toEqual([
      expect.objectContaining({
        MetricName: 'CPUUtilization',
        Statistic: 'Average',
        Threshold: 90,
        EvaluationPeriods: 3,
        Dimensions,
      }),
      expect.objectContaining({
        MetricName: 'DatabaseConnections',
        Statistic: 'Maximum',
        // Four fifths of what 16 GB allow.
        Threshold: 1_335,
        EvaluationPeriods: 3,
        Dimensions,
      }),
    ]);
  });

  test('without a proxy connects to PostgreSQL itself, on its own port', () => {
    const stage = named('noproxy');
    expect(stage.ofType('AWS::RDS::DBProxy')).toEqual([]);
    expect(variablesOf(stage, 'orders')).toMatchObject({
      DATABASE_HOST: 'weelo-main.abcdefghijkl.ap-south-1.rds.amazonaws.com',
      DATABASE_PORT: '6432',
    });
    const ways = stage.ofType('AWS::EC2::SecurityGroupIngress').map(({ Properties }) => Properties);
    expect(ways).toContainEqual(expect.objectContaining({ GroupId: group(4), FromPort: 6432 }));
  });

  test('uses a single Redis without TLS as it is written', () => {
    expect(variablesOf(named('oldredis'), 'orders')).toMatchObject({
      REDIS_URL: 'redis://10.0.0.7:6379',
      REDIS_MODE: 'single',
    });
  });

  test('makes endpoints in a VPC that has none, in as many zones as it says', () => {
    const endpoints = named('oldnet')
      .ofType('AWS::EC2::VPCEndpoint')
      .map(({ Properties }) => [Properties['SubnetIds'], Properties['RouteTableIds']]);
    expect(endpoints).toEqual([
      [['subnet-0a1b2c3d4e5f60711'], undefined],
      [['subnet-0a1b2c3d4e5f60711'], undefined],
      [undefined, ['rtb-0a1b2c3d4e5f60711', 'rtb-0a1b2c3d4e5f60712']],
    ]);
  });
});

test('a stage whose settings are wrong has no templates', () => {
  const { cache } = stageOnAll;
  if (cache.kind !== 'existing') throw new Error('The example has a new Redis');
  const url = cache.url.replace('rediss:', 'redis:');
  const plain = { ...stageOnAll, name: 'plain', cache: { ...cache, url } };
  expect(() => synthesizedAs(plain)).toThrow(
    /^The stage plain cannot be deployed as it is configured .*:\n- cache\.url: write it with rediss:\/\/\./,
  );
});
