import { ListTablesCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { FixtureChoices } from '../fixture-app/app.ts';
import { fixtureCloud } from '../fixture-app/cloud.ts';

/** Everything that the caller does, and what comes of it when it may. */
const journey = {
  dynamodb: 'a value',
  sqs: 'done',
  secret: 'a value',
  events: 0,
  lambda: { do: 'echo', value: 'a value' },
} as const;

const full = await fixtureCloud();
const call = (wish: object, of = full) => of.answerOf('fixture-call', wish);

test.each(Object.entries(journey))('with its grant, %s answers', async (name, answer) => {
  expect(await call({ call: name })).toEqual({ answer });
});

test('with its grant, a socket is posted to', async () => {
  const socket = new WebSocket(`${full.cloud.origin.replace('http', 'ws')}/ws`);
  const messages: string[] = [];
  socket.on('message', (data: Buffer) => messages.push(data.toString()));
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send('who am I?');
  await expect.poll(() => messages).toHaveLength(1);
  const value = `${messages[0]} hello`;
  expect(await call({ call: 'connections', value })).toEqual({ answer: 'done' });
  await expect.poll(() => messages).toEqual([messages[0], 'hello']);
  socket.close();
  await expect
    .poll(() => call({ call: 'connections', value }))
    .toMatchObject({ error: 'GoneException' });
});

test('outside the VPC a played host of the internet answers, by its base URL', async () => {
  const answer = { status: 401, body: { error: { status: 'UNAUTHENTICATED' } } };
  expect(await call({ call: 'internet' })).toMatchObject({ answer });
});

test('what nothing plays is refused, and never called', async () => {
  expect(await call({ call: 'elsewhere' })).toMatchObject({
    message: expect.stringMatching(
      /fixture-call calls example\.com, which nothing on this machine plays/,
    ),
  });
});

test('an operation that the engine lacks is refused as unknown, not as forbidden', async () => {
  const message = expect.stringContaining('dynamodb on this machine does not have TransactWrite');
  const error = 'UnknownOperationException';
  expect(await call({ call: 'transaction' })).toEqual({ error, message });
});

test.each([
  ['dynamodb', 'dynamodb:PutItem', 'table/fixture-Table'],
  ['sqs', 'sqs:SendMessage', 'sqs:ap-south-1:000000000000:fixture-Plain'],
  ['secret', 'secretsmanager:PutSecretValue', 'secret:fixture-Secret'],
  ['events', 'events:PutEvents', 'event-bus/default'],
  ['lambda', 'lambda:InvokeFunction', 'function:fixture-behave'],
  ['connections', 'execute-api:ManageConnections', '/ws/POST/@connections/nobody'],
] as const)("without its grant, %s is denied in AWS' words", async (without, action, resource) => {
  const { answerOf, notices } = await fixtureCloud({ without } satisfies FixtureChoices);
  const value = 'nobody hello';
  const denied = await answerOf('fixture-call', {
    call: without,
    ...(without === 'connections' && { value }),
  });
  expect(denied).toEqual({
    error: 'AccessDeniedException',
    message: expect.stringMatching(
      new RegExp(
        `^User: arn:aws:sts::000000000000:assumed-role/fixture-call\\S+/fixture-call is not authorized to perform: ${action} on resource: \\S*${resource}\\S* because no identity-based policy allows the ${action} action$`,
      ),
    ),
  });
  expect(notices.join()).toContain(action);
});

test('in the VPC, only services with an endpoint are reached; the rest is told how to mend it', async () => {
  const inside = await fixtureCloud({ inVpc: true });
  const ask = (name: string) => call({ call: name, value: 'nobody hello' }, inside);
  expect(await ask('dynamodb')).toEqual({ answer: 'nobody hello' });
  expect(await ask('sqs')).toEqual({ answer: 'done' });
  for (const name of ['secret', 'events', 'connections', 'lambda']) {
    expect(await ask(name)).toEqual({
      error: 'UnreachableFromVpc',
      message: expect.stringMatching(
        /^fixture-call is in the VPC, which has no way to \S+: add a VPC endpoint for it to the template, or let a function outside the VPC make the call\.$/,
      ),
    });
  }
  expect(await ask('internet')).toMatchObject({
    answer: {
      body: { error: { message: expect.stringContaining('move the function out of the VPC') } },
    },
  });
  expect(await ask('elsewhere')).toMatchObject({
    message: expect.stringContaining(
      'fixture-call is in the VPC, which has no way to the internet',
    ),
  });
});

test('who signs as the operator may call every service, and nobody may by a key that is unknown', async () => {
  const tablesFor = (accessKeyId: string) => {
    const client = new DynamoDBClient({
      endpoint: full.cloud.awsEndpoint,
      region: 'ap-south-1',
      credentials: { accessKeyId, secretAccessKey: 'any' },
    });
    return client.send(new ListTablesCommand()).then(({ TableNames }) => TableNames);
  };
  expect(await tablesFor('operator')).toHaveLength(1);
  await expect(tablesFor('somebody')).rejects.toThrow('The security token');
});
