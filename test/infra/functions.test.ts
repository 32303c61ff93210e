import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Variable } from '../../src/contract/environment.ts';
import {
  functionNames,
  functions,
  type FunctionName,
  variablesOf,
} from '../../src/contract/functions.ts';
import { stageNamed } from '../../lib/parts/stages.ts';
import { everyFunction, pathOf, synthesized } from './synth.ts';

const staging = synthesized('staging');

const Environment = z.object({ Variables: z.record(z.string(), z.unknown()) });
const environmentOf = (name: FunctionName) =>
  Environment.parse(staging.functionNamed(name).Properties['Environment']).Variables;

const VpcConfig = z.object({
  SubnetIds: z.array(z.unknown()),
  SecurityGroupIds: z.array(z.unknown()),
});

const inside: readonly FunctionName[] = [
  'system',
  'auth',
  'orders',
  'fleet',
  'trips',
  'socket-message',
  'socket-poll',
  'dispatch',
  'reconcile',
  'migrate',
  'operate',
];

describe.each(everyFunction)('%s', (name) => {
  const resource = staging.functionNamed(name);

  test('runs Node 24 on x86-64, traced', () => {
    expect(resource.Properties).toMatchObject({
      FunctionName: `weelo-staging-${name}`,
      Handler: `functions/${name}.handler`,
      Runtime: 'nodejs24.x',
      Architectures: ['x86_64'],
      TracingConfig: { Mode: 'Active' },
      Timeout: functions[name].timeoutSeconds,
    });
  });

  test('logs to a group of its own, for as long as the stage says', () => {
    const group = staging.one('AWS::Logs::LogGroup', `Functions/${name}/`);
    expect(group.Properties).toEqual(
      expect.objectContaining({ LogGroupName: `/weelo/staging/${name}`, RetentionInDays: 30 }),
    );
    const { LoggingConfig } = z
      .object({ LoggingConfig: z.object({ LogGroup: z.unknown() }) })
      .parse(resource.Properties);
    expect(staging.say(LoggingConfig.LogGroup)).toBe(`<${pathOf(group)}>`);
  });

  test('has its variables and no others', () => {
    const powertools = [
      'POWERTOOLS_LOG_LEVEL',
      'POWERTOOLS_METRICS_NAMESPACE',
      'POWERTOOLS_SERVICE_NAME',
    ];
    const expected = [...variablesOf(name), ...powertools];
    expect(Object.keys(environmentOf(name)).toSorted()).toEqual(expected.toSorted());
    expect(environmentOf(name)).toMatchObject({
      WEELO_STAGE: 'staging',
      POWERTOOLS_SERVICE_NAME: name,
      POWERTOOLS_METRICS_NAMESPACE: 'Weelo/staging',
    });
  });

  test('has the expected value in each variable', () => {
    for (const variable of variablesOf(name)) {
      const expected = { ...meant, ...meantFor[name] }[variable];
      expect(`${variable}=${staging.say(environmentOf(name)[variable])}`).toBe(
        `${variable}=${expected}`,
      );
    }
  });

  test('is on its side of the VPC, in front of the doors that it uses', () => {
    const config = VpcConfig.optional().parse(resource.Properties['VpcConfig']);
    expect(config !== undefined).toBe(inside.includes(name));
    const groups = config?.SecurityGroupIds.map((each) => staging.say(each)) ?? [];
    expect(groups.toSorted()).toEqual([...(doorsOf[name] ?? [])].toSorted());
  });

  test('has the data layer if it uses PostgreSQL', () => {
    const layers = z.array(z.unknown()).default([]).parse(resource.Properties['Layers']);
    const speaks = variablesOf(name).includes('DATABASE_HOST');
    expect(layers.map((each) => staging.say(each))).toEqual(speaks ? ['<DataLayer>'] : []);
  });
});

test('functions that the CDK adds have the same runtime, and every function is known', () => {
  const made = staging.ofType('AWS::Lambda::Function');
  for (const { Properties } of made) {
    expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['x86_64'] });
  }
  expect(made).toHaveLength(functionNames.length + 2);
});

