import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startWeeloCloud, type WeeloCloud } from '../../bench/weelo-cloud.ts';
import { routes } from '../../src/contract/http/routes.ts';
import { clientOf, type Client } from '../support/client.ts';
import { overTheWire } from '../support/over-the-wire.ts';
import { cancellationFor, openNotifyQueue } from '../support/notify-queue.ts';
import { connectSocket } from '../support/socket-client.ts';
import { documentedOrder } from '../support/worlds/order-world.ts';

let cloud: WeeloCloud;
let client: Client<(typeof routes)[number]>;
beforeAll(async () => {
  cloud = await startWeeloCloud(() => undefined);
  client = clientOf(routes, overTheWire(cloud.origin));
});
afterAll(() => cloud.stop());

let phones = 9_876_500_000;

async function loggedIn(role: 'customer' | 'transporter' = 'customer', phone = String(phones++)) {
  await client.sendLoginCode({ body: { phone, role } });
  const sms = await vi.waitFor(() => cloud.smsTo(phone) ?? expect.fail('No SMS yet'), 10_000);
  const otp = /^\d{6}/.exec(sms)?.[0] ?? '';
  const { body } = await client.verifyLoginCode({ body: { phone, otp, role } });
  const { accessToken: token, refreshToken } = body?.tokens ?? expect.fail('Not logged in');
  return { phone, token, refreshToken };
}

async function connected(token: string) {
  const socket = await connectSocket(cloud.origin, token);
  onTestFinished(() => socket.cut());
  return socket;
}

function userIn(token: string): string {
  const [, claims = ''] = token.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub: string }).sub;
}

async function place(token: string) {
  const request = { token, idempotencyKey: randomUUID(), body: documentedOrder };
  const { body } = await client.placeOrder(request);
  return body?.order.id ?? expect.fail('Not placed');
}

describe("a customer's two devices", () => {
  test('are told of a cancellation, once each', async () => {
    const { token } = await loggedIn();
    const devices = [await connected(token), await connected(token)];
    const orderId = await place(token);
    await client.cancelOrder({ token, params: { id: orderId }, body: { reason: 'Later' } });
    for (const device of devices) {
      const [told, ...more] = await device.events('order_cancelled');
      expect(more).toEqual([]);
      expect(told).toMatchObject({
        id: expect.any(String),
        at: expect.any(String),
        data: {
          orderId,
          status: 'cancelled',
          reason: 'Later',
          eventVersion: expect.any(Number) as number,
        },
      });
    }
  });

  test('are told once, even if the queue delivers the message three times', async () => {
    const { token } = await loggedIn();
    const device = await connected(token);
    const queue = openNotifyQueue(cloud);
    onTestFinished(() => queue.close());
    const message = cancellationFor([userIn(token)]);
    for (let i = 0; i < 3; i += 1) {
      const before = cloud.invocationsOf('notify');
      await queue.send(message);
      const worked = () => expect(cloud.invocationsOf('notify')).toBeGreaterThan(before);
      await vi.waitFor(worked, 20_000);
      await device.events('order_cancelled');
    }
    // Its answer comes behind everything that was posted before.
    await device.say('ping');
    expect(await device.events('order_cancelled')).toHaveLength(1);
  });
});

describe('a phone', () => {
  /** A customer with a registered device. */
  async function withPhone() {
    const { token } = await loggedIn();
    const device = `device-${randomUUID()}`;
    await client.registerDeviceToken({ token, body: { token: device, deviceType: 'android' } });
    return { token, device };
  }
  async function cancelled(token: string) {
    const orderId = await place(token);
    await client.cancelOrder({ token, params: { id: orderId }, body: {} });
    return orderId;
  }
  /** What notify logged of the pushes of an event. */
  const pushLogOf = (eventId: string | undefined) =>
    cloud
      .logOf('notify')
      .filter((line) => line.includes('Event pushed') && line.includes(eventId ?? 'unknown'))
      .join();
  const pushedTo = (device: string) =>
    vi.waitFor(() => cloud.pushesTo(device)[0] ?? expect.fail('No push yet'), 10_000);

  test('is pushed to at once, if no app is connected', async () => {
    const { token, device } = await withPhone();
    const orderId = await cancelled(token);
    const push = await pushedTo(device);
    expect(push).toMatchObject({ type: 'order_cancelled', title: 'Order cancelled', orderId });
    // A wave raises the version, too, if it begins before the order is cancelled.
    const { body } = await client.getOrder({ token, params: { id: orderId } });
    expect(push['eventVersion']).toBe(String(body?.order.eventVersion));
  });

  test('is pushed to if its app is connected and does not acknowledge the event', async () => {
    const { token, device } = await withPhone();
    const socket = await connected(token);
    await cancelled(token);
    const [told] = await socket.events('order_cancelled');
    expect(await pushedTo(device)).toMatchObject({ eventId: told?.id });
  });

  test('is not pushed to if the app acknowledges the event', async () => {
    const { token, device } = await withPhone();
    const socket = await connected(token);
    await cancelled(token);
    const [told] = await socket.events('order_cancelled');
    await socket.say('ack', { eventId: told?.id });
    await vi.waitFor(() => expect(pushLogOf(told?.id)).toContain('"devices":0'), 20_000);
    expect(cloud.pushesTo(device)).toEqual([]);
  });

  test('that FCM does not know any more is forgotten', async () => {
    const { token } = await loggedIn();
    const device = `unregistered-${randomUUID()}`;
    await client.registerDeviceToken({ token, body: { token: device, deviceType: 'android' } });
    const socket = await connected(token);
    for (const devices of [1, 0]) {
      const orderId = await cancelled(token);
      const told = await vi.waitFor(
        () =>
          socket.heard.find((each) => each.data?.['orderId'] === orderId) ??
          expect.fail('No event'),
        20_000,
      );
      await vi.waitFor(() => expect(pushLogOf(told.id)).toContain(`"devices":${devices}`), 20_000);
    }
  });
});

