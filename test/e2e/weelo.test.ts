import {
  ApiGatewayManagementApiClient,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startWeeloCloud, type WeeloCloud } from '../../bench/weelo-cloud.ts';
import { routes } from '../../src/contract/http/routes.ts';
import { clientOf, type Client } from '../support/client.ts';
import { documentedOrder } from '../support/worlds/order-world.ts';
import { overTheWire } from '../support/over-the-wire.ts';

let cloud: WeeloCloud;
beforeAll(async () => {
  cloud = await startWeeloCloud(() => undefined);
  client = clientOf(routes, overTheWire(cloud.origin));
});
afterAll(() => cloud.stop());

let client: Client<(typeof routes)[number]>;
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

/** The code in the SMS that this phone gets. */
async function codeSentTo(phone: string): Promise<string> {
  const sms = await vi.waitFor(() => cloud.smsTo(phone) ?? expect.fail('No SMS yet'), 10_000);
  return /^\d{6}/.exec(sms)?.[0] ?? '';
}

async function logIn(phone: string, role: 'customer' | 'transporter' = 'customer') {
  await client.sendLoginCode({ body: { phone, role } });
  const otp = await codeSentTo(phone);
  const { body } = await client.verifyLoginCode({ body: { phone, otp, role } });
  return body?.tokens ?? expect.fail('Not logged in');
}

describe('login', () => {
  test('by SMS, with a refresh token that stays, until logging out', async () => {
    const { accessToken: token, refreshToken } = await logIn('9876543210');
    expect((await client.getProfile({ token })).body?.profile.phone).toBe('9876543210');
    for (let i = 0; i < 3; i += 1) {
      const { body } = await client.refreshSession({ body: { refreshToken } });
      expect((await client.getProfile({ token: body?.accessToken ?? '' })).status).toBe(200);
    }
    expect((await client.logOut({ token, query: {} })).status).toBe(200);
    expect((await client.getProfile({ token })).error?.code).toBe('UNAUTHORIZED');
    const again = await client.refreshSession({ body: { refreshToken } });
    expect(again.error?.code).toBe('INVALID_REFRESH_TOKEN');
  });

  test("of a driver, with a code on the transporter's phone", async () => {
    const driverPhone = '9700000001';
    await client.sendDriverLoginCode({ body: { driverPhone } });
    const otp = await codeSentTo('9800000001');
    const { body } = await client.verifyDriverLoginCode({ body: { driverPhone, otp } });
    expect(body).toMatchObject({ role: 'DRIVER', driver: { name: 'Ramesh Kumar' } });
  });
});

