import { describe, expect, test } from 'vitest';
import { onExistingStores } from '../../docs/examples/existing-stores.ts';
import type { Stage } from '../../lib/parts/stage.ts';
import { stageNamed } from '../../lib/parts/stages.ts';
import type { AccountFacts, FoundDatabase, FoundNetwork } from '../../tools/preflight/facts.ts';
import { findingsFor } from '../../tools/preflight/findings.ts';
import { preflightOptions } from '../../tools/preflight/options.ts';
import { isReady, report, reportAsJson } from '../../tools/preflight/report.ts';

const alarmsTo = 'operators@example.com';
const prod = stageNamed('prod', { alarmsTo });
const dev = stageNamed('dev');
const takeover: Stage = { ...onExistingStores, alarmsTo };

const services = ['rds', 'elasticache', 'ops.apigateway'].map((each) => `${each}.amazonaws.com`);
const roles = services.map((service) => ({ service, exists: true }));

/** An account in which everything is as prod needs it, and prod is deployed. */
const ready: AccountFacts = {
  account: '123456789012',
  caller: 'arn:aws:iam::123456789012:user/anna',
  zones: { found: ['ap-south-1a', 'ap-south-1b', 'ap-south-1c'] },
  bootstrapVersion: { found: 27 },
  edgeBootstrapVersion: { found: 27 },
  dataStack: { found: { status: 'CREATE_COMPLETE' } },
  serviceStack: { found: { status: 'UPDATE_COMPLETE' } },
  edgeStack: { found: { status: 'CREATE_COMPLETE' } },
  roles: { found: roles },
  concurrency: { found: { quota: 1_000, unreserved: 395 } },
  vpcs: { found: { used: 2, quota: 5 } },
  network: undefined,
  auroraOffered: { found: true },
  database: undefined,
  ownerSecretExists: undefined,
  sms: { found: { sandbox: false, monthlyLimit: 100_000, hasSender: true } },
  pushAccountSet: { found: true },
};

const nothing: Partial<AccountFacts> = {
  dataStack: { found: { status: undefined } },
  serviceStack: { found: { status: undefined } },
  pushAccountSet: undefined,
};

/** What is to be done, and in which order. */
function todos(stage: Stage, facts: Partial<AccountFacts>): readonly string[] {
  return findingsFor(stage, { found: { ...ready, ...facts } })
    .filter(({ state }) => state === 'todo')
    .map(({ check, says, run }) => [`${check}: ${says}`, ...(run ? [run] : [])].join(' $ '));
}

function notes(stage: Stage, facts: Partial<AccountFacts>): readonly string[] {
  return findingsFor(stage, { found: { ...ready, ...facts } })
    .filter(({ state }) => state === 'note')
    .map(({ check, says }) => `${check}: ${says}`);
}

