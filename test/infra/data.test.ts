import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { functionNames } from '../../src/contract/functions.ts';
import { nameInZones } from '../../lib/parts/name-in-zones.ts';
import { stageNamed } from '../../lib/parts/stages.ts';
import { matching } from './matchers.ts';
import { pathOf, synthesized } from './synth.ts';

const staging = synthesized('staging');
const prod = synthesized('prod');
const local = synthesized('local');

const groupsOf = (ids: unknown) =>
  z
    .array(z.unknown())
    .parse(ids)
    .map((each) => staging.say(each));

const Egress = z.array(z.object({ CidrIp: z.string(), FromPort: z.number() })).default([]);
/** The CDK's rule for a group that may open no connection; without a rule it could open any. */
const nowhere = '255.255.255.255/32:252';

describe('the network', () => {
  test('has no way to the internet', () => {
    for (const type of ['NatGateway', 'InternetGateway', 'EgressOnlyInternetGateway', 'Route']) {
      expect(prod.ofType(`AWS::EC2::${type}`)).toEqual([]);
    }
  });

  test('has isolated subnets in three zones in prod, in two elsewhere', () => {
    const zones = (stage: typeof staging) =>
      stage.ofType('AWS::EC2::Subnet').map((each) => each.Properties['AvailabilityZone']);
    expect(zones(prod)).toEqual(['ap-south-1a', 'ap-south-1b', 'ap-south-1c']);
    expect(zones(staging)).toEqual(['ap-south-1a', 'ap-south-1b']);
  });

  test('reaches DynamoDB, SQS and Secrets Manager, and nothing else', () => {
    const endpoints = staging
      .ofType('AWS::EC2::VPCEndpoint')
      .map(
        ({ Properties }) =>
          `${String(Properties['VpcEndpointType'])} ${staging.say(Properties['ServiceName']).split('.').at(-1)}`,
      );
    expect(endpoints.toSorted()).toEqual([
      'Gateway dynamodb',
      'Interface secretsmanager',
      'Interface sqs',
    ]);
  });

  test.each(['Sqs', 'SecretsManager'])(
    'answers for %s under its public name, which clients know, behind the door',
    (name) => {
      const { Properties } = staging.one('AWS::EC2::VPCEndpoint', `Network/Vpc/${name}`);
      expect(Properties['PrivateDnsEnabled']).toBe(true);
      expect(groupsOf(Properties['SecurityGroupIds'])).toEqual(['<Network/Endpoints/Servers>']);
    },
  );

  test('leads to DynamoDB from every subnet', () => {
    const { Properties } = prod.one('AWS::EC2::VPCEndpoint', 'Network/Vpc/DynamoDb');
    expect(Properties['RouteTableIds']).toHaveLength(3);
  });

  test('lets only its clients connect to a store', () => {
    for (const { Properties } of staging.ofType('AWS::EC2::SecurityGroup')) {
      expect(Properties).not.toHaveProperty('SecurityGroupIngress');
    }
    const ways = staging.ofType('AWS::EC2::SecurityGroupIngress').map(({ Properties }) => {
      const from = staging.say(Properties['SourceSecurityGroupId']);
      return `${from} -> ${staging.say(Properties['GroupId'])}:${staging.say(Properties['FromPort'])}`;
    });
    expect(ways.toSorted()).toEqual([
      '<Cache/Door/Clients> -> <Cache/Door/Servers>:6379',
      '<Database/Door/Clients> -> <Database/Door/Servers>:5432',
      '<Database/ProxyDoor/Clients> -> <Database/ProxyDoor/Servers>:5432',
      '<Database/ProxyDoor/Servers> -> <Database/Door/Servers>:<Database/Cluster.Endpoint.Port>',
      '<Network/Endpoints/Clients> -> <Network/Endpoints/Servers>:443',
    ]);
  });

  test('lets clients out to their doors and to DynamoDB, and nobody anywhere else', () => {
    const toDoors = staging.ofType('AWS::EC2::SecurityGroupEgress').map(({ Properties }) => {
      const to = staging.say(Properties['DestinationSecurityGroupId']);
      return `${staging.say(Properties['GroupId'])} -> ${to}:${staging.say(Properties['FromPort'])}`;
    });
    const toAddresses = staging.ofType('AWS::EC2::SecurityGroup').flatMap((group) => {
      const rules = Egress.parse(group.Properties['SecurityGroupEgress']);
      return rules.map(({ CidrIp, FromPort }) => `<${pathOf(group)}> -> ${CidrIp}:${FromPort}`);
    });
    expect([...toDoors, ...toAddresses].toSorted()).toEqual([
      '<Cache/Door/Clients> -> <Cache/Door/Servers>:6379',
      `<Cache/Door/Servers> -> ${nowhere}`,
      '<Database/Door/Clients> -> <Database/Door/Servers>:5432',
      `<Database/Door/Servers> -> ${nowhere}`,
      '<Database/ProxyDoor/Clients> -> <Database/ProxyDoor/Servers>:5432',
      '<Database/ProxyDoor/Servers> -> <Database/Door/Servers>:<Database/Cluster.Endpoint.Port>',
      '<Network/DynamoDbClients> -> 0.0.0.0/0:443',
      '<Network/Endpoints/Clients> -> <Network/Endpoints/Servers>:443',
      `<Network/Endpoints/Servers> -> ${nowhere}`,
    ]);
  });

  test.each([
    ['AWS::RDS::DBCluster', 'VpcSecurityGroupIds', 'Database/Door'],
    ['AWS::RDS::DBProxy', 'VpcSecurityGroupIds', 'Database/ProxyDoor'],
    ['AWS::ElastiCache::ServerlessCache', 'SecurityGroupIds', 'Cache/Door'],
  ])('has %s behind a door', (type, property, door) => {
    const [store, ...more] = staging.ofType(type);
    expect(more).toEqual([]);
    expect(groupsOf(store?.Properties[property])).toEqual([`<${door}/Servers>`]);
  });
});

