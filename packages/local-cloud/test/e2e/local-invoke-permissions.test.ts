import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { engineAt } from '../../src/protocol/engine.ts';
import { callEngine } from '../../src/protocol/engine-call.ts';
import { queueUrlOf } from '../../src/engines/sqs.ts';
import { type FixtureCloud, fixtureCloud } from '../fixture-app/cloud.ts';

const executeApi = 'arn:aws:execute-api:ap-south-1:000000000000';

const apiId = ({ cloud }: FixtureCloud, name: string) => {
  const [api] = cloud.values
    .resources('AWS::ApiGatewayV2::Api')
    .filter(({ path }) => path === `fixture/${name}`);
  return cloud.values.refOf(api as never);
};
const socketOf = ({ cloud }: FixtureCloud) =>
  new WebSocket(`${cloud.origin.replace('http', 'ws')}/ws`);

describe('without any permission of the template', async () => {
  const fixture = await fixtureCloud({ withoutPermissions: /./ });
  const { cloud, notices, line } = fixture;

  test("an HTTP route is API Gateway's own 500", async () => {
    const response = await fetch(`${cloud.origin}/any/path`);
    expect([response.status, await response.json()]).toEqual([
      500,
      { message: 'Internal Server Error' },
    ]);
    const caller = `${executeApi}:${apiId(fixture, 'HttpApi')}/$default/ANY/{proxy+}`;
    expect(notices).toContain(
      `ANY /{proxy+} answered 500: fixture-http was not invoked: apigateway.amazonaws.com may not invoke fixture-http for ${caller}: add an AWS::Lambda::Permission to the template whose SourceArn fits this ARN.`,
    );
  });

  test('a socket is not let in', async () => {
    const socket = socketOf(fixture);
    socket.on('error', () => {});
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(500);
    const caller = `${executeApi}:${apiId(fixture, 'Sockets')}/ws/$connect`;
    expect(notices.join('\n')).toContain(`may not invoke fixture-socket for ${caller}`);
  });

  test('a schedule fails at once, and says so here alone', async () => {
    expect(await cloud.fire('Hourly')).toMatchObject([{ ok: false, reason: 'forbidden' }]);
    expect(notices.join('\n')).toMatch(
      /The schedule fixture\/Hourly failed: events\.amazonaws\.com may not invoke fixture-tick for arn:aws:events:ap-south-1:000000000000:rule\/fixture-Hourly\w+:/,
    );
  });

  test('a queue is polled all the same: that is a right of the role', async () => {
    const [queue] = cloud.values
      .resources('AWS::SQS::Queue')
      .filter(({ id }) => id.startsWith('Work'));
    const engine = engineAt(cloud.engines.sqs?.endpoint ?? '');
    const name = String(cloud.values.attributeOf(queue as never, 'QueueName'));
    const input = { QueueUrl: queueUrlOf(engine.endpoint, name), MessageBody: 'hello' };
    const region = 'ap-south-1';
    await callEngine({ engine, service: 'sqs', region, operation: 'SendMessage', input });
    expect(await line('"hello"')).toContain('worked');
  });
});

test('a socket whose messages nobody may take is told so, and stays open', async () => {
  const fixture = await fixtureCloud({ withoutPermissions: /\$default/ });
  const socket = socketOf(fixture);
  await once(socket, 'open');
  socket.send('hello');
  const [message]: unknown[] = await once(socket, 'message');
  expect(JSON.parse(String(message))).toEqual({
    message: 'Internal server error',
    connectionId: expect.any(String),
    requestId: expect.any(String),
  });
  expect(socket.readyState).toBe(WebSocket.OPEN);
  const caller = `${executeApi}:${apiId(fixture, 'Sockets')}/ws/$default`;
  expect(fixture.notices.join('\n')).toContain(`may not invoke fixture-socket for ${caller}`);
  socket.close();
  await once(socket, 'close');
});
