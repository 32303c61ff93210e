import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type FunctionName, functionNames } from '../../src/contract/functions.ts';
import { everyFunction, pathOf, type Resource, synthesized } from './synth.ts';

const staging = synthesized('staging');

const oneOrMore = z.union([z.array(z.unknown()), z.unknown().transform((each) => [each])]);
const Policy = z.object({
  PolicyDocument: z.object({
    Statement: z.array(
      z.object({
        Effect: z.literal('Allow'),
        Action: oneOrMore.pipe(z.array(z.string())),
        Resource: oneOrMore,
      }),
    ),
  }),
  Roles: z.array(z.unknown()),
});

/** What a role allows: by resource, the actions. */
function allowedBy(role: Resource): Readonly<Record<string, readonly string[]>> {
  const policies = staging
    .ofType('AWS::IAM::Policy')
    .map((each) => Policy.parse(each.Properties))
    .filter(({ Roles }) => Roles.some((each) => staging.say(each) === `<${pathOf(role)}>`));
  const allowed = new Map<string, readonly string[]>();
  for (const { Action, Resource } of policies.flatMap((each) => each.PolicyDocument.Statement)) {
    for (const resource of Resource.map((each) => staging.say(each))) {
      const actions = new Set([...(allowed.get(resource) ?? []), ...Action]);
      allowed.set(resource, [...actions].toSorted());
    }
  }
  return Object.fromEntries(allowed);
}

const roleOf = (name: FunctionName) => staging.one('AWS::IAM::Role', `Functions/${name}/`);

const item = ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];
const readSecret = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'];
const send = ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'];
const workOff = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
];

const postgres = { '<Database/ServiceSecret>': readSecret };
const idempotency = { '<Tables/Idempotency>': item };
const connections = { '<Tables/Connections>': [...item, 'dynamodb:BatchGetItem'].toSorted() };
const state = {
  '<Tables/State>': [...item, 'dynamodb:BatchGetItem', 'dynamodb:Query'].toSorted(),
};
const dispatch = { '<Dispatch/Queue>': send };
const notify = { '<Notify/Queue>': send };
const verify = { '<SigningKeys/Public>': readSecret };
const code = { '<CodeKey/Secret>': readSecret };
const tripCodes = { '<TripCodeKey/Secret>': readSecret };
const push = { '<PushAccount/Secret>': readSecret };
const edge = { '<EdgeSecret/Secret>': readSecret };
const bus = { '<DomainEvents/Bus>': ['events:PutEvents'] };
const sms = {
  'arn:aws:sms-voice:ap-south-1:<AWS::AccountId>:sender-id/WEELO/IN': ['sms-voice:SendTextMessage'],
};

const sockets = {
  'arn:aws:execute-api:ap-south-1:<AWS::AccountId>:<RealtimeApi/Api>/ws/*/@connections/*': [
    'execute-api:ManageConnections',
  ],
};

const keepTestCodes = { '<TestCodes/Table>': ['dynamodb:PutItem'] };
const takeTestCodes = { '<TestCodes/Table>': ['dynamodb:DeleteItem'] };
const findEdge = {
  'arn:aws:cloudformation:us-east-1:<AWS::AccountId>:stack/weelo-staging-edge/*': [
    'cloudformation:DescribeStacks',
  ],
};

const location = {
  'arn:aws:geo-places:ap-south-1::provider/default': [
    'geo-places:ReverseGeocode',
    'geo-places:SearchText',
  ],
  'arn:aws:geo-routes:ap-south-1::provider/default': ['geo-routes:CalculateRoutes'],
};

const mintKey = [...readSecret, 'secretsmanager:PutSecretValue'].toSorted();

const granted: Readonly<Record<FunctionName, Readonly<Record<string, readonly string[]>>>> = {
  system: { ...edge, ...postgres, ...state, ...dispatch, ...verify },
  auth: {
    ...edge,
    ...postgres,
    ...state,
    ...notify,
    ...verify,
    ...code,
    '<SigningKeys/Private>': readSecret,
  },
  orders: {
    ...edge,
    ...postgres,
    ...idempotency,
    ...state,
    ...dispatch,
    ...notify,
    ...verify,
    ...tripCodes,
  },
  fleet: { ...edge, ...postgres, ...state, ...dispatch, ...notify, ...verify, ...code },
  trips: { ...edge, ...postgres, ...state, ...dispatch, ...notify, ...verify, ...tripCodes },
  places: { ...edge, ...state, ...verify, ...location },
  'socket-connect': { ...edge, ...connections, ...state, ...notify, ...verify, ...sockets },
  'socket-disconnect': { ...connections },
  'socket-message': { ...postgres, ...connections, ...state, ...dispatch, ...notify, ...verify },
  'socket-poll': {
    ...edge,
    ...postgres,
    ...connections,
    ...state,
    ...dispatch,
    ...notify,
    ...verify,
  },
  dispatch: {
    ...postgres,
    ...connections,
    ...state,
    ...notify,
    '<Dispatch/Queue>': [...new Set([...send, ...workOff])].toSorted(),
  },
  notify: {
    ...connections,
    ...state,
    ...dispatch,
    ...bus,
    ...code,
    ...tripCodes,
    ...sms,
    ...keepTestCodes,
    ...push,
    '<Notify/Queue>': [...new Set([...send, ...workOff])].toSorted(),
    ...sockets,
  },
  reconcile: { ...postgres, ...state, ...dispatch, ...notify },
  canary: { ...takeTestCodes, ...findEdge },
  migrate: { '<Database/OwnerSecret>': readSecret, '<Database/ServiceSecret>': readSecret },
  keys: {
    '<SigningKeys/Private>': mintKey,
    '<SigningKeys/Public>': mintKey,
    '<CodeKey/Secret>': mintKey,
  },
  operate: {
    ...postgres,
    ...state,
    ...dispatch,
    ...notify,
    ...push,
    '<Dispatch/DeadLetters>': workOff,
    '<Notify/DeadLetters>': workOff,
    '<SigningKeys/Private>': mintKey,
    '<SigningKeys/Public>': mintKey,
  },
};

