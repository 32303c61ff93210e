import { expect, test } from 'vitest';
import * as z from 'zod';
import { engineAt } from '../../src/protocol/engine.ts';
import { callEngine } from '../../src/protocol/engine-call.ts';
import { queueUrlOf } from '../../src/engines/sqs.ts';
import { TimeToLiveSweep } from '../../src/events/time-to-live.ts';
import { fixtureCloud } from '../fixture-app/cloud.ts';

const { cloud, lines, line } = await fixtureCloud();
const region = 'ap-south-1';
const engine = engineAt(cloud.engines.sqs?.endpoint ?? '');
const queueNamed = (part: string) => {
  const queues = cloud.values.resources('AWS::SQS::Queue').filter(({ id }) => id.startsWith(part));
  return queueUrlOf(
    engine.endpoint,
    String(cloud.values.attributeOf(queues[0] as never, 'QueueName')),
  );
};
const sqs = (operation: string, input: object) =>
  callEngine({ engine, service: 'sqs', region, operation, input });
const send = (...bodies: string[]) =>
  sqs('SendMessageBatch', {
    QueueUrl: queueNamed('Work'),
    Entries: bodies.map((MessageBody, index) => ({ Id: `m${index}`, MessageBody })),
  });
const deadLetters = async () => {
  const Received = z.object({ Messages: z.array(z.object({ Body: z.string() })).default([]) });
  const input = {
    QueueUrl: queueNamed('DeadLetters'),
    MaxNumberOfMessages: 10,
    VisibilityTimeout: 0,
  };
  return Received.parse(await sqs('ReceiveMessage', input)).Messages.map(({ Body }) => Body);
};
const timesWorked = (body: string) =>
  lines.filter((each) => each.line.includes('"worked"') && each.line.includes(`"${body}"`)).length;

test('a message reaches its function, once', async () => {
  await send('hello');
  await line('"hello"');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(timesWorked('hello')).toBe(1);
});

test('a partial failure brings back only its part, and what never succeeds ends as a dead letter', async () => {
  await send('good', 'bad', 'fine');
  await expect.poll(deadLetters, { timeout: 10_000 }).toEqual(['bad']);
  expect(timesWorked('bad')).toBe(2);
  expect(timesWorked('good')).toBe(1);
  expect(timesWorked('fine')).toBe(1);
});

test('a function that fails leaves its whole batch', async () => {
  await send('all bad', 'innocent');
  await expect.poll(deadLetters, { timeout: 10_000 }).toEqual(expect.arrayContaining(['all bad']));
  expect(timesWorked('all bad')).toBe(2);
});

test('a schedule is fired by name, with the event of EventBridge', async () => {
  expect(await cloud.fire('Hourly')).toEqual([{ ok: true, payload: null }]);
  const Tick = z.object({ tick: z.looseObject({ resources: z.array(z.string()) }) });
  const { tick } = Tick.parse(JSON.parse(await line('"tick"')));
  expect(tick).toMatchObject({
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    resources: [expect.stringContaining('rule/fixture-Hourly')],
  });
  await expect(cloud.fire('Nothing')).rejects.toThrow('there are: fixture/Hourly');
});

test('the gateway serves what the template says', async () => {
  const response = await fetch(`${cloud.origin}/any/path`);
  expect([response.status, await response.json()]).toEqual([200, { rawPath: '/any/path' }]);
});

test('an item whose time is over goes with the next sweep, and no other', async () => {
  const tables = engineAt(cloud.engines.dynamodb?.endpoint ?? '');
  const dynamo = (operation: string, input: object) =>
    callEngine({ engine: tables, service: 'dynamodb', region, operation, input });
  const [resource] = cloud.values.resources('AWS::DynamoDB::Table');
  const TableName = cloud.values.refOf(resource as never);
  const now = Math.floor(Date.now() / 1000);
  for (const [id, endsAt] of [
    ['over', now - 1],
    ['not over', now + 60],
  ] as const) {
    const Item = { id: { S: id }, endsAt: { N: String(endsAt) } };
    await dynamo('PutItem', { TableName, Item });
  }
  const table = { table: TableName, keys: ['id'], attribute: 'endsAt' };
  await new TimeToLiveSweep(tables, region, [table], () => undefined).sweep();
  const Items = [expect.objectContaining({ id: { S: 'not over' } })];
  expect(await dynamo('Scan', { TableName })).toMatchObject({ Items });
});
