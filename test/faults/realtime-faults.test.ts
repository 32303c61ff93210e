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

/** How often notify has had no answer to a post. It posts again, and the client may hear it twice (P8). */
const postsUnanswered = () =>
  cloud.logOf('notify').filter((line) => line.includes('"A post failed"')).length;

const untilHeard = (socket: SocketClient, id: string) =>
  vi.waitFor(() => expect(timesHeard(socket, id)).toBeGreaterThan(0), patience);

const untilPushed = (phone: string, eventId: string) =>
  vi.waitFor(() => {
    const pushes = cloud.pushesTo(phone).filter((each) => each['eventId'] === eventId);
    expect(pushes).toHaveLength(1);
  }, patience);

/** Answers when notify has logged this once more: the message lies on the queue until its next delivery. */
function untilLogged(text: string) {
  const lines = () => cloud.logOf('notify').filter((line) => line.includes(text)).length;
  const before = lines();
  return vi.waitFor(() => expect(lines()).toBeGreaterThan(before), patience);
}

test(
  'notify is killed between its posts: everyone is told, and few of them twice',
  { timeout: 180_000 },
  async () => {
    const users = Array.from({ length: 300 }, () => randomUUID());
    const sockets: SocketClient[] = [];
    for (const userId of users) sockets.push(await connected(userId));
    const event = cancellationFor(users);
    // Posts are slow, so that it can be killed between them; and far from 800 ms, after which notify takes one for failed
    // and posts again.
    cloud.faults.set({ kind: 'slow', service: 'execute-api', ms: 300 });
    await queue.send(event);
    const times = () => sockets.map((each) => timesHeard(each, event.id));
    const told = () => times().filter((each) => each > 0).length;
    await vi.waitFor(() => expect(told()).toBeGreaterThan(50), { ...patience, interval: 5 });
    cloud.kill('notify');
    expect(told(), 'it was not done').toBeLessThan(users.length);
    cloud.faults.clear();

    const everyone = () => expect(times().filter((each) => each === 0)).toEqual([]);
    await vi.waitFor(everyone, { ...patience, timeout: 90_000 });
    // P8: only those are told twice whom it had posted to, and not noted yet, when it died: a hundred at most.
    expect(times().filter((each) => each > 1).length).toBeLessThanOrEqual(100);
    expect(Math.max(...times())).toBeLessThanOrEqual(2);
  },
);

const deadSocket = (i: number) => `dead-socket-${String(i).padStart(3, '0')}=`;
/** A younger one might still be opening, and is kept. */
const openedLongAgo = Date.now() - 60_000;

test('a third of the sockets is dead: the others are told once, and the dead are forgotten', async () => {
  const users = Array.from({ length: 30 }, () => randomUUID());
  const sockets: SocketClient[] = [];
  for (const [i, userId] of users.entries()) {
    if (i % 3 > 0) sockets.push(await connected(userId));
    else await cloud.letInOn(deadSocket(i), userId, openedLongAgo);
  }
  const postsOf = (eventId: string) => {
    const posted = (line: string) => line.includes('"Event posted"') && line.includes(eventId);
    return Number(/"sockets":(\d+)/.exec(cloud.logOf('notify').find(posted) ?? '')?.[1]);
  };
  const unanswered = postsUnanswered();
  const events = [cancellationFor(users), cancellationFor(users)];
  for (const event of events) {
    await queue.send(event);
    for (const each of sockets) await untilHeard(each, event.id);
    // Only then have the dead been forgotten: the next event must not meet them.
    await vi.waitFor(() => expect(postsOf(event.id)).not.toBeNaN(), patience);
  }
  expect(events.map(({ id }) => postsOf(id))).toEqual([30, 20]);
  for (const { id } of events) {
    for (const each of sockets) expect(timesHeard(each, id)).toBeGreaterThan(0);
  }
  // A whole machine that stands still for a second leaves posts without their answer.
  const repeated = sockets.flatMap(({ heard }) => heard).length - 2 * sockets.length;
  expect(repeated).toBeLessThanOrEqual(postsUnanswered() - unanswered);
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
  const failed = untilLogged('"A push failed"');
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
  const failed = untilLogged('ProvisionedThroughputExceeded');
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
