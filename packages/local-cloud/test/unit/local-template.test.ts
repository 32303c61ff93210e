import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readAssembly } from '../../src/template/assembly.ts';
import { CloudValues } from '../../src/template/cloud-values.ts';
import { inOrder } from '../../src/template/order.ts';

const folder = mkdtempSync(join(tmpdir(), 'template-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An assembly of two stacks, `first` and `second`, in which the second depends on the first. */
async function assemblyOf(first: object, second: object = {}) {
  const write = (name: string, content: object) =>
    writeFileSync(join(folder, name), JSON.stringify(content));
  const stack = (name: string, dependencies: string[]) => ({
    type: 'aws:cloudformation:stack',
    environment: 'aws://unknown-account/ap-south-1',
    properties: { templateFile: `${name}.json` },
    dependencies,
  });
  write('first.json', first);
  write('second.json', second);
  const assets = { type: 'cdk:asset-manifest' };
  write('second.assets.json', {
    files: {
      a1: { source: { path: 'asset.a1' }, destinations: { here: { objectKey: 'a1.zip' } } },
    },
  });
  write('manifest.json', {
    artifacts: {
      second: stack('second', ['first']),
      first: stack('first', []),
      'second.assets': assets,
    },
  });
  return readAssembly(folder);
}

async function valuesOf(first: object, second: object = {}, secret?: string) {
  const assembly = await assemblyOf(first, second);
  const addresses = {
    postgres: { host: '127.0.0.1', port: 5433 },
    redis: { host: '127.0.0.1', port: 6390 },
    aws: 'http://127.0.0.1:4566',
  };
  return new CloudValues({ assembly, addresses, readSecret: () => secret });
}

/** What a value in a stack with some resources becomes. */
async function resolved(value: unknown, rest: object = {}, secret?: string) {
  const probe = { Type: 'AWS::SSM::Parameter', Properties: { Value: value } };
  const Resources = { ...resources, Probe: probe };
  const values = await valuesOf({ ...rest, Resources }, {}, secret);
  const found = values.resources().find(({ id }) => id === 'Probe');
  return values.property(found as never, 'Value');
}

/** As the CDK writes it. */
function outputOf(StackName: string, OutputName: string) {
  return { 'Fn::GetStackOutput': { StackName, OutputName, Region: { Ref: 'AWS::Region' } } };
}

const resources = {
  Queue: { Type: 'AWS::SQS::Queue' },
  Named: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'by-name' } },
  Cluster: { Type: 'AWS::RDS::DBCluster' },
  Api: { Type: 'AWS::ApiGatewayV2::Api' },
};