describe('PostgreSQL', () => {
  test('is Aurora 17, encrypted and backed up', () => {
    expect(prod.one('AWS::RDS::DBCluster', 'Database/').Properties).toMatchObject({
      Engine: 'aurora-postgresql',
      EngineVersion: matching(/^17\./),
      DatabaseName: 'weelo',
      StorageEncrypted: true,
      BackupRetentionPeriod: 35,
      ServerlessV2ScalingConfiguration: { MinCapacity: 2, MaxCapacity: 32 },
    });
  });

  test('has an instance to take over in prod', () => {
    const classes = (stage: typeof staging) =>
      stage.ofType('AWS::RDS::DBInstance').map((each) => each.Properties['DBInstanceClass']);
    expect(classes(prod)).toEqual(['db.serverless', 'db.serverless']);
    expect(classes(staging)).toEqual(['db.serverless']);
  });

  test.each([
    ['staging', true],
    ['prod', true],
    ['local', false],
  ])('asks for TLS in %s: %s', (name, tls) => {
    const stage = synthesized(name);
    const [proxy] = stage.ofType('AWS::RDS::DBProxy');
    expect(proxy?.Properties['RequireTLS']).toBe(tls);
    expect(stage.one('AWS::RDS::DBClusterParameterGroup', 'Database/').Properties).toMatchObject({
      Parameters: { 'rds.force_ssl': tls ? '1' : '0' },
    });
    expect(stage.functionNamed('orders').Properties).toMatchObject({
      Environment: { Variables: { DATABASE_TLS: tls ? 'verify-full' : 'off' } },
    });
  });

  test("'s proxy knows the service's role alone, and lets it in by SCRAM", () => {
    const [proxy] = staging.ofType('AWS::RDS::DBProxy');
    const Auth = z.array(
      z.object({ ClientPasswordAuthType: z.string(), SecretArn: z.unknown(), IAMAuth: z.string() }),
    );
    const logins = Auth.parse(proxy?.Properties['Auth']);
    expect(logins.map((each) => ({ ...each, SecretArn: staging.say(each.SecretArn) }))).toEqual([
      {
        ClientPasswordAuthType: 'POSTGRES_SCRAM_SHA_256',
        SecretArn: '<Database/ServiceSecret>',
        IAMAuth: 'DISABLED',
      },
    ]);
  });

  test("'s proxy says that it is busy before a function stops waiting for its connection", () => {
    const { Properties } = staging.one('AWS::RDS::DBProxyTargetGroup', 'DatabaseProxy/');
    expect(Properties).toMatchObject({
      TargetGroupName: 'default',
      ConnectionPoolConfigurationInfo: { ConnectionBorrowTimeout: 2, MaxConnectionsPercent: 90 },
    });
  });

  test('has two roles that log in, and neither has the name of the schema', () => {
    const users = staging
      .ofType('AWS::SecretsManager::Secret')
      .map((each) => JSON.stringify(each.Properties['GenerateSecretString'] ?? ''))
      .flatMap((each) => /weelo_\w+/.exec(each)?.[0] ?? []);
    expect(users.toSorted()).toEqual(['weelo_owner', 'weelo_service']);
  });
});