describe('an order', () => {
  test('as the documents show it is placed once, and told to dispatch', async () => {
    const { accessToken: token } = await logIn('9876543211');
    const key = randomUUID();
    const ask = () => client.placeOrder({ token, idempotencyKey: key, body: documentedOrder });
    const first = await ask();
    expect(first.status).toBe(201);
    const orderId = first.body?.order.id ?? '';
    await vi.waitFor(() => expect(cloud.logOf('dispatch').join()).toContain('Wave begun'), {
      timeout: 3000,
    });

    const again = await ask();
    expect(again.body?.order.id).toBe(orderId);
    expect(again.headers['idempotent-replayed']).toBe('true');
    await vi.waitFor(
      () => expect(cloud.logOf('orders').join()).toContain('Idempotency HIT'),
      10_000,
    );
    const alias = await fetch(`${cloud.origin}/api/v1/bookings/orders`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'x-idempotency-key': key,
      },
      body: JSON.stringify(documentedOrder),
    });
    expect(await alias.json()).toMatchObject({ data: { order: { id: orderId } } });

    const other = await client.placeOrder({
      token,
      idempotencyKey: key,
      body: { ...documentedOrder, distanceKm: 30 },
    });
    expect(other.error?.code).toBe('IDEMPOTENCY_CONFLICT');
    const params = { id: orderId };
    expect((await client.cancelOrder({ token, params, body: {} })).status).toBe(200);
    const next = await client.placeOrder({
      token,
      idempotencyKey: randomUUID(),
      body: documentedOrder,
    });
    expect(next.status).toBe(201);
  });

  test('is one of two that are asked for at once', async () => {
    const { accessToken: token } = await logIn('9876543214');
    const ask = () =>
      client.placeOrder({ token, idempotencyKey: randomUUID(), body: documentedOrder });
    const both = await Promise.all([ask(), ask()]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([-1, 201]);
    const [refused] = both.flatMap(({ error }) => error ?? []);
    expect(['CONCURRENT_REQUEST', 'ACTIVE_ORDER_EXISTS']).toContain(refused?.code);
  });

  test('of a client that hangs up before the answer is there when it asks again', async () => {
    const { accessToken: token } = await logIn('9876543212');
    const key = randomUUID();
    const hangUp = new AbortController();
    const locks = () =>
      cloud.logOf('orders').filter((line) => line.includes('Lock acquired')).length;
    const before = locks();
    const request = fetch(`${cloud.origin}/api/v1/orders`, {
      method: 'POST',
      signal: hangUp.signal,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'x-idempotency-key': key,
      },
      body: JSON.stringify(documentedOrder),
    });
    // It is being placed by now, and nobody hears what came of it.
    await vi.waitFor(() => expect(locks()).toBe(before + 1), { interval: 1 });
    hangUp.abort();
    await request.catch(() => undefined);
    const answer = await vi.waitFor(
      async () => {
        const again = await client.placeOrder({
          token,
          idempotencyKey: key,
          body: documentedOrder,
        });
        expect(again.status).toBe(201);
        return again;
      },
      { timeout: 10_000, interval: 500 },
    );
    expect(answer.headers['idempotent-replayed']).toBe('true');
    const { body } = await client.listOrders({ token, query: {} });
    expect(body?.orders.map(({ id }) => id)).toEqual([answer.body?.order.id]);
  });
});

describe('a fleet', () => {
  test('with a vehicle and a driver is found by a search while it is online', async () => {
    const { accessToken: token } = await logIn('9876543220', 'transporter');
    const { accessToken: customer } = await logIn('9876543221');
    const at = { latitude: 21.15, longitude: 79.09 };
    const free = async () => {
      const { body } = await client.searchTrucks({
        token: customer,
        query: {
          pickupLat: at.latitude,
          pickupLng: at.longitude,
          dropLat: 21.5,
          dropLng: 79.5,
          vehicleType: 'open',
        },
      });
      const found = body?.vehicles.find(({ vehicleSubtype }) => vehicleSubtype === '19 Feet');
      return found?.freeNearby;
    };
    const { body } = await client.upsertVehicle({
      token,
      body: {
        vehicleNumber: 'MH 31 AB 1234',
        vehicleType: 'open',
        vehicleSubtype: '19 Feet',
        capacity: '9 Ton',
      },
    });
    const driver = { phone: '9876543222', name: 'Gopal Das', licenseNumber: 'MH3120150000001' };
    await client.beginOnboarding({ token, body: driver });
    const { phone } = driver;
    const otp = await codeSentTo(phone);
    expect((await client.finishOnboarding({ token, body: { phone, otp } })).status).toBe(201);
    const { body: drivers } = await client.listDrivers({ token });
    expect(drivers?.drivers.map(({ name }) => name)).toEqual(['Gopal Das']);

    expect(await free()).toBe(0);
    await client.setTransporterAvailability({ token, body: { isAvailable: true } });
    await client.beat({ token, body: at });
    expect(await free()).toBe(1);
    await client.stopBeating({ token });
    expect(await free()).toBe(0);
    await client.beat({ token, body: at });
    expect(await free()).toBe(1);
    await client.deleteVehicle({ token, params: { id: body?.vehicle.id ?? '' } });
    expect(await free()).toBe(0);
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

  test('lets in by a ticket, once', async () => {
    const { accessToken: token } = await logIn('9876543213');
    const { body } = await client.createSocketTicket({ token });
    const open = async () => {
      const socket = new WebSocket(`${address()}?ticket=${body?.ticket ?? ''}`);
      const [outcome]: unknown[] = await once(socket, 'open').catch((error: unknown) => [error]);
      socket.close();
      return outcome;
    };
    expect(await open()).toBeUndefined();
    expect(String(await open())).toContain('401');
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