describe('preflight', () => {
  test('has nothing to say against an account that has everything', () => {
    expect(todos(prod, {})).toEqual([]);
    expect(notes(prod, {})).toEqual([
      `alarms: Alarms go to ${alarmsTo}. AWS sends a message there with the first deployment: click its link, or no alarm arrives.`,
      expect.stringMatching(/^dlt: The texts are not registered with carriers in India/),
    ]);
  });

  test.each<readonly [string, Stage, Partial<AccountFacts>, readonly string[]]>([
    [
      'alarms that nobody gets',
      stageNamed('prod'),
      {},
      [
        'settings: alarmsTo: the stage prod has alarms, and nobody who gets them. Say who, with -c alarmsTo=<email> or in the environment variable WEELO_ALARMS_TO.',
      ],
    ],
    [
      'a zone that the account cannot use',
      prod,
      { zones: { found: ['ap-south-1a', 'ap-south-1c'] } },
      [
        "region: The account cannot use ap-south-1b. In the stage's network, name other zones: ap-south-1a, ap-south-1c.",
      ],
    ],
    [
      'no bootstrap',
      prod,
      { bootstrapVersion: { found: undefined } },
      [
        'bootstrap: The CDK has no bootstrap stack in ap-south-1 yet. $ npx cdk bootstrap aws://123456789012/ap-south-1',
      ],
    ],
    [
      'an old bootstrap',
      prod,
      { bootstrapVersion: { found: 5 } },
      [
        'bootstrap: The bootstrap stack in ap-south-1 has version 5. It must be 6 or newer. $ npx cdk bootstrap aws://123456789012/ap-south-1',
      ],
    ],
    [
      'no bootstrap at the edge',
      prod,
      { edgeBootstrapVersion: { found: undefined } },
      [
        'bootstrap: The CDK has no bootstrap stack in us-east-1 yet. $ npx cdk bootstrap aws://123456789012/us-east-1',
      ],
    ],
    ['no bootstrap at an edge that there is not', dev, { edgeBootstrapVersion: undefined }, []],
    [
      'no service-linked role',
      prod,
      { roles: { found: roles.map((each, index) => ({ ...each, exists: index === 2 })) } },
      ['rds', 'elasticache'].map(
        (each) =>
          `roles: The service-linked role of ${each}.amazonaws.com does not exist. The first use of the service can fail without it. $ aws iam create-service-linked-role --aws-service-name ${each}.amazonaws.com`,
      ),
    ],
    [
      "a new account's quota",
      prod,
      { concurrency: { found: { quota: 10, unreserved: 10 } } },
      [
        'concurrency: The account may run 10 functions at a time, and the stage reckons with 1000. Have the quota raised, which takes a day or so, or set accountConcurrency to 10 and reservedConcurrency to {}. $ aws service-quotas request-service-quota-increase --region ap-south-1 --service-code lambda --quota-code L-B99A9384 --desired-value 1000',
      ],
    ],
    [
      'what other stages have reserved',
      prod,
      { ...nothing, concurrency: { found: { quota: 1_000, unreserved: 700 } } },
      [
        'concurrency: The stage reserves 615, but only 700 of the account are not reserved yet, and 100 must stay so. Have the quota raised, or reserve less.',
      ],
    ],
    [
      'no VPC left',
      prod,
      {
        ...nothing,
        concurrency: { found: { quota: 1_000, unreserved: 1_000 } },
        vpcs: { found: { used: 5, quota: 5 } },
      },
      [
        'vpcs: All 5 VPCs that the account may have in ap-south-1 are used. Delete one, use one that exists (docs/stages.md), or have the quota raised. $ aws service-quotas request-service-quota-increase --region ap-south-1 --service-code vpc --quota-code L-F678F1CE --desired-value 6',
      ],
    ],
    [
      'a region without this Aurora',
      prod,
      { auroraOffered: { found: false } },
      [
        expect.stringMatching(
          /^database: ap-south-1 does not offer this version of Aurora PostgreSQL as db.serverless\. .* \$ aws rds describe-orderable-db-instance-options /,
        ) as string,
      ],
    ],
    [
      'a stack that failed',
      prod,
      { dataStack: { found: { status: 'ROLLBACK_FAILED' } } },
      [
        'stacks: weelo-prod-data is ROLLBACK_FAILED. See "If it fails" in docs/runbooks/first-deployment.md.',
      ],
    ],
    [
      'an edge that could not be made',
      prod,
      { edgeStack: { found: { status: 'ROLLBACK_FAILED' } } },
      [
        'stacks: weelo-prod-edge is ROLLBACK_FAILED. See "If it fails" in docs/runbooks/first-deployment.md.',
      ],
    ],
  ])('finds %s', (_, stage, facts, said) => {
    expect(todos(stage, facts)).toEqual(said);
  });

  test('tells a stage with protection that its first deployment is without', () => {
    const first = { ...nothing, concurrency: { found: { quota: 1_000, unreserved: 1_000 } } };
    expect(todos(prod, first)).toEqual([]);
    expect(notes(prod, first)).toContain(
      'stacks: The stage prod is not deployed yet. Its first deployment needs -c protection=off, and a second one right after it does not.',
    );
    expect(notes(dev, first)).toContain('stacks: The stage dev is not deployed yet.');
    expect(notes(prod, first)).toContain(
      'push: Pushes need a Firebase service account, after the first deployment: docs/runbooks/switch-push-on.md.',
    );
  });

  test('warns of a raised quota, with which functions could open too many connections', () => {
    const raised = { concurrency: { found: { quota: 1_000, unreserved: 1_000 } } };
    expect(notes(dev, raised)).toContainEqual(
      expect.stringMatching(
        /^concurrency: The account may run 1000 functions at a time, more than the accountConcurrency of 10\. Together they could open 2001 connections, and the database allows 400\./,
      ),
    );
    // Every function of prod on PostgreSQL has a bound.
    const more = { concurrency: { found: { quota: 9_000, unreserved: 9_000 } } };
    expect(notes(prod, more).filter((each) => each.startsWith('concurrency'))).toEqual([]);
  });

  test('says what keeps codes from arriving, which stops no deployment', () => {
    const sms = { found: { sandbox: true, monthlyLimit: 1, hasSender: false } };
    expect(todos(prod, { sms })).toEqual([]);
    expect(notes(prod, { sms }).filter((each) => each.startsWith('sms'))).toEqual([
      expect.stringContaining('SMS sandbox'),
      expect.stringContaining('no sender WEELO'),
      expect.stringContaining('SMS may cost 1 USD a month, but sms.monthlyUsd says 3000'),
      expect.stringContaining('SMS may cost 1 USD a month, and no more are sent'),
    ]);
  });

  test('says that the push account is empty', () => {
    expect(notes(prod, { pushAccountSet: { found: false } })).toContainEqual(
      expect.stringContaining('No push is sent'),
    );
  });

  test('without credentials only checks the settings', () => {
    const said = findingsFor(prod, { refused: 'CredentialsProviderError: none' });
    expect(said.map(({ check, state }) => `${check} ${state}`)).toEqual([
      'settings done',
      'alarms note',
      'credentials todo',
    ]);
  });

  test('puts what takes a day before what is done at once', () => {
    const said = todos(stageNamed('prod'), {
      ...nothing,
      zones: { found: [] },
      bootstrapVersion: { found: undefined },
      concurrency: { found: { quota: 10, unreserved: 10 } },
      roles: { found: roles.map((each) => ({ ...each, exists: false })) },
      vpcs: { found: { used: 5, quota: 5 } },
      auroraOffered: { found: false },
    });
    const order = said.map((each) => each.split(':')[0]);
    expect([...new Set(order)]).toEqual([
      'settings',
      'region',
      'concurrency',
      'bootstrap',
      'roles',
      'vpcs',
      'database',
    ]);
  });
});

