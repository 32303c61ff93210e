import { describe, expect, test } from 'vitest';
import type { ResolvedResource } from '../../src/gateway/api-resources.ts';
import { describeApis } from '../../src/gateway/describe.ts';

const arn = (name: string) => `arn:aws:lambda:ap-south-1:123456789012:function:${name}`;
const uri = (name: string) =>
  `arn:aws:apigateway:ap-south-1:lambda:path/2015-03-31/functions/${arn(name)}/invocations`;

/** A resource whose `Ref` is its logical id in lower case, as a local value might be. */
function resource(logicalId: string, type: string, properties: object): ResolvedResource {
  return {
    logicalId,
    type: `AWS::ApiGatewayV2::${type}`,
    ref: logicalId.toLowerCase(),
    properties,
  };
}

const http = [
  resource('Pets', 'Api', {
    ProtocolType: 'HTTP',
    Name: 'pets',
    CorsConfiguration: { AllowOrigins: ['*'], AllowMethods: ['GET'], MaxAge: 300 },
  }),
  resource('PetsStage', 'Stage', {
    ApiId: 'pets',
    StageName: '$default',
    StageVariables: { colour: 'blue' },
  }),
  resource('PetsWork', 'Integration', {
    ApiId: 'pets',
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: arn('pets-function'),
    PayloadFormatVersion: '2.0',
    TimeoutInMillis: 5_000,
  }),
  resource('GetPet', 'Route', {
    ApiId: 'pets',
    RouteKey: 'GET /pets/{id}',
    Target: 'integrations/petswork',
    AuthorizationType: 'NONE',
  }),
];

const route = (name: string, RouteKey: string, more: object = {}) =>
  resource(name, 'Route', { ApiId: 'chat', RouteKey, Target: 'integrations/chatwork', ...more });

const sockets = [
  resource('Chat', 'Api', {
    ProtocolType: 'WEBSOCKET',
    RouteSelectionExpression: '$request.body.action',
  }),
  resource('ChatStage', 'Stage', { ApiId: 'chat', StageName: 'ws' }),
  resource('ChatWork', 'Integration', {
    ApiId: 'chat',
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: uri('chat-function'),
  }),
  route('Connect', '$connect'),
  route('Default', '$default', { RouteResponseSelectionExpression: '$default' }),
  route('Half', 'half', { RouteResponseSelectionExpression: '$default' }),
  route('Other', 'other'),
  resource('OtherHalf', 'RouteResponse', { ApiId: 'chat', RouteId: 'other' }),
  resource('Answer', 'RouteResponse', {
    ApiId: 'chat',
    RouteId: 'default',
    RouteResponseKey: '$default',
  }),
];

test('an HTTP API is described with its routes, stage and CORS', () => {
  expect(describeApis([...http, ...sockets]).httpApi).toEqual({
    apiId: 'pets',
    stage: '$default',
    stageVariables: { colour: 'blue' },
    routes: [
      {
        routeKey: 'GET /pets/{id}',
        functionName: 'pets-function',
        payloadFormatVersion: '2.0',
        timeoutMs: 5_000,
      },
    ],
    cors: {
      allowOrigins: ['*'],
      allowMethods: ['GET'],
      allowHeaders: [],
      exposeHeaders: [],
      maxAgeSeconds: 300,
      allowCredentials: false,
    },
  });
});

test('a WebSocket API is described, and which of its routes answer', () => {
  const functionName = 'chat-function';
  expect(describeApis([...http, ...sockets]).webSocketApi).toEqual({
    apiId: 'chat',
    stage: 'ws',
    routeSelectionExpression: '$request.body.action',
    routes: [
      { routeKey: '$connect', functionName, hasRouteResponse: false },
      { routeKey: '$default', functionName, hasRouteResponse: true },
      { routeKey: 'half', functionName, hasRouteResponse: false },
      { routeKey: 'other', functionName, hasRouteResponse: false },
    ],
  });
});

test('the alias that an integration calls is kept', () => {
  const [api, stage, , route] = http;
  const work = resource('PetsWork', 'Integration', {
    ApiId: 'pets',
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: uri('pets-function:live'),
    PayloadFormatVersion: '2.0',
  });
  const described = describeApis([api, stage, work, route] as ResolvedResource[]);
  expect(described.httpApi?.routes.map((each) => each.functionName)).toEqual([
    'pets-function:live',
  ]);
});

test('a template may have no API, and other resources', () => {
  const queue = { logicalId: 'Q', type: 'AWS::SQS::Queue', ref: 'q', properties: undefined };
  expect(describeApis([queue])).toEqual({});
});

describe('what cannot be served is named', () => {
  const changed = (logicalId: string, change: object) =>
    http.map((each) =>
      each.logicalId === logicalId
        ? { ...each, properties: { ...(each.properties as object), ...change } }
        : each,
    );

  test.each([
    [
      'a second API',
      [...http, resource('More', 'Api', { ProtocolType: 'HTTP' })],
      /2 APIs of protocol HTTP \(Pets, More\)/,
    ],
    [
      'an API without a stage',
      http.filter(({ logicalId }) => logicalId !== 'PetsStage'),
      /pets has 0 stages/,
    ],
    [
      'a route without its integration',
      changed('GetPet', { Target: 'integrations/x' }),
      /GetPet points to integrations\/x/,
    ],
    [
      'an authorizer',
      changed('GetPet', { AuthorizationType: 'JWT' }),
      /GetPet .*authorizers are not served here/s,
    ],
    [
      'payload format 1.0',
      changed('PetsWork', { PayloadFormatVersion: '1.0' }),
      /"GET \/pets\/\{id\}" has payload format 1\.0/,
    ],
    [
      'another integration',
      changed('PetsWork', { IntegrationType: 'HTTP_PROXY' }),
      /PetsWork .*only Lambda functions/s,
    ],
    [
      'a role to call with',
      changed('PetsWork', { CredentialsArn: 'arn:aws:iam::123456789012:role/caller' }),
      /PetsWork .*roles are not taken on here/s,
    ],
    [
      'a function that is none',
      changed('PetsWork', { IntegrationUri: 'http://x' }),
      /"http:\/\/x" names no Lambda function/,
    ],
  ] as const)('%s', (_, resources, message) => {
    expect(() => describeApis(resources)).toThrow(message);
  });
});
