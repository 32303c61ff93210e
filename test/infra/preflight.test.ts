import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import type { Stage } from '../../lib/parts/stage.ts';
import { leastBootstrapVersion } from '../../tools/preflight/checks/account.ts';
import { clientsIn } from '../../tools/preflight/clients.ts';
import { findingsFor } from '../../tools/preflight/findings.ts';
import { readAccount } from '../../tools/preflight/read-account.ts';
import { AccountServer, type Answers, ec2Result, failure, json, result } from './account-server.ts';
import { takeover } from './existing-stores.ts';
import { synthesized } from './synth.ts';

const server = new AccountServer();
let endpoint = '';

beforeAll(async () => {
  endpoint = await server.start();
});
afterAll(() => server.stop());

const Said = z.object({
  stage: z.string(),
  ready: z.boolean(),
  findings: z.array(z.object({ check: z.string(), state: z.string(), says: z.string() })),
});

interface Run {
  readonly code: number;
  readonly said: string;
  readonly complained: string;
}

/** `npm run preflight` as an operator with these credentials would see it. */
function preflight(options: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return new Promise<Run>((done) => {
    const credentials = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
    const offline = { AWS_EC2_METADATA_DISABLED: 'true', AWS_ENDPOINT_URL: endpoint };
    execFile(
      resolve('node_modules/.bin/node'),
      [resolve('tools/preflight.ts'), ...options],
      { env: { PATH: '/usr/bin:/bin', HOME: '/nowhere', ...offline, ...credentials, ...env } },
      (error, said, complained) => done({ code: error ? Number(error.code) : 0, said, complained }),
    );
  });
}

const stack = (name: string, status: string, outputs = '') =>
  result(
    'DescribeStacks',
    `<Stacks><member><StackName>${name}</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus>${outputs}</member></Stacks>`,
  );
const noStack = () => failure('ValidationError', 'Stack with id x does not exist');

const identity: Answers = {
  'sts GetCallerIdentity': () =>
    result(
      'GetCallerIdentity',
      '<Arn>arn:aws:iam::123456789012:user/anna</Arn><UserId>A</UserId><Account>123456789012</Account>',
    ),
};

const zones = ['ap-south-1a', 'ap-south-1b', 'ap-south-1c'];

/** A new account, as AWS gives it out. */
const empty: Answers = {
  ...identity,
  'ec2 DescribeAvailabilityZones': () =>
    ec2Result(
      'DescribeAvailabilityZones',
      `<availabilityZoneInfo>${zones.map((each) => `<item><zoneName>${each}</zoneName><zoneState>available</zoneState></item>`).join('')}</availabilityZoneInfo>`,
    ),
  'cloudformation DescribeStacks': noStack,
  'iam GetRole': () => failure('NoSuchEntity', 'no such role', 404),
  'lambda /2016-08-19/account-settings': () =>
    json({ AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 } }),
  'ec2 DescribeVpcs': () =>
    ec2Result('DescribeVpcs', '<vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet>'),
  'servicequotas GetServiceQuota': () => json({ Quota: { Value: 5 } }),
  'rds DescribeOrderableDBInstanceOptions': () =>
    result(
      'DescribeOrderableDBInstanceOptions',
      '<OrderableDBInstanceOptions><OrderableDBInstanceOption><Engine>aurora-postgresql</Engine></OrderableDBInstanceOption></OrderableDBInstanceOptions>',
    ),
  'sms-voice DescribeAccountAttributes': () =>
    json({ AccountAttributes: [{ Name: 'ACCOUNT_TIER', Value: 'SANDBOX' }] }),
  'sms-voice DescribeSpendLimits': () =>
    json({ SpendLimits: [{ Name: 'TEXT_MESSAGE_MONTHLY_SPEND_LIMIT', EnforcedLimit: 1 }] }),
  'sms-voice DescribeSenderIds': () => ({
    status: 400,
    body: JSON.stringify({ __type: 'ResourceNotFoundException', Message: 'no such sender' }),
  }),
};