describe('an economical dev', () => {
  const dev = synthesized('dev');

  test('lets its database sleep, and has no proxy that would keep it awake', () => {
    expect(dev.one('AWS::RDS::DBCluster', 'Database/').Properties).toMatchObject({
      ServerlessV2ScalingConfiguration: {
        MinCapacity: 0,
        MaxCapacity: 2,
        SecondsUntilAutoPause: 300,
      },
    });
    expect(dev.ofType('AWS::RDS::DBProxy')).toEqual([]);
    const { Environment } = dev.functionNamed('orders').Properties;
    const { Variables } = z
      .object({ Variables: z.record(z.string(), z.unknown()) })
      .parse(Environment);
    expect(dev.say(Variables['DATABASE_HOST'])).toBe('<Database/Cluster.Endpoint.Address>');
    expect(dev.say(Variables['DATABASE_PORT'])).toBe('<Database/Cluster.Endpoint.Port>');
    // Whoever uses it notes that, so that the schedule lets it sleep.
    expect(Variables['DATABASE_SLEEPS']).toBe('yes');
  });

  test.each([
    ['dev', 1],
    ['staging', 2],
    ['prod', 3],
  ])('pays for endpoints in few zones: %s in %d', (name, zones) => {
    const stage = synthesized(name);
    const interfaces = stage
      .ofType('AWS::EC2::VPCEndpoint')
      .filter(({ Properties }) => Properties['VpcEndpointType'] === 'Interface');
    const subnets = interfaces.map(({ Properties }) =>
      z.array(z.unknown()).parse(Properties['SubnetIds']),
    );
    expect(subnets.map((each) => each.length)).toEqual([zones, zones]);
  });
});

describe('reserved concurrency', () => {
  const reservedIn = (name: string) =>
    Object.fromEntries(
      synthesized(name)
        .ofType('AWS::Lambda::Function')
        .flatMap(({ Properties }) => {
          const { FunctionName, ReservedConcurrentExecutions: reserved } = Properties;
          return reserved === undefined ? [] : [[String(FunctionName), reserved]];
        }),
    );

  test.each(['dev', 'local'])('is off in %s', (name) => {
    expect(reservedIn(name)).toEqual({});
  });

  test.each(['staging', 'prod'])('is as the settings say in %s', (name) => {
    const said = Object.entries(stageNamed(name).reservedConcurrency);
    expect(said.length).toBeGreaterThan(0);
    const functions = said.map(([each, count]) => [`weelo-${name}-${each}`, count]);
    expect(reservedIn(name)).toEqual(Object.fromEntries(functions));
  });
});

