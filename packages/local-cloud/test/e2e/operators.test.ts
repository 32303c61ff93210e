import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import {
  DeleteFunctionConcurrencyCommand,
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { queueUrlOf } from '../../src/engines/sqs.ts';
import { engineAt } from '../../src/protocol/engine.ts';
import { callEngine } from '../../src/protocol/engine-call.ts';
import { fixtureCloud } from '../fixture-app/cloud.ts';

const HOUR = 3_600_000;

const { cloud, lines, line } = await fixtureCloud();
const config = {
  endpoint: cloud.awsEndpoint,
  region: 'ap-south-1',
  credentials: { accessKeyId: 'operator', secretAccessKey: 'any' },
  maxAttempts: 1,
};
const lambda = new LambdaClient(config);
const events = new EventBridgeClient(config);

test('a function that is reserved nothing for is refused, until the reservation goes', async () => {
  const FunctionName = 'fixture-behave';
  const reserved = () => lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }));
  const outcome = async () => (await cloud.invoke(FunctionName, { do: 'echo' })).ok;
  expect((await reserved()).ReservedConcurrentExecutions).toBeUndefined();
  const none = { FunctionName, ReservedConcurrentExecutions: 0 };
  await lambda.send(new PutFunctionConcurrencyCommand(none));
  expect(await reserved()).toMatchObject({ ReservedConcurrentExecutions: 0 });
  expect(await outcome()).toBe(false);
  await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  expect(await outcome()).toBe(true);
  const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
  // One function has one of its own, by the template.
  expect(AccountLimit).toMatchObject({ UnreservedConcurrentExecutions: 999 });
  const unknown = new GetFunctionConcurrencyCommand({ FunctionName: 'nobody' });
  await expect(lambda.send(unknown)).rejects.toThrow('does not exist');
});

test('a rule that is disabled does not run, and runs again when it is enabled', async () => {
  const ticks = () => lines.filter((each) => each.line.includes('"tick"')).length;
  const rules = async () => (await events.send(new ListRulesCommand({}))).Rules ?? [];
  const [rule] = await rules();
  expect(rule).toMatchObject({ State: 'ENABLED', ScheduleExpression: 'rate(1 hour)' });
  await events.send(new DisableRuleCommand({ Name: rule?.Name }));
  expect(await rules()).toMatchObject([{ State: 'DISABLED' }]);
  await cloud.watch.forward(3 * HOUR);
  expect(ticks()).toBe(0);
  await events.send(new EnableRuleCommand({ Name: rule?.Name }));
  await cloud.watch.forward(HOUR);
  await line('"tick"');
  await expect(events.send(new EnableRuleCommand({ Name: 'none' }))).rejects.toThrow(
    'Rule none does not exist',
  );
});

test('a mapping that is disabled leaves its messages in the queue', async () => {
  const engine = engineAt(cloud.engines.sqs?.endpoint ?? '');
  const queue = cloud.values
    .resources('AWS::SQS::Queue')
    .find(({ path }) => path.endsWith('/Work'));
  const QueueUrl = queueUrlOf(
    engine.endpoint,
    String(cloud.values.attributeOf(queue as never, 'QueueName')),
  );
  const sqs = (operation: string, input: object = {}) => {
    const call = { engine, service: 'sqs', region: 'ap-south-1', operation } as const;
    return callEngine({ ...call, input: { QueueUrl, ...input } });
  };
  const Count = z.object({
    Attributes: z.object({ ApproximateNumberOfMessages: z.coerce.number() }),
  });
  const waiting = async () => {
    const input = { AttributeNames: ['ApproximateNumberOfMessages'] };
    return Count.parse(await sqs('GetQueueAttributes', input)).Attributes
      .ApproximateNumberOfMessages;
  };
  const FunctionName = 'fixture-work';
  const mapping = async () => {
    const found = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
    return found.EventSourceMappings?.[0];
  };
  const UUID = (await mapping())?.UUID;
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  expect(await mapping()).toMatchObject({ State: 'Disabled' });
  await sqs('SendMessage', { MessageBody: 'left alone' });
  await expect.poll(waiting).toBe(1);
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
  await line('"left alone"');
  const other = new ListEventSourceMappingsCommand({ FunctionName: `${FunctionName}:live` });
  // Of an alias are only those that the template gives to the alias.
  expect((await lambda.send(other)).EventSourceMappings).toEqual([]);
});

test('lines of a function are found in its log group', async () => {
  await cloud.invoke('fixture-behave', { do: 'log' });
  await line('another line');
  const find = async (input: object) => {
    const response = await fetch(cloud.awsEndpoint, {
      method: 'POST',
      headers: {
        'x-amz-target': 'Logs_20140328.FilterLogEvents',
        authorization:
          'AWS4-HMAC-SHA256 Credential=operator/20200101/ap-south-1/logs/aws4_request, Signature=none',
      },
      body: JSON.stringify(input),
    });
    return response.json();
  };
  const logGroupName = '/aws/lambda/fixture-behave';
  expect(await find({ logGroupName, filterPattern: 'another' })).toMatchObject({
    events: [{ message: 'another line' }],
  });
  expect(await find({ logGroupName, filterPattern: 'third' })).toMatchObject({ events: [] });
  expect(await find({ logGroupName: 'none' })).toMatchObject({
    __type: 'ResourceNotFoundException',
  });
});

test('calls that are thrown away are found by their function', async () => {
  const FunctionName = 'fixture-behave';
  const none = { FunctionName, ReservedConcurrentExecutions: 0 };
  const earlier = (await throttles())['fixture-behave'] ?? 0;
  await lambda.send(new PutFunctionConcurrencyCommand(none));
  for (let calls = 0; calls < 3; calls += 1) await cloud.invoke(FunctionName, { do: 'echo' });
  await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  await cloud.invoke(FunctionName, { do: 'echo' });
  await cloud.invoke('fixture-work', { Records: [] });
  expect(await throttles()).toMatchObject({ 'fixture-behave': earlier + 3, 'fixture-work': 0 });
  expect(Object.keys(await throttles())[0]).toBe('fixture-behave');
  // They are over by then.
  await cloud.watch.forward(2 * HOUR);
  expect((await throttles())['fixture-behave']).toBeUndefined();
  expect(await metricData({ query: 'SELECT AVG(Throttles) FROM "AWS/Lambda"' })).toMatchObject({
    __type: 'ValidationError',
    message: expect.stringContaining('does not know the query'),
  });
});

const byFunction =
  'SELECT SUM(Throttles) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName ORDER BY SUM() DESC';

/** Of the last hour, by the watch's clock. */
async function metricData({ query }: { readonly query: string }): Promise<unknown> {
  const now = cloud.watch.now() / 1000;
  const response = await fetch(cloud.awsEndpoint, {
    method: 'POST',
    headers: {
      'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
      authorization:
        'AWS4-HMAC-SHA256 Credential=operator/20200101/ap-south-1/monitoring/aws4_request, Signature=none',
    },
    body: JSON.stringify({
      StartTime: now - 3600,
      EndTime: now,
      MetricDataQueries: [{ Id: 'throttled', Period: 300, Expression: query }],
    }),
  });
  return response.json();
}

async function throttles(): Promise<Readonly<Record<string, number>>> {
  const Found = z.object({
    MetricDataResults: z.array(z.object({ Label: z.string(), Values: z.array(z.number()) })),
  });
  const { MetricDataResults } = Found.parse(await metricData({ query: byFunction }));
  return Object.fromEntries(
    MetricDataResults.map(({ Label, Values }) => [
      Label,
      Values.reduce((sum, each) => sum + each, 0),
    ]),
  );
}
