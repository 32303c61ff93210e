import {
  ApiGatewayManagementApiClient,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startWeeloCloud, type WeeloCloud } from '../../bench/weelo-cloud.ts';
import { routes } from '../../src/contract/routes.ts';
import { clientOf, type Send } from '../support/client.ts';

let cloud: WeeloCloud;
beforeAll(async () => {
  cloud = await startWeeloCloud(() => undefined);
});
afterAll(() => cloud.stop());

/** Over the wire, as an app does. */
const overTheWire: Send = async ({ method, path, query, headers, body }) => {
  const url = new URL(path, cloud.origin);
  url.search = new URLSearchParams(query).toString();
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
};
const client = clientOf(routes, overTheWire);

describe('the HTTP API', () => {
  test('is healthy, part by part', async () => {
    expect(await client.getHealth()).toMatchObject({
      status: 200,
      body: { status: 'healthy', postgres: 'up', redis: 'up', dynamodb: 'up', sqs: 'up' },
    });
    expect(await client.getReadiness()).toMatchObject({ status: 200 });
  });

  test('publishes the keys that the deployment made', async () => {
    const { body } = await client.getPublicKeys();
    expect(body?.keys).toHaveLength(1);
  });

  test('answers unknown paths in our words, with a request id', async () => {
    const response = await fetch(`${cloud.origin}/api/v1/nowhere?x=1`, {
      headers: { 'x-request-id': 'from-a-test' },
    });
    expect(response.status).toBe(404);
    expect(response.headers.get('x-request-id')).toBe('from-a-test');
    expect(await response.json()).toMatchObject({
      success: false,
      error: { code: 'NOT_FOUND', requestId: 'from-a-test' },
    });
  });

  test("answers a browser's preflight", async () => {
    const response = await fetch(`${cloud.origin}/health`, {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'GET' },
    });
    expect(response.ok).toBe(true);
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
  });
});

describe('the WebSocket API', () => {
  const address = () => `${cloud.origin.replace('http', 'ws')}/ws`;

  test('answers a ping with a pong, as a route response', async () => {
    const token = await cloud.accessToken();
    const socket = new WebSocket(address(), ['weelo.v1', `bearer.${token}`]);
    await once(socket, 'open');
    expect(socket.protocol).toBe('weelo.v1');
    socket.send('{"action":"ping","ref":"r1"}');
    const [message]: unknown[] = await once(socket, 'message');
    expect(JSON.parse(String(message))).toEqual({ event: 'pong', ref: 'r1' });
    socket.send('2probe');
    const [refusal]: unknown[] = await once(socket, 'message');
    expect(JSON.parse(String(refusal))).toMatchObject({ event: 'error' });
    socket.close();
    await once(socket, 'close');
  });

  test('turns away who shows no token', async () => {
    const socket = new WebSocket(address());
    const [error]: unknown[] = await once(socket, 'error').catch((thrown: unknown) => [thrown]);
    expect(String(error)).toContain('401');
  });

  test('says that a connection is gone, which was there', async () => {
    const { variables } = cloud.processOf('notify');
    const { endpoint, ...options } = clientOptions(variables);
    const management = new ApiGatewayManagementApiClient({
      ...options,
      endpoint: `${endpoint}/ws`,
    });
    const opened = cloud.connectionIds();
    const socket = new WebSocket(address(), ['weelo.v1', `bearer.${await cloud.accessToken()}`]);
    await once(socket, 'open');
    const [ConnectionId] = cloud.connectionIds().filter((id) => !opened.includes(id));
    const post = () =>
      management.send(new PostToConnectionCommand({ ConnectionId, Data: 'hello' }));
    const heard = once(socket, 'message');
    await post();
    expect(String((await heard)[0])).toBe('hello');
    socket.close();
    await once(socket, 'close');
    await expect(post()).rejects.toThrow(GoneException);
    management.destroy();
  });
});

test('reconcile runs when its schedule fires', async () => {
  expect(await cloud.fire('Reconciler/Schedule')).toEqual([expect.objectContaining({ ok: true })]);
});

test('a message of an unknown kind stays on the queue until it is given up', async () => {
  const { variables } = cloud.processOf('orders');
  const QueueUrl = variables['DISPATCH_QUEUE_URL'];
  const sqs = new SQSClient(clientOptions(variables));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"kind":"unknown"}' }));
  await expect.poll(() => cloud.invocationsOf('dispatch'), { timeout: 10_000 }).toBeGreaterThan(0);
  const system = new SQSClient(clientOptions(cloud.processOf('system').variables));
  const { Attributes } = await system.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  expect(Attributes).toEqual({ ApproximateNumberOfMessagesNotVisible: '1' });
  sqs.destroy();
  system.destroy();
});

/** With the rights of one function. */
function clientOptions(variables: Readonly<Record<string, string>>) {
  return {
    endpoint: variables['AWS_ENDPOINT_URL'] ?? '',
    region: variables['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  };
}