describe('Valkey', () => {
  test('is serverless', () => {
    const [cache] = prod.ofType('AWS::ElastiCache::ServerlessCache');
    expect(cache?.Properties).toMatchObject({
      Engine: 'valkey',
      MajorEngineVersion: '8',
      SnapshotRetentionLimit: 7,
    });
  });

  test.each([
    [staging, 'rediss://'],
    [prod, 'rediss://'],
    [local, 'redis://'],
  ])('is spoken to as the stage says', (stage, scheme) => {
    const { Environment } = stage.functionNamed('orders').Properties;
    expect(JSON.stringify(Environment)).toContain(`"${scheme}"`);
  });
});

describe.each([
  ['Idempotency', ['id'], 'expiration'],
  ['Connections', ['pk', 'sk'], 'expiresAt'],
  ['State', ['pk', 'sk'], 'expiresAt'],
])('the table %s', (name, keys, timeToLive) => {
  test('has its keys and a time to live, and can be restored', () => {
    expect(prod.one('AWS::DynamoDB::Table', `Tables/${name}`).Properties).toMatchObject({
      KeySchema: keys.map((AttributeName) => ({ AttributeName })),
      TimeToLiveSpecification: { AttributeName: timeToLive, Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      BillingMode: 'PAY_PER_REQUEST',
    });
  });
});

test.each([
  ['AWS::ElastiCache::ServerlessCache', 'ServerlessCacheName'],
  ['AWS::RDS::DBProxy', 'DBProxyName'],
])('%s is called by its zones: in others it is made anew beside the old one', (type, property) => {
  for (const stage of ['staging', 'prod']) {
    const [resource] = synthesized(stage).ofType(type);
    expect(resource?.Properties[property]).toBe(nameInZones(stageNamed(stage)));
  }
});

describe('what becomes of data', () => {
  const kept = 'RetainExceptOnCreate';
  test.each([
    ['AWS::DynamoDB::Table', 'Tables/Connections', 'Delete', kept],
    ['AWS::RDS::DBCluster', 'Database/', 'Snapshot', kept],
    ['AWS::SecretsManager::Secret', 'SigningKeys/Private', 'Delete', kept],
    ['AWS::SecretsManager::Secret', 'CodeKey/Secret', 'Delete', kept],
    ['AWS::SecretsManager::Secret', 'Database/OwnerSecret', 'Delete', kept],
  ])('%s %s: in staging %s, in prod %s', (type, path, inDev, inProd) => {
    expect(staging.one(type, path).DeletionPolicy).toBe(inDev);
    expect(prod.one(type, path).DeletionPolicy).toBe(inProd);
  });

  test('a log goes with its stack, in prod too, so that its name is free for the next', () => {
    const logs = prod.ofType('AWS::Logs::LogGroup');
    expect(logs.length).toBeGreaterThan(functionNames.length);
    for (const { Properties, DeletionPolicy } of logs) {
      expect(Properties['LogGroupName']).toMatch(/^\/weelo\/prod\/[a-z-]+$/);
      expect([DeletionPolicy, Properties['RetentionInDays']]).toEqual(['Delete', 90]);
    }
  });
});

test('the secrets of the keys are made without a value', () => {
  for (const each of ['SigningKeys/Private', 'SigningKeys/Public', 'CodeKey/Secret']) {
    const secret = staging.one('AWS::SecretsManager::Secret', each);
    expect(Object.keys(secret.Properties).toSorted()).toEqual(['Description']);
  }
});

test('a stage differs by its resources only in what watches it, how a release goes live, and its edge', () => {
  const optional = [
    /^(Observability|Dashboard|Walks|GradualReleases|EdgeSecret|Firewall|Distribution|AccessLog)\b/,
    /^Functions\/canary\/.*\/EventInvokeConfig/,
  ];
  const types = (stage: typeof staging) =>
    [...stage.resources.values()]
      .filter((each) => !optional.some((path) => path.test(pathOf(each))))
      .map((each) => each.Type);
  expect(types(local)).toEqual(types(staging));
});