describe('intrinsics', () => {
  test.each<[string, unknown, unknown]>([
    [
      'pseudo parameters',
      { 'Fn::Sub': '${AWS::Region}/${AWS::AccountId}/${AWS::Partition}' },
      'ap-south-1/000000000000/aws',
    ],
    ['the name of the stack', { Ref: 'AWS::StackName' }, 'first'],
    ['Ref', { Ref: 'Named' }, 'http://127.0.0.1:4566/000000000000/by-name'],
    [
      'Fn::GetAtt',
      { 'Fn::GetAtt': ['Queue', 'Arn'] },
      'arn:aws:sqs:ap-south-1:000000000000:first-Queue',
    ],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Cluster.Endpoint.Port' }, '5433'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 3]] }, 'a-ap-south-1-3'],
    [
      'Fn::Sub with its own values',
      { 'Fn::Sub': ['${One} ${Queue.QueueName} ${!Literal}', { One: 1 }] },
      '1 first-Queue ${Literal}',
    ],
    ['Fn::Select and Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'large'] }, 7],
    ['Fn::If', { 'Fn::If': ['IsHere', 'yes', 'no'] }, 'yes'],
    ['Fn::If of a condition that does not hold', { 'Fn::If': ['IsThere', 'yes', 'no'] }, 'no'],
    ['AWS::NoValue', { kept: 1, gone: { Ref: 'AWS::NoValue' } }, { kept: 1 }],
    ['a parameter', { Ref: 'Size' }, 'default size'],
    [
      'a condition of a policy',
      { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ],
  ])('%s', async (_, value, expected) => {
    const rest = {
      Parameters: { Size: { Default: 'default size' } },
      Mappings: { Sizes: { 'ap-south-1': { large: 7 } } },
      Conditions: {
        IsHere: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'ap-south-1'] },
        IsThere: { 'Fn::Not': [{ Condition: 'IsHere' }] },
      },
    };
    expect(await resolved(value, rest)).toEqual(expected);
  });

  test('a secret is read where the template refers to one', async () => {
    const text =
      '{{resolve:secretsmanager:arn:aws:secretsmanager:r:1:secret:s-123456:SecretString:user::}}';
    expect(await resolved(text, {}, '{"user":"owner"}')).toBe('owner');
    await expect(resolved(text)).rejects.toThrow('has no value');
  });

  test.each<[unknown, string]>([
    [{ 'Fn::Transform': {} }, 'first uses Fn::Transform, which the local cloud does not know'],
    [{ Ref: 'Nobody' }, 'first refers to Nobody, which is neither a resource nor a parameter'],
    [{ 'Fn::GetAtt': ['Queue', 'Colour'] }, 'asks for Colour of Queue (AWS::SQS::Queue)'],
    [{ 'Fn::ImportValue': 'nobody:exports' }, 'No stack exports nobody:exports'],
    [outputOf('third', 'Out'), 'first reads Out of third, which is not among the stacks'],
    [outputOf('first', 'Out'), 'first reads Out of first, which has no such output'],
    [outputOf('second', 'Out'), 'first reads Out of second, which is deployed after it'],
    ['{{resolve:ssm:/parameter}}', 'a store that the local cloud does not have'],
  ])('%j is refused by name', async (value, sentence) => {
    await expect(resolved(value)).rejects.toThrow(sentence);
  });
});

test.each([
  ['exports', { 'Fn::ImportValue': 'first:Arn' }],
  ['puts out', outputOf('first', 'Out')],
])('one stack sees what another %s, and is read after it', async (_, Name) => {
  const first = {
    Resources: resources,
    Outputs: { Out: { Value: { 'Fn::GetAtt': ['Named', 'Arn'] }, Export: { Name: 'first:Arn' } } },
  };
  const second = { Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { Name } } } };
  const assembly = await assemblyOf(first, second);
  expect(assembly.stacks.map(({ name }) => name)).toEqual(['first', 'second']);
  expect(assembly.assets.get('a1.zip')).toBe(join(folder, 'asset.a1'));
  const values = await valuesOf(first, second);
  const [topic] = values.resources('AWS::SNS::Topic');
  expect(values.property(topic as never, 'Name')).toBe(
    'arn:aws:sqs:ap-south-1:000000000000:by-name',
  );
});

test('resources whose condition does not hold are not there', async () => {
  const values = await valuesOf({
    Conditions: { Never: { 'Fn::Equals': [1, 2] } },
    Resources: { Kept: resources.Queue, Left: { ...resources.Queue, Condition: 'Never' } },
  });
  expect(values.resources().map(({ id }) => id)).toEqual(['Kept']);
});

describe('the order of resources', () => {
  const order = async (Resources: object) => {
    const { stacks } = await assemblyOf({ Resources });
    return inOrder(stacks[0] as never).map(({ id }) => id);
  };

  test('is that of what they name and depend on', async () => {
    const uses = (Value: unknown) => ({ Type: 'Custom::Any', Properties: { Value } });
    expect(
      await order({
        A: uses({ 'Fn::Sub': 'x ${B.Arn}' }),
        B: uses([{ deep: { 'Fn::GetAtt': ['C', 'Arn'] } }]),
        C: { Type: 'Custom::Any', DependsOn: ['D'] },
        D: { Type: 'Custom::Any', DependsOn: 'E' },
        E: uses({ Ref: 'AWS::Region' }),
      }),
    ).toEqual(['E', 'D', 'C', 'B', 'A']);
  });

  test('cannot be a circle', async () => {
    const circle = order({ A: { Type: 'X', DependsOn: 'B' }, B: { Type: 'X', DependsOn: 'A' } });
    await expect(circle).rejects.toThrow('in a circle: A → B → A');
  });
});