describe.each(everyFunction)('%s', (name) => {
  test('may do what it needs, and nothing else', () => {
    expect(allowedBy(roleOf(name))).toEqual({
      ...granted[name],
      ...logsOf(`Functions/${name}`),
      '*': ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    });
  });

  test('has a role of its own, with no managed policy but that for network interfaces', () => {
    const { ManagedPolicyArns = [] } = z
      .object({ ManagedPolicyArns: z.array(z.unknown()).optional() })
      .parse(roleOf(name).Properties);
    const inVpc = 'VpcConfig' in staging.functionNamed(name).Properties;
    expect(ManagedPolicyArns.map((each) => staging.say(each))).toEqual(
      inVpc
        ? ['arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaENIManagementAccess']
        : [],
    );
    expect(staging.say(staging.functionNamed(name).Properties['Role'])).toBe(
      `<${pathOf(roleOf(name))}>`,
    );
  });
});

const logsOf = (path: string) => ({
  [`<${path}/Logs>`]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
});
const runs = (name: FunctionName) => ({
  [`<Functions/${name}/Function>`]: ['lambda:GetFunction', 'lambda:InvokeFunction'],
  [`<Functions/${name}/Function>:*`]: ['lambda:InvokeFunction'],
});

test.each([
  ['Migration/Role', { ...logsOf('Migration'), ...runs('migrate') }],
  ['FirstKeys/Role', { ...logsOf('FirstKeys'), ...runs('keys') }],
  ['DatabaseProxy/', { '<Database/ServiceSecret>': readSecret }],
  ['Smoke/', takeTestCodes],
  [
    'Network/Vpc/FlowLog/',
    {
      '<Network/Refusals>': [
        'logs:CreateLogStream',
        'logs:DescribeLogStreams',
        'logs:PutLogEvents',
      ],
    },
  ],
])('%s may do what it needs, and nothing else', (path, expected) => {
  const role = staging.one('AWS::IAM::Role', path);
  expect(allowedBy(role)).toEqual(expected);
  expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
});

test('these are all the roles there are', () => {
  const others = [
    'Migration',
    'FirstKeys',
    'DatabaseProxy',
    'Network',
    'RealtimeApi',
    'GradualReleases',
    'Smoke',
  ];
  expect(staging.ofType('AWS::IAM::Role')).toHaveLength(functionNames.length + others.length);
});

test('only auth, and what makes and rotates them, read the private signing keys', () => {
  const readers = staging
    .ofType('AWS::IAM::Role')
    .filter((role) => '<SigningKeys/Private>' in allowedBy(role))
    .map(pathOf);
  expect(readers.toSorted()).toEqual([
    'Functions/auth/Role',
    'Functions/keys/Role',
    'Functions/operate/Role',
  ]);
});

test('only auth, fleet and notify, and keys that makes it, read the key that hides codes', () => {
  const readers = staging
    .ofType('AWS::IAM::Role')
    .filter((role) => '<CodeKey/Secret>' in allowedBy(role))
    .map(pathOf);
  expect(readers.toSorted()).toEqual([
    'Functions/auth/Role',
    'Functions/fleet/Role',
    'Functions/keys/Role',
    'Functions/notify/Role',
  ]);
});

test('only notify writes the codes of test numbers, and only the canary and the smoke test get them', () => {
  const allowed = staging
    .ofType('AWS::IAM::Role')
    .map((role) => [pathOf(role), allowedBy(role)['<TestCodes/Table>']] as const)
    .filter(([, actions]) => actions !== undefined);
  expect(Object.fromEntries(allowed)).toEqual({
    'Functions/notify/Role': ['dynamodb:PutItem'],
    'Functions/canary/Role': ['dynamodb:DeleteItem'],
    'Smoke/Role': ['dynamodb:DeleteItem'],
  });
});

test('nobody but migrate reads the password of the database owner', () => {
  const readers = staging
    .ofType('AWS::IAM::Role')
    .filter((role) => '<Database/OwnerSecret>' in allowedBy(role))
    .map(pathOf);
  expect(readers).toEqual(['Functions/migrate/Role']);
});