describe('preflight of stores that exist', () => {
  const found: FoundDatabase = {
    engine: 'postgres',
    status: 'available',
    host: 'weelo-main.abcdefghijkl.ap-south-1.rds.amazonaws.com',
    port: 5432,
    securityGroupIds: ['sg-0a1b2c3d4e5f60714'],
    instanceClass: 'db.m6g.xlarge',
  };
  const endpoint = (service: string) => ({
    service,
    privateDns: service !== 'dynamodb',
    securityGroupIds: service === 'dynamodb' ? [] : ['sg-0a1b2c3d4e5f60713'],
    routeTableIds: service === 'dynamodb' ? ['rtb-0a1b2c3d4e5f60711', 'rtb-0a1b2c3d4e5f60712'] : [],
  });
  const network: FoundNetwork = {
    subnets: [
      { subnetId: 'subnet-0a1b2c3d4e5f60711', vpcId: 'vpc-0a1b2c3d4e5f60718', zone: 'ap-south-1a' },
      { subnetId: 'subnet-0a1b2c3d4e5f60712', vpcId: 'vpc-0a1b2c3d4e5f60718', zone: 'ap-south-1b' },
    ],
    endpoints: ['sqs', 'secretsmanager', 'dynamodb'].map(endpoint),
  };
  const theirs: Partial<AccountFacts> = {
    vpcs: undefined,
    auroraOffered: undefined,
    network: { found: network },
    database: { found },
    ownerSecretExists: { found: true },
  };
  const withDatabase = (change: Partial<FoundDatabase>) => ({
    ...theirs,
    database: { found: { ...found, ...change } },
  });
  const withNetwork = (change: Partial<FoundNetwork>) => ({
    ...theirs,
    network: { found: { ...network, ...change } },
  });

  test('has nothing to say against those that are as the stage says', () => {
    expect(todos(takeover, theirs)).toEqual([]);
  });

  test.each<readonly [string, Partial<AccountFacts>, readonly string[]]>([
    [
      'no database',
      { ...theirs, database: { found: undefined } },
      [
        'database: There is no DB instance weelo-main in ap-south-1. Set database.identifier and database.engine to one that exists.',
      ],
    ],
    [
      'a database that is otherwise',
      withDatabase({
        host: 'h',
        port: 1,
        securityGroupIds: ['sg-1'],
        instanceClass: 'db.t3.micro',
      }),
      [
        'database: Set database.host to h.',
        'database: Set database.port to 1.',
        'database: Set database.securityGroupId to one that the database is in: sg-1.',
        'database: Set database.instanceClass to db.t3.micro.',
      ],
    ],
    [
      'a database of another make, that is asleep',
      withDatabase({ engine: 'mysql', status: 'stopped' }),
      [
        'database: weelo-main runs mysql. Weelo needs PostgreSQL: set another database.identifier.',
        'database: weelo-main is stopped. Wait until it is available, or start it.',
      ],
    ],
    [
      'no secret of the owner',
      { ...theirs, ownerSecretExists: { found: false } },
      [expect.stringMatching(/^database: There is no secret arn:aws:secretsmanager:/) as string],
    ],
    [
      'subnets that are elsewhere',
      withNetwork({
        subnets: [
          { subnetId: 'subnet-0a1b2c3d4e5f60711', vpcId: 'vpc-1', zone: 'ap-south-1a' },
          {
            subnetId: 'subnet-0a1b2c3d4e5f60712',
            vpcId: 'vpc-0a1b2c3d4e5f60718',
            zone: 'ap-south-1c',
          },
        ],
      }),
      [
        'network: subnet-0a1b2c3d4e5f60711 is in vpc-1. Name a subnet of vpc-0a1b2c3d4e5f60718.',
        'network: Set the zone of subnet-0a1b2c3d4e5f60712 to ap-south-1c.',
      ],
    ],
    [
      'no subnet',
      withNetwork({ subnets: network.subnets.slice(0, 1) }),
      ['network: There is no subnet subnet-0a1b2c3d4e5f60712. Name one of vpc-0a1b2c3d4e5f60718.'],
    ],
    [
      'no endpoints',
      withNetwork({ endpoints: [] }),
      [
        ...['sqs', 'secretsmanager'].map(
          (each) =>
            `network: vpc-0a1b2c3d4e5f60718 has no endpoint of ${each} with a private name in sg-0a1b2c3d4e5f60713. Make one, or set network.endpoints to new ones.`,
        ),
        ...['rtb-0a1b2c3d4e5f60711', 'rtb-0a1b2c3d4e5f60712'].map(
          (each) =>
            `network: The route table ${each} does not lead to DynamoDB. Add it to a gateway endpoint of DynamoDB.`,
        ),
      ],
    ],
  ])('finds %s', (_, facts, said) => {
    expect(todos(takeover, facts)).toEqual(said);
  });

  test('finds endpoints that new ones would collide with', () => {
    const { network: existing } = takeover;
    if (existing.kind !== 'existing') throw new Error('The example has a new network');
    const stage: Stage = {
      ...takeover,
      network: { ...existing, endpoints: { kind: 'new', endpointZones: 1 } },
    };
    expect(todos(stage, theirs)).toEqual([
      "network: vpc-0a1b2c3d4e5f60718 has endpoints of sqs and secretsmanager already, with the private names that clients use. Set network.endpoints to them: { kind: 'existing', … }.",
    ]);
    expect(todos(stage, withNetwork({ endpoints: [] }))).toEqual([]);
  });
});

