import { expect, test } from 'vitest';
import { missingPermissions } from '../../local/events/invoke-permissions.ts';
import type { CloudValues } from '../../local/template/cloud-values.ts';

const functionArn = (name: string) => `arn:aws:lambda:ap-south-1:1:function:${name}`;
const ruleArn = 'arn:aws:events:ap-south-1:1:rule/hourly';
const apiArn = 'arn:aws:execute-api:ap-south-1:1:api1/*/*/orders';
const uri = `arn:aws:apigateway:r:lambda:path/2015-03-31/functions/${functionArn('front')}/invocations`;

interface Fake {
  readonly type: string;
  readonly path: string;
  readonly properties: object;
}

const callers: readonly Fake[] = [
  {
    type: 'AWS::Events::Rule',
    path: 'app/Hourly',
    properties: { Targets: [{ Arn: functionArn('tick') }, { Arn: 'arn:aws:sqs:r:1:queue' }] },
  },
  {
    type: 'AWS::ApiGatewayV2::Integration',
    path: 'app/Api/Front',
    properties: { ApiId: 'api1', IntegrationUri: uri },
  },
];

/** What is missing from a template with both callers and these permissions. */
function missing(...permissions: object[]): readonly string[] {
  const type = 'AWS::Lambda::Permission';
  const given = permissions.map((properties): Fake => ({ type, path: 'app/P', properties }));
  const values = {
    resources: (wanted: string) => [...callers, ...given].filter((each) => each.type === wanted),
    properties: (fake: Fake) => fake.properties,
    arnOf: () => ruleArn,
  };
  return missingPermissions(values as unknown as CloudValues);
}

const events = { FunctionName: functionArn('tick'), Principal: 'events.amazonaws.com' };
const gateway = { FunctionName: 'front', Principal: 'apigateway.amazonaws.com' };
const tickMissing =
  'app/Hourly may not call tick in the cloud: add an AWS::Lambda::Permission for events.amazonaws.com to the template.';
const frontMissing =
  'app/Api/Front may not call front in the cloud: add an AWS::Lambda::Permission for apigateway.amazonaws.com to the template.';

test('without permissions, a rule and an API each miss theirs; a queue needs none', () => {
  expect(missing()).toEqual([tickMissing, frontMissing]);
});

test.each([
  ['any source', {}, {}],
  ['the caller itself', { SourceArn: ruleArn }, { SourceArn: apiArn }],
])('a permission for %s is enough', (_, forRule, forApi) => {
  expect(missing({ ...events, ...forRule }, { ...gateway, ...forApi })).toEqual([]);
});

test.each([
  ['for another function', { FunctionName: 'other' }],
  ['for another service', { Principal: 's3.amazonaws.com' }],
  ['for another source', { SourceArn: 'arn:aws:execute-api:ap-south-1:1:api2/*/*' }],
])('a permission %s is not', (_, wrong) => {
  expect(missing({ ...events, ...wrong }, { ...gateway, ...wrong })).toEqual([
    tickMissing,
    frontMissing,
  ]);
});
