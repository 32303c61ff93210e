import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startWeeloCloud, type WeeloCloud } from '../../bench/weelo-cloud.ts';
import { routes } from '../../src/contract/http/routes.ts';
import { clientOf } from '../support/client.ts';
import { cancellationFor, openNotifyQueue, type NotifyQueue } from '../support/notify-queue.ts';
import { overTheWire } from '../support/over-the-wire.ts';
import { connectSocket, type SocketClient } from '../support/socket-client.ts';

let cloud: WeeloCloud;
let queue: NotifyQueue;
beforeAll(async () => {
  cloud = await startWeeloCloud(() => undefined);
  queue = openNotifyQueue(cloud);
  // A claim on an event ends after ten seconds.
  await queue.redeliverAfter(12);
});
afterAll(async () => {
  queue.close();
  await cloud.stop();
});
afterEach(() => {
  cloud.faults.clear();
});

/** Longer than two deliveries of a message, on a busy machine. */
const patience = { timeout: 55_000, interval: 50 };

async function connected(userId: string) {
  const socket = await connectSocket(cloud.origin, await cloud.accessToken({ userId }));
  onTestFinished(() => socket.cut());
  return socket;
}

async function userWithPhone() {
  const userId = randomUUID();
  const phone = `phone-${randomUUID()}`;
  const client = clientOf(routes, overTheWire(cloud.origin));
  const token = await cloud.accessToken({ userId });
  await client.registerDeviceToken({ token, body: { token: phone, deviceType: 'android' } });
  return { userId, phone };
}

const timesHeard = ({ heard }: SocketClient, id: string) =>
  heard.filter((each) => each.id === id).length;

const untilHeard = (socket: SocketClient, id: string) =>
  vi.waitFor(() => expect(timesHeard(socket, id)).toBeGreaterThan(0), patience);

const untilPushed = (phone: string, eventId: string) =>
  vi.waitFor(() => {
    const pushes = cloud.pushesTo(phone).filter((each) => each['eventId'] === eventId);
    expect(pushes).toHaveLength(1);
  }, patience);

/** Answers when the message was not worked off, and lies on the queue until its next delivery. */
function untilFailed() {
  const failures = () =>
    cloud.logOf('notify').filter((line) => line.includes('"Message failed"')).length;
  const before = failures();
  return vi.waitFor(() => expect(failures()).toBeGreaterThan(before), patience);
}

test(
  'notify is killed after it has posted to half of the sockets: everyone is told',
  { timeout: 180_000 },
  async () => {
    const users = Array.from({ length: 80 }, () => randomUUID());
    const sockets: SocketClient[] = [];
    for (const userId of users) sockets.push(await connected(userId));
    const event = cancellationFor(users);
    // Posts are slow, so that it can be killed between them.
    cloud.faults.set({ kind: 'slow', service: 'execute-api', ms: 500 });
    await queue.send(event);
    const told = () => sockets.filter((each) => timesHeard(each, event.id) > 0).length;
    await vi.waitFor(() => expect(told()).toBeGreaterThanOrEqual(40), {
      ...patience,
      interval: 5,
    });
    cloud.kill('notify');
    cloud.faults.clear();
    expect(told()).toBeLessThan(80);

    await vi.waitFor(() => expect(told()).toBe(80), { ...patience, timeout: 90_000 });
    // P8: a duplicate only reaches a client if notify died between posting and noting it.
    const twice = sockets.filter((each) => timesHeard(each, event.id) > 1).length;
    expect(twice).toBeLessThanOrEqual(100);
    expect(Math.max(...sockets.map((each) => timesHeard(each, event.id)))).toBeLessThanOrEqual(2);
  },
);

test('a third of the sockets is dead: the others are told once, and the dead are forgotten', async () => {
  const users = Array.from({ length: 30 }, () => randomUUID());
  const sockets: SocketClient[] = [];
  for (const [i, userId] of users.entries()) {
    if (i % 3 > 0) sockets.push(await connected(userId));
    else await cloud.letInOn(`dead-socket-${String(i).padStart(3, '0')}=`, userId);
  }
  for (const event of [cancellationFor(users), cancellationFor(users)]) {
    await queue.send(event);
    for (const each of sockets) await untilHeard(each, event.id);
  }
  const posted = await vi.waitFor(() => {
    const lines = cloud.logOf('notify').filter((line) => line.includes('"Event posted"'));
    const sizes = lines.map((line) => Number(/"sockets":(\d+)/.exec(line)?.[1]));
    expect(sizes.slice(-2)).toEqual([30, 20]);
    return sizes;
  }, patience);
  expect(posted.at(-1)).toBe(20);
  expect(sockets.flatMap(({ heard }) => heard)).toHaveLength(2 * sockets.length);
});

test('a socket never reads: the others are told at once, and its phone is pushed to', async () => {
  const { userId, phone } = await userWithPhone();
  const before = new Set(cloud.connectionIds());
  (await connected(userId)).stopReading();
  const stuck = cloud.connectionIds().find((id) => !before.has(id)) ?? '';
  // API Gateway refuses posts while the client has left too much unread.
  const long = 'x'.repeat(100_000);
  await vi.waitFor(() => expect(cloud.postTo(stuck, long)).toBe(false), {
    ...patience,
    interval: 0,
  });

  const here = [randomUUID(), randomUUID()];
  const others = await Promise.all(here.map(connected));
  const event = cancellationFor([userId, ...here]);
  await queue.send(event);
  for (const each of others) {
    await vi.waitFor(() => expect(timesHeard(each, event.id)).toBe(1), { timeout: 10_000 });
  }
  await untilPushed(phone, event.id);
});

test('FCM is away: sockets are served, and the phone is pushed to when it is back', async () => {
  const { userId, phone } = await userWithPhone();
  const here = randomUUID();
  const socket = await connected(here);
  cloud.faults.set({ kind: 'fail', service: 'fcm.googleapis.com' });
  const event = cancellationFor([userId, here]);
  const failed = untilFailed();
  await queue.send(event);
  await untilHeard(socket, event.id);
  await failed;
  expect(cloud.pushesTo(phone)).toEqual([]);
  cloud.faults.clear();
  await untilPushed(phone, event.id);
  expect(timesHeard(socket, event.id)).toBe(1);
});

test('DynamoDB throttles everything for seconds: everyone is told once', async () => {
  const { userId, phone } = await userWithPhone();
  const here = randomUUID();
  const socket = await connected(here);
  cloud.faults.set({ kind: 'throttle', service: 'dynamodb' });
  const event = cancellationFor([userId, here]);
  const failed = untilFailed();
  await queue.send(event);
  await failed;
  cloud.faults.clear();
  await untilHeard(socket, event.id);
  await untilPushed(phone, event.id);
  expect(timesHeard(socket, event.id)).toBe(1);
});

test('posts are throttled for seconds: the phone is pushed to, and the socket is told later', async () => {
  const { userId, phone } = await userWithPhone();
  const socket = await connected(userId);
  cloud.faults.set({ kind: 'throttle', service: 'execute-api' });
  const event = cancellationFor([userId]);
  await queue.send(event);
  await untilPushed(phone, event.id);
  expect(timesHeard(socket, event.id)).toBe(0);
  cloud.faults.clear();
  await untilHeard(socket, event.id);
  expect(timesHeard(socket, event.id)).toBe(1);
});
