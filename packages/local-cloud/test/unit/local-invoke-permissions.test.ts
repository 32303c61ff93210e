import { describe, expect, test } from 'vitest';
import { isArnLike } from '../../src/protocol/patterns.ts';
import { sourceArnOf } from '../../src/gateway/source-arn.ts';
import { Permission, permits } from '../../src/lambda/permission.ts';

const account = { accountId: '111122223333', region: 'ap-south-1' };
const api = 'arn:aws:execute-api:ap-south-1:111122223333:api1';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
describe('an ARN is like a pattern', () => {
  test.each([
    [`${api}/$default/GET/pets`, `${api}/$default/GET/pets`],
    [`${api}/*`, `${api}/$default/GET/pets`],
    [`${api}/*/*/*`, `${api}/$default/GET/pets/{id}`],
    [`${api}/*/*/pets/{id}`, `${api}/$default/GET/pets/{id}`],
    [`${api}*$connect`, `${api}/ws/$connect`],
    ['arn:aws:execute-api:*:*:api?/*', `${api}/ws/$connect`],
    ['arn:aws:logs:*:*:group:*', 'arn:aws:logs:ap-south-1:111122223333:group:a:b'],
  ])('%s: %s', (pattern, arn) => expect(isArnLike(pattern, arn)).toBe(true));

  test.each([
    ['with a segment too few', `${api}/*/*/*`, `${api}/$default/$default`],
    ['over a colon', 'arn:aws:*:api1/ws/$connect', `${api}/ws/$connect`],
    ['in its beginning alone', api, `${api}/ws/$connect`],
    ['in another case', `${api}/*/get/*`, `${api}/$default/GET/pets`],
    ['with no character for a question mark', `${api}?/ws/$connect`, `${api}/ws/$connect`],
    ['where a dot is a dot', `${api}/ws/a.b`, `${api}/ws/a-b`],
    ['as a text', '*', `${api}/ws/$connect`],
    ['that is none', '*:*:*:*:*:*', 'nothing'],
  ])('but not %s', (_, pattern, arn) => expect(isArnLike(pattern, arn)).toBe(false));
});

test.each([
  ['GET /pets/{id}', '$default', '$default/GET/pets/{id}'],
  ['GET /', 'v1', 'v1/GET/'],
  ['ANY /{proxy+}', '$default', '$default/ANY/{proxy+}'],
  ['$default', '$default', '$default/$default'],
  ['$connect', 'ws', 'ws/$connect'],
  ['place order', 'ws', 'ws/place order'],
])('the route %s of the stage %s calls for %s', (routeKey, stage, resource) => {
  expect(sourceArnOf({ apiId: 'api1', stage }, routeKey, account)).toBe(`${api}/${resource}`);
});

// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
describe('a permission', () => {
  const arn = 'arn:aws:lambda:ap-south-1:111122223333:function:front';
  const call = {
    service: 'apigateway.amazonaws.com',
    sourceArn: `${api}/$default/GET/pets`,
    functionName: 'front',
  };
  const given = {
    FunctionName: 'front',
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
    SourceArn: `${api}/*/*/*`,
  };
  const isGood = (change: object, more: object = {}) =>
    permits(Permission.parse({ ...given, ...change }), { ...call, ...more }, account.accountId);

  test.each([
    ['as the CDK makes it', {}],
    ['of the ARN', { FunctionName: arn }],
    ['of a part of the ARN', { FunctionName: '111122223333:function:front' }],
    ['of every action', { Action: 'lambda:*' }],
    ['of an action in another case', { Action: 'lambda:invokeFunction' }],
    ['for everybody', { Principal: '*' }],
    ['for any source', { SourceArn: undefined }],
    ['for this account', { SourceAccount: '111122223333' }],
  ])('%s lets the call through', (_, change) => expect(isGood(change)).toBe(true));

  test.each([
    ['of another function', { FunctionName: 'back' }],
    ['of an alias', { FunctionName: `${arn}:live` }],
    ['of another action', { Action: 'lambda:InvokeFunctionUrl' }],
    ['for another service', { Principal: 'events.amazonaws.com' }],
    ['for another source', { SourceArn: `${api}/*/POST/*` }],
    ['for another account', { SourceAccount: '444455556666' }],
    ['for a function URL', { FunctionUrlAuthType: 'NONE' }],
    ['for a call by function URL', { InvokedViaFunctionUrl: true }],
    ['for an organization', { PrincipalOrgID: 'o-a1b2c3d4e5' }],
    ['for one Alexa skill', { EventSourceToken: 'skill' }],
  ])('%s does not', (_, change) => expect(isGood(change)).toBe(false));

  test('of an alias is for calls of that alias', () => {
    const functionName = `${arn}:live`;
    expect(isGood({ FunctionName: 'front:live' }, { functionName })).toBe(true);
    expect(isGood({ FunctionName: 'front:next' }, { functionName })).toBe(false);
    expect(isGood({ FunctionName: 'front' }, { functionName })).toBe(false);
  });
});