/** The same account with everything done, and dev deployed. */
const prepared: Answers = {
  ...empty,
  'cloudformation DescribeStacks': (asked) => {
    const name = new URLSearchParams(asked).get('StackName') ?? '';
    if (name !== 'CDKToolkit') return stack(name, 'CREATE_COMPLETE');
    const version =
      '<Outputs><member><OutputKey>BootstrapVersion</OutputKey><OutputValue>27</OutputValue></member></Outputs>';
    return stack(name, 'CREATE_COMPLETE', version);
  },
  'cloudformation DescribeStackResources': () =>
    result(
      'DescribeStackResources',
      '<StackResources><member><LogicalResourceId>PushAccountSecret1</LogicalResourceId><ResourceType>AWS::SecretsManager::Secret</ResourceType><PhysicalResourceId>arn:secret</PhysicalResourceId></member></StackResources>',
    ),
  'iam GetRole': () =>
    result(
      'GetRole',
      '<Role><Path>/</Path><RoleName>r</RoleName><RoleId>r</RoleId><Arn>arn:r</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></Role>',
    ),
  'secretsmanager DescribeSecret': () =>
    json({ Name: 's', VersionIdsToStages: { v: ['AWSCURRENT'] } }),
  'sms-voice DescribeAccountAttributes': () =>
    json({ AccountAttributes: [{ Name: 'ACCOUNT_TIER', Value: 'PRODUCTION' }] }),
  'sms-voice DescribeSenderIds': () => json({ SenderIds: [{ SenderId: 'WEELO' }] }),
};

describe('npm run preflight', () => {
  test('says what an empty account lacks, in the order to do it', async () => {
    server.playing(empty);
    const { code, said, complained } = await preflight(['dev', '--json']);
    expect(complained).toBe('');
    const { findings, ...rest } = Said.parse(JSON.parse(said));
    expect(rest).toEqual({ stage: 'dev', ready: false });
    expect(findings.map(({ check, state }) => `${state} ${check}`)).toEqual([
      'done settings',
      'done credentials',
      'done region',
      'done concurrency',
      'todo bootstrap',
      'todo roles',
      'todo roles',
      'todo roles',
      'done vpcs',
      'done database',
      'note stacks',
      'note sms',
      'note sms',
      'note sms',
      'note dlt',
      'note push',
    ]);
    expect(code).toBe(1);
  });

  test('ends with 0 when nothing is left to do', async () => {
    server.playing(prepared);
    const { code, said } = await preflight(['dev']);
    expect(said).toContain('ok   bootstrap: The bootstrap stack in ap-south-1 has version 27.');
    expect(said).toContain('ok   push: The secret of the Firebase service account has a value.');
    expect(said.trimEnd()).toMatch(/The stage dev can be deployed\.$/);
    expect(code).toBe(0);
  });

  test('only reads', () => {
    expect(server.calls.length).toBeGreaterThan(10);
    const changing = server.calls.filter(
      (call) => !/ (Describe|Get|List)| \/2016-08-19\/account-settings$/.test(call),
    );
    expect(changing).toEqual([]);
  });

  test('counts what it may not read as something to do', async () => {
    server.playing({ ...prepared, 'iam GetRole': () => failure('AccessDenied', 'not you', 403) });
    const { code, said } = await preflight(['dev']);
    expect(said).toContain('TODO 1. roles: It could not be read (AccessDenied: not you).');
    expect(code).toBe(1);
  });

  test('asks nothing more of an account that does not know the operator', async () => {
    server.playing({
      'sts GetCallerIdentity': () => failure('InvalidClientTokenId', 'The token is invalid', 403),
    });
    const { code, said } = await preflight(['dev']);
    expect(said).toContain('TODO 1. credentials: AWS does not know you (InvalidClientTokenId');
    expect(server.calls).toEqual(['sts GetCallerIdentity']);
    expect(code).toBe(1);
  });

  test('names the address that the environment says', async () => {
    server.playing(prepared);
    const { said } = await preflight(['prod'], { WEELO_ALARMS_TO: 'pipeline@example.com' });
    expect(said).toContain('note alarms: Alarms go to pipeline@example.com.');
    expect(said).toContain('ok   bootstrap: The bootstrap stack in us-east-1 has version 27.');
    // An account that may run ten functions is too small for prod.
    expect(said).toContain('TODO 1. concurrency: The account may run 10 functions at a time');
  });

  test('refuses a stage that there is not', async () => {
    const { code, complained } = await preflight(['pord']);
    expect(complained).toContain('There is no stage "pord"');
    expect(code).toBe(1);
  });
});