describe('other systems', () => {
  test('learn from the event bus what happens to an order, without personal data', async () => {
    const { token, phone } = await loggedIn();
    const orderId = await place(token);
    await client.cancelOrder({ token, params: { id: orderId }, body: { reason: 'My own words' } });
    const published = await vi.waitFor(() => {
      const found = cloud
        .published()
        .filter(({ detail }) => JSON.stringify(detail).includes(orderId));
      const types = found.map(({ detailType }) => detailType);
      expect(types).toEqual(expect.arrayContaining(['OrderPlaced', 'OrderCancelled']));
      return found;
    }, 20_000);
    // A wave of the search may have begun between them.
    const placed = published.find(({ detailType }) => detailType === 'OrderPlaced');
    const ended = published.find(({ detailType }) => detailType === 'OrderCancelled');
    const order = { orderId, customerId: userIn(token), trucksFilled: 0 };
    expect(placed).toMatchObject({
      bus: 'weelo-local',
      source: 'weelo',
      detailType: 'OrderPlaced',
      detail: { version: 1, data: { ...order, status: 'broadcasting', eventVersion: 1 } },
    });
    expect(ended).toMatchObject({
      detailType: 'OrderCancelled',
      detail: {
        version: 1,
        data: { ...order, status: 'cancelled', eventVersion: expect.any(Number) as number },
      },
    });
    const told = JSON.stringify(published);
    const { pickup, drop } = documentedOrder;
    for (const each of ['My own words', phone, pickup.address, drop.address]) {
      expect(told).not.toContain(each);
    }
  });
});

describe('P10: who comes back', () => {
  test('has the same state as who stayed: live orders, and then that this was all', async () => {
    const { token } = await loggedIn();
    const orderId = await place(token);
    const device = await connected(token);
    const answer = await device.say('resume');
    expect(answer).toMatchObject({ event: 'resumed', data: { count: 1 } });
    expect(device.heard.map(({ event }) => event)).toEqual(['order_state', 'resumed']);
    expect(device.heard[0]?.data).toMatchObject({
      orderId,
      status: 'broadcasting',
      isActive: true,
      eventVersion: expect.any(Number) as number,
    });

    device.cut();
    await client.cancelOrder({ token, params: { id: orderId }, body: {} });
    const later = await connected(token);
    expect(await later.say('resume')).toMatchObject({ event: 'resumed', data: { count: 0 } });
    // The event may have been on its way still.
    expect(later.heard.map(({ event }) => event)).not.toContain('order_state');
  });

  test('may ask for one order, if it is theirs', async () => {
    const { token } = await loggedIn();
    const orderId = await place(token);
    const device = await connected(token);
    expect(await device.say('join', { orderId })).toMatchObject({
      event: 'joined',
      data: { orderId, status: 'broadcasting', eventVersion: expect.any(Number) as number },
    });
    expect(await device.say('leave', { orderId })).toMatchObject({ event: 'left' });
    const stranger = await connected((await loggedIn()).token);
    expect(await stranger.say('join', { orderId })).toMatchObject({
      event: 'error',
      data: { code: 'ORDER_NOT_FOUND' },
    });
  });
});

describe('P18: a socket', () => {
  test('is closed when its session is ended, on all devices', async () => {
    const { token } = await loggedIn('transporter');
    const devices = [await connected(token), await connected(token)];
    await client.logOut({ token, query: { all: 'true' } });
    for (const device of devices) {
      await device.closed();
      expect(device.heard).toEqual([
        { event: 'error', data: expect.objectContaining({ code: 'TOKEN_EXPIRED' }) },
      ]);
    }
  });

  test('goes on with a new token of the same user, and of nobody else', async () => {
    const { token, refreshToken } = await loggedIn();
    const device = await connected(token);
    const { body } = await client.refreshSession({ body: { refreshToken } });
    expect(await device.say('auth', { token: body?.accessToken })).toMatchObject({
      event: 'authenticated',
      data: { expiresAt: expect.any(String) },
    });
    const { token: others } = await loggedIn();
    expect(await device.say('auth', { token: others })).toMatchObject({
      data: { code: 'FORBIDDEN' },
    });
    expect(await device.say('ping')).toMatchObject({ event: 'pong' });
  });
});

test('a user has five sockets: the sixth closes the oldest', async () => {
  const { token } = await loggedIn();
  const five = [];
  for (let i = 0; i < 5; i += 1) five.push(await connected(token));
  const sixth = await connected(token);
  const [oldest, ...others] = five;
  await oldest?.closed();
  for (const each of [...others, sixth])
    expect(await each.say('ping')).toMatchObject({ event: 'pong' });
});

test('sockets that are dead and never said goodbye leave room for living ones', async () => {
  const { token } = await loggedIn();
  const living = await connected(token);
  const aMinuteAgo = Date.now() - 60_000;
  for (let i = 0; i < 4; i += 1) {
    await cloud.letInOn(`dead-connecti-${i}=`, userIn(token), aMinuteAgo + i);
  }
  const another = await connected(token);
  for (const each of [living, another]) {
    expect(await each.say('ping')).toMatchObject({ event: 'pong' });
  }
});

test('an ack is only answered where it has a ref', async () => {
  const device = await connected((await loggedIn()).token);
  device.mention({ action: 'ack', eventId: randomUUID() });
  expect(await device.say('ack', { eventId: randomUUID() })).toMatchObject({ event: 'acked' });
  expect(device.heard).toHaveLength(1);
});
