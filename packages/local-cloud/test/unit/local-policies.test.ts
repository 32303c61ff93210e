import { describe, expect, test } from 'vitest';
import { NetworkRules } from '../../src/access/network-rules.ts';
import { Policies } from '../../src/access/policies.ts';
import type { CloudValues } from '../../src/template/cloud-values.ts';

const roleArn = 'arn:aws:iam::1:role/worker';
const table = 'arn:aws:dynamodb:r:1:table/orders';

interface Fake {
  readonly type: string;
  readonly ref?: string;
  readonly properties: Record<string, unknown>;
}

/** The values of a template with just these resources. */
function valuesOf(...fakes: Fake[]): CloudValues {
  const values = {
    account: { region: 'ap-south-1', accountId: '1' },
    resources: (...types: string[]) => fakes.filter(({ type }) => types.includes(type)),
    properties: (fake: Fake) => fake.properties,
    property: (fake: Fake, name: string) => fake.properties[name],
    refOf: (fake: Fake) => fake.ref ?? 'a-policy',
    arnOf: () => roleArn,
  };
  return values as unknown as CloudValues;
}

const role = (properties: object = {}): Fake => ({
  type: 'AWS::IAM::Role',
  ref: 'worker',
  properties: { ...properties },
});
const policy = (...Statement: object[]): Fake => ({
  type: 'AWS::IAM::Policy',
  properties: { Roles: ['worker'], PolicyDocument: { Statement } },
});
const allow = (Action: unknown, Resource: unknown = '*', more = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const refusal = (action: string, resource: string, ...fakes: Fake[]) =>
  new Policies(valuesOf(...fakes)).refusalOf({ roleArn, action, resource });

describe('a role', () => {
  test.each([
    ['by name', allow('dynamodb:GetItem', table)],
    ['in any case', allow('DynamoDB:getitem', table)],
    ['one of a list', allow(['sqs:*', 'dynamodb:Get*'], ['x', `${table.slice(0, -2)}??`])],
    ['by what is left out', { Effect: 'Allow', NotAction: 'sqs:*', NotResource: 'arn:aws:s3:*' }],
    [
      'under a condition that holds',
      allow('dynamodb:*', '*', {
        Condition: { StringEquals: { 'aws:RequestedRegion': 'ap-south-1' } },
      }),
    ],
  ])('is allowed %s', (_, statement) => {
    expect(refusal('dynamodb:GetItem', table, role(), policy(statement))).toBeUndefined();
  });

  test.each([
    ['nothing is said', []],
    ['another action is', [allow('dynamodb:PutItem', table)]],
    ['a part of the name is', [allow('dynamodb:Get', table)]],
    ['another table is', [allow('dynamodb:GetItem', `${table}-2`)]],
    ['what is left out is', [{ Effect: 'Allow', NotAction: 'dynamodb:*', Resource: '*' }]],
    [
      'its condition does not hold',
      [allow('dynamodb:*', '*', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
    ],
  ])('is refused where %s allowed', (_, statements) => {
    expect(refusal('dynamodb:GetItem', table, role(), policy(...statements))).toEqual({
      because: 'because no identity-based policy allows the dynamodb:GetItem action',
    });
  });

  test('is refused what is denied anywhere', () => {
    const denied = { Effect: 'Deny', Action: 'dynamodb:*', Resource: table };
    const found = refusal('dynamodb:GetItem', table, role(), policy(allow('*')), policy(denied));
    expect(found?.because).toContain('explicit deny');
  });

  test('has inline and managed policies, and not those of others', () => {
    const document = { PolicyDocument: { Statement: allow('sqs:SendMessage') } };
    const managed: Fake = {
      type: 'AWS::IAM::ManagedPolicy',
      ref: 'arn:managed',
      properties: document,
    };
    const others: Fake = {
      type: 'AWS::IAM::Policy',
      properties: { ...document, Roles: ['other'] },
    };
    const send = (...fakes: Fake[]) => refusal('sqs:SendMessage', 'q', ...fakes);
    expect(send(role({ Policies: [document] }))).toBeUndefined();
    expect(send(role({ ManagedPolicyArns: ['arn:managed'] }), managed)).toBeUndefined();
    expect(send(role(), managed)).toBeDefined();
    expect(send(role(), others)).toBeDefined();
  });

  test('with a condition nobody can decide here is an error, not a guess', () => {
    const hours = { DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } };
    const statement = allow('sqs:*', '*', { Condition: hours });
    expect(() => refusal('sqs:SendMessage', 'q', role(), policy(statement))).toThrow(
      'has the condition DateLessThan aws:CurrentTime, which the local cloud cannot decide',
    );
  });
});

describe('the network', () => {
  const inside = { name: 'worker', insideVpc: true };
  const outside = { name: 'notify', insideVpc: false };
  const endpoint = (service: string): Fake => ({
    type: 'AWS::EC2::VPCEndpoint',
    properties: { ServiceName: `com.amazonaws.ap-south-1.${service}` },
  });

  test('leads out of the VPC by endpoints alone', () => {
    const rules = new NetworkRules(
      valuesOf(endpoint('sqs'), endpoint('execute-api'), endpoint('geo.places')),
    );
    expect(rules.refusalOf(inside, 'sqs')).toBeUndefined();
    expect(rules.refusalOf(inside, 'geo-places')).toBeUndefined();
    expect(rules.refusalOf(inside, 'dynamodb')).toContain('add a VPC endpoint');
    // Its endpoint leads to private REST APIs alone.
    expect(rules.refusalOf(inside, 'execute-api')).toContain('worker is in the VPC');
    expect(rules.refusalOfHost(inside, 'fcm.googleapis.com')).toContain(
      'cannot reach fcm.googleapis.com',
    );
  });

  test('stops nobody outside, nor behind a NAT gateway', () => {
    expect(new NetworkRules(valuesOf()).refusalOf(outside, 'dynamodb')).toBeUndefined();
    const nat = new NetworkRules(valuesOf({ type: 'AWS::EC2::NatGateway', properties: {} }));
    expect(nat.refusalOf(inside, 'dynamodb')).toBeUndefined();
    expect(nat.refusalOfHost(inside, 'example.com')).toBeUndefined();
  });
});