describe('stores that exist', () => {
  const read = async (answers: Answers, stage: Stage = takeover) => {
    server.playing({ ...prepared, ...answers });
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    try {
      return findingsFor(stage, await readAccount(stage, clientsIn('ap-south-1')))
        .filter(({ check }) => check === 'network' || check === 'database')
        .map(({ state, says }) => `${state} ${says}`);
    } finally {
      vi.unstubAllEnvs();
    }
  };
  const { network, database } = takeover;
  if (network.kind !== 'existing' || database.kind !== 'existing') throw new Error('They are new');
  const list = (name: string, items: readonly string[]) =>
    `<${name}>${items.map((each) => `<item>${each}</item>`).join('')}</${name}>`;

  const subnets = network.subnets.map(
    ({ subnetId, zone }) =>
      `<subnetId>${subnetId}</subnetId><vpcId>${network.vpcId}</vpcId><availabilityZone>${zone}</availabilityZone>`,
  );
  const named = ['sqs', 'secretsmanager'].map(
    (each) =>
      `<serviceName>com.amazonaws.ap-south-1.${each}</serviceName><privateDnsEnabled>true</privateDnsEnabled>${list('groupSet', ['<groupId>sg-0a1b2c3d4e5f60713</groupId>'])}`,
  );
  const tables = network.subnets.map(({ routeTableId }) => routeTableId);
  const gateway = `<serviceName>com.amazonaws.ap-south-1.dynamodb</serviceName>${list('routeTableIdSet', tables)}`;
  const groups =
    '<VpcSecurityGroups><VpcSecurityGroupMembership><VpcSecurityGroupId>sg-0a1b2c3d4e5f60714</VpcSecurityGroupId></VpcSecurityGroupMembership></VpcSecurityGroups>';
  const { host } = database;
  const there: Answers = {
    'ec2 DescribeSubnets': () => ec2Result('DescribeSubnets', list('subnetSet', subnets)),
    'ec2 DescribeVpcEndpoints': () =>
      ec2Result('DescribeVpcEndpoints', list('vpcEndpointSet', [...named, gateway])),
    'rds DescribeDBInstances': () =>
      result(
        'DescribeDBInstances',
        `<DBInstances><DBInstance><Engine>postgres</Engine><DBInstanceStatus>available</DBInstanceStatus><DBInstanceClass>db.m6g.xlarge</DBInstanceClass><Endpoint><Address>${host}</Address><Port>5432</Port></Endpoint>${groups}</DBInstance></DBInstances>`,
      ),
    'rds DescribeDBClusters': () =>
      result(
        'DescribeDBClusters',
        `<DBClusters><DBCluster><Engine>aurora-postgresql</Engine><Status>available</Status><Endpoint>${host}</Endpoint><Port>5432</Port>${groups}</DBCluster></DBClusters>`,
      ),
  };
  const onCluster: Stage = { ...takeover, database: { ...database, engine: 'cluster' } };
  const asSaid = [
    'done vpc-0a1b2c3d4e5f60718 has the subnets and the endpoints that the stage needs.',
    expect.stringMatching(/^done The DB \w+ weelo-main is available, and as the stage says\.$/),
    "done The owner's secret exists. Its role must have CREATEROLE.",
  ];

  test('are read as AWS describes them', async () => {
    expect(await read(there)).toEqual(asSaid);
    expect(await read(there, onCluster)).toEqual(asSaid);
  });

  test('are missed if AWS does not know them', async () => {
    const missing: Answers = {
      ...there,
      'rds DescribeDBInstances': () => failure('DBInstanceNotFound', 'no such instance', 404),
      'rds DescribeDBClusters': () => failure('DBClusterNotFoundFault', 'no such cluster', 404),
      'secretsmanager DescribeSecret': () => ({
        status: 400,
        body: JSON.stringify({ __type: 'ResourceNotFoundException', message: 'no such secret' }),
      }),
    };
    for (const stage of [takeover, onCluster]) {
      const said = await read(missing, stage);
      expect(said).toContainEqual(expect.stringMatching(/^todo There is no DB \w+ weelo-main/));
      expect(said).toContainEqual(expect.stringMatching(/^todo There is no secret arn:/));
    }
  });
});

test('the oldest bootstrap stack that preflight accepts is the one that the stacks ask for', () => {
  expect(synthesized('staging').bootstrapVersion).toBe(leastBootstrapVersion);
});
