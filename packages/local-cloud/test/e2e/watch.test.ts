import { beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { queueUrlOf } from '../../src/engines/sqs.ts';
import { engineAt } from '../../src/protocol/engine.ts';
import { callEngine } from '../../src/protocol/engine-call.ts';
import { fixtureCloud } from '../fixture-app/cloud.ts';

const MINUTE = 60_000;

const { cloud, lines, line } = await fixtureCloud({ alarms: true });
const { watch } = cloud;

const ringing = () =>
  watch
    .states()
    .filter(({ state }) => state === 'ALARM')
    .map(({ path }) => path);
const queueNamed = (part: string) => {
  const queues = cloud.values.resources('AWS::SQS::Queue').filter(({ id }) => id.startsWith(part));
  return String(cloud.values.attributeOf(queues[0] as never, 'QueueName'));
};
const sqs = (operation: string, queue: string, input: object = {}) => {
  const engine = engineAt(cloud.engines.sqs?.endpoint ?? '');
  const QueueUrl = queueUrlOf(engine.endpoint, queueNamed(queue));
  const region = 'ap-south-1';
  const call = { engine, service: 'sqs', region, operation } as const;
  return callEngine({ ...call, input: { QueueUrl, ...input } });
};
const [api, sockets] = ['HTTP', 'WEBSOCKET'].map((protocol) => {
  const apis = cloud.values.resources('AWS::ApiGatewayV2::Api');
  const found = apis.find(({ properties }) => properties['ProtocolType'] === protocol);
  return cloud.values.refOf(found as never);
});
const sumOf = (
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string | undefined>>,
) =>
  watch
    .datapoints({ namespace, name, dimensions: dimensions as Record<string, string> })
    .reduce((all, { sum }) => all + sum, 0);

/** Past what CloudWatch looks back at, so that each test begins with all well. */
beforeEach(async () => {
  await watch.forward(6 * MINUTE);
});

test('nothing rings when nothing is wrong, however much time passes', async () => {
  await watch.forward(3 * 60 * MINUTE);
  expect(ringing()).toEqual([]);
  expect(new Set(watch.states().map(({ state }) => state))).toEqual(new Set(['OK']));
  // The schedule came by in each of the hours, and its function was called in the minute that was due.
  expect(sumOf('AWS/Lambda', 'Invocations', { FunctionName: 'fixture-tick' })).toBe(3);
  const [rule] = cloud.values.resources('AWS::Events::Rule');
  const RuleName = cloud.values.refOf(rule as never);
  await expect.poll(() => sumOf('AWS/Events', 'Invocations', { RuleName })).toBe(3);
});

test('a function that fails rings its alarm and no other, and the topic is told, again when it recovered', async () => {
  const told = watch.messages().length;
  await cloud.invoke('fixture-behave', { do: 'throw' });
  await cloud.invoke('fixture-behave', { do: 'echo' });
  await cloud.invoke('fixture-layered', {});
  await watch.forward(MINUTE);
  expect(ringing()).toEqual([]);
  await cloud.invoke('fixture-behave', { do: 'throw' });
  await cloud.invoke('fixture-behave', { do: 'exit' });
  await watch.forward(MINUTE);
  expect(ringing()).toEqual(['fixture/Errors']);
  expect(cloud.status()['alarms']).toEqual([
    { path: 'fixture/Errors', reason: expect.stringContaining('it rings at 1 of 1 that are ≥ 2') },
  ]);
  await watch.forward(5 * MINUTE);
  expect(watch.messages().slice(told)).toMatchObject([
    { path: 'fixture/Errors', state: 'ALARM', topics: [expect.stringContaining('Alarms')] },
    { path: 'fixture/Errors', state: 'OK' },
  ]);
});

test('what reserved concurrency refuses is a throttle, and neither an invocation nor an error', async () => {
  const count = (name: string) =>
    sumOf('AWS/Lambda', name, { FunctionName: 'fixture-reserved', Resource: 'fixture-reserved' });
  const both = [1, 2].map(() => cloud.invoke('fixture-reserved', { do: 'wait' }));
  expect((await Promise.all(both)).filter(({ ok }) => ok)).toHaveLength(1);
  await watch.forward(MINUTE);
  expect(ringing()).toEqual(['fixture/Throttles']);
  expect([count('Invocations'), count('Errors'), count('Throttles')]).toEqual([1, 0, 1]);
});

test('a dead letter rings as long as it lies there', async () => {
  await sqs('SendMessage', 'DeadLetters', { MessageBody: 'nobody understands me' });
  await watch.forward(MINUTE);
  expect(ringing()).toEqual(['fixture/Dead']);
  await watch.forward(30 * MINUTE);
  expect(ringing()).toEqual(['fixture/Dead']);
  await sqs('PurgeQueue', 'DeadLetters');
  await watch.forward(MINUTE);
  expect(ringing()).toEqual([]);
});

test('the age of the oldest message follows the clock, also from before it was put forward', async () => {
  await sqs('SendMessage', 'Plain', { MessageBody: 'an old one' });
  await watch.forward(4 * MINUTE);
  expect(ringing()).toEqual([]);
  await sqs('SendMessage', 'Plain', { MessageBody: 'a new one' });
  await watch.forward(2 * MINUTE);
  expect(ringing()).toEqual(['fixture/Lag']);
  const Received = z.object({ Messages: z.array(z.object({ ReceiptHandle: z.string() })) });
  const { Messages } = Received.parse(await sqs('ReceiveMessage', 'Plain'));
  await sqs('DeleteMessage', 'Plain', Messages[0]);
  await watch.forward(MINUTE);
  expect(ringing()).toEqual([]);
  await sqs('PurgeQueue', 'Plain');
});

test('embedded metrics of a function count, in the period in which it printed them', async () => {
  await cloud.invoke('fixture-behave', { do: 'sell', size: 30 });
  await line('"Sold":30');
  await watch.forward(MINUTE);
  expect(ringing()).toEqual([]);
  for (const size of [21, 22]) await cloud.invoke('fixture-behave', { do: 'sell', size });
  await line('"Sold":22');
  await watch.forward(MINUTE);
  // The average of the period.
  expect(ringing()).toEqual([]);
  await cloud.invoke('fixture-behave', { do: 'sell', size: 41 });
  await line('"Sold":41');
  await watch.forward(MINUTE);
  expect(ringing()).toEqual(['fixture/Sold']);
  expect(lines.length).toBeGreaterThan(0);
});

test('the HTTP API counts its requests and what a client saw as an error of the server', async () => {
  const count = (name: string) => sumOf('AWS/ApiGateway', name, { ApiId: api, Stage: '$default' });
  const before = [count('Count'), count('4xx')];
  await fetch(`${cloud.origin}/any/path`);
  await fetch(`${cloud.origin}/x`, { headers: { long: 'x'.repeat(11_000) } });
  await watch.forward(MINUTE);
  expect([count('Count') - (before[0] ?? 0), count('4xx') - (before[1] ?? 0)]).toEqual([2, 1]);
  expect(ringing()).toEqual([]);
  expect((await fetch(`${cloud.origin}/throw`)).status).toBe(500);
  await watch.forward(MINUTE);
  expect(ringing()).toEqual(['fixture/ServerErrors']);
});

test('the WebSocket API counts who connects and what is said', async () => {
  const count = (name: string) => sumOf('AWS/ApiGateway', name, { ApiId: sockets, Stage: 'ws' });
  const socket = new WebSocket(`${cloud.origin.replace('http', 'ws')}/ws`);
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send('{"say":"something"}');
  await new Promise((resolve) => socket.once('message', resolve));
  socket.close();
  expect([count('ConnectCount'), count('MessageCount')]).toEqual([1, 1]);
});