describe('the command', () => {
  test('takes a stage, and the choices that the CDK takes', () => {
    const given = ['demo', '--like', 'prod', '--alarmsTo', 'anna@example.com', '--json'];
    expect(preflightOptions(given, {})).toEqual({
      stage: stageNamed('demo', { like: 'prod', alarmsTo: 'anna@example.com' }),
      json: true,
    });
    expect(preflightOptions(['prod'], { WEELO_ALARMS_TO: alarmsTo })).toEqual({
      stage: prod,
      json: false,
    });
  });

  test.each([[[]], [['prod', 'dev']], [['prod', '--jsno']]])('refuses %j', (given) => {
    expect(() => preflightOptions(given, {})).toThrow(/^Usage: npm run preflight -- <stage>/);
  });

  test('numbers what is to be done', () => {
    const findings = findingsFor(prod, {
      found: {
        ...ready,
        bootstrapVersion: { found: undefined },
        roles: { found: roles.map((each, index) => ({ ...each, exists: index > 0 })) },
      },
    });
    const said = report('prod', findings).split('\n');
    expect(said[0]).toBe('ok   settings: The stage can be synthesized.');
    expect(said).toContain('TODO 1. bootstrap: The CDK has no bootstrap stack in ap-south-1 yet.');
    expect(said.find((each) => each.startsWith('TODO 2.'))).toContain('rds.amazonaws.com');
    expect(said.at(-1)).toBe(
      'To do before the stage prod is deployed: 2, in the order of their numbers.',
    );
    expect(isReady(findings)).toBe(false);
    expect(JSON.parse(reportAsJson('prod', findings))).toEqual({
      stage: 'prod',
      ready: false,
      findings,
    });
  });

  test('says when nothing is left', () => {
    const findings = findingsFor(prod, { found: ready });
    expect(isReady(findings)).toBe(true);
    expect(report('prod', findings)).toMatch(/\n\nThe stage prod can be deployed\.$/);
  });
});