test.each([
  ['dev', 5],
  ['staging', 5],
  ['prod', 50],
])('in %s it takes %i addresses to use up what strangers may of a day of codes', (name, least) => {
  const { perAddress, perDay, keptShare } = stageNamed(name).codes;
  expect(keptShare).toBeGreaterThan(0);
  expect((perDay * (1 - keptShare)) / perAddress).toBeGreaterThanOrEqual(least);
});

test('on one machine no address has its own limit, and no account is looked up', () => {
  const { perAddress, perDay, keptShare } = stageNamed('local').codes;
  expect([perAddress, keptShare]).toEqual([perDay, 0]);
});

const outerDoors = ['<Network/Endpoints/Clients>', '<Network/DynamoDbClients>'];
const stores = [...outerDoors, '<Database/ProxyDoor/Clients>', '<Cache/Door/Clients>'];

const doorsOf: Partial<Record<FunctionName, readonly string[]>> = {
  ...Object.fromEntries(inside.map((name) => [name, stores])),
  migrate: [...outerDoors, '<Database/Door/Clients>'],
};

const meant: Readonly<Record<Variable, string>> = {
  WEELO_STAGE: 'staging',
  DATABASE_HOST: '<DatabaseProxy/Proxy.Endpoint>',
  DATABASE_PORT: '<Database/Cluster.Endpoint.Port>',
  DATABASE_NAME: 'weelo',
  DATABASE_TLS: 'verify-full',
  DATABASE_SECRET_ARN: '<Database/ServiceSecret>',
  DATABASE_SLEEPS: 'no',
  DATABASE_SERVICE_SECRET_ARN: '<Database/ServiceSecret>',
  REDIS_URL: 'rediss://<Cache/Cache.Endpoint.Address>:<Cache/Cache.Endpoint.Port>',
  REDIS_MODE: 'cluster',
  IDEMPOTENCY_TABLE: '<Tables/Idempotency>',
  CONNECTIONS_TABLE: '<Tables/Connections>',
  STATE_TABLE: '<Tables/State>',
  DISPATCH_QUEUE_URL: '<Dispatch/Queue>',
  NOTIFY_QUEUE_URL: '<Notify/Queue>',
  DISPATCH_DEAD_LETTERS_URL: '<Dispatch/DeadLetters>',
  NOTIFY_DEAD_LETTERS_URL: '<Notify/DeadLetters>',
  CONNECTIONS_API_URL: 'https://<RealtimeApi/Api>.execute-api.ap-south-1.<AWS::URLSuffix>/ws',
  EVENT_BUS_NAME: '<DomainEvents/Bus>',
  SIGNING_KEYS_SECRET_ARN: '<SigningKeys/Private>',
  PUBLIC_KEYS_SECRET_ARN: '<SigningKeys/Public>',
  TRIP_CODE_SECRET_ARN: '<TripCodeKey/Secret>',
  PUSH_SECRET_ARN: '<PushAccount/Secret>',
  EDGE_SECRET_ARN: '<EdgeSecret/Secret>',
  CODE_KEY_SECRET_ARN: '<CodeKey/Secret>',
  SMS_SENDER: 'WEELO',
  SMS_DLT: 'null',
  PLACES_SOURCE: 'amazon-location',
  TEST_CODES_TABLE: '<TestCodes/Table>',
  API_URL: 'us-east-1/weelo-staging-edge',
  OTP_SENDS_PER_PREFIX: '50',
  OTP_SENDS_PER_ADDRESS: '100',
  OTP_SENDS_PER_DAY: '1000',
  OTP_KEPT_SHARE: '0.5',
};

/** migrate goes to the writer itself, as the owner. */
const meantFor: Partial<Record<FunctionName, Partial<Record<Variable, string>>>> = {
  migrate: {
    DATABASE_HOST: '<Database/Cluster.Endpoint.Address>',
    DATABASE_SECRET_ARN: '<Database/OwnerSecret>',
  },
};
