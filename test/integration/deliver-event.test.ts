import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { queueMessages, type EventMessage, type UnseenEvent } from '../../src/contract/queues.ts';
import type { Framing } from '../../src/contract/socket/protocol.ts';
import { openConnections } from '../../src/messaging/connections/connections.ts';
import { deliverEvent } from '../../src/messaging/deliver-event.ts';
import { tripCodes } from '../../src/orders/trips/trip-codes.ts';
import { oncePerEvent } from '../../src/platform/once/seen-once.ts';
import type { Posted } from '../../src/platform/aws/sockets.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { makeTable } from '../support/engines/function-environment.ts';

/** A token that expires long after the test. */
const never = Date.UTC(2100, 0);

let secondsPassed = 0;
const clock = { now: () => new Date(Date.UTC(2027, 0, 31, 9, 30, secondsPassed)) };
const table = openStateTable(await makeTable('pk', 'sk'), clock);
const connections = openConnections(table, clock);

/** What became of each post, and of each close, by the id of the connection. */
const posts: string[] = [];
const closed: string[] = [];
/** What API Gateway makes of a post. Default: the client gets it. */
let postTo: (id: string) => Promise<Posted>;
const sockets = {
  post: async (id: string, text: string) => {
    const posted = await postTo(id);
    if (posted === 'posted') posts.push(id);
    texts.push(text);
    return posted;
  },
  close: async (id: string) => void closed.push(id),
};
const ended = new Set<string>();
let readKey: () => string;
/** The texts that were posted. */
const texts: string[] = [];
let readEnds: () => Promise<ReadonlySet<string>>;
/** What is sent to notify's own queue, to be pushed. */
const toPush: UnseenEvent[] = [];
type Sent = readonly { readonly message: object }[];
const keepForPush = async (messages: Sent) => {
  for (const { message } of messages) toPush.push(queueMessages.notify.unseen.parse(message));
};
let sendAll = keepForPush;
const queue = { sendAll: (messages: Sent) => sendAll(messages) };
const deps = {
  queue,
  once: oncePerEvent('notify', table, clock),
  connections,
  sockets,
  endedSessions: { among: () => readEnds() },
  readTripCodeKey: async () => readKey(),
  clock,
};

beforeEach(() => {
  secondsPassed = 0;
  posts.length = 0;
  texts.length = 0;
  readKey = () => 'a key';
  closed.length = 0;
  toPush.length = 0;
  postTo = async () => 'posted';
  readEnds = async () => ended;
  sendAll = keepForPush;
});

/** A user with so many sockets, and an event for that user. */
async function connected(devices: number, tokenEndsAt = never, framing: Framing = 'plain') {
  const userId = randomUUID();
  const ids = Array.from({ length: devices }, () => randomUUID());
  for (const [i, id] of ids.entries()) {
    const caller = { userId, role: 'customer', sessionId: `of ${id}`, tokenEndsAt } as const;
    await connections.keep({ id, framing, caller, openedAt: clock.now().getTime() + i });
  }
  const event: EventMessage = {
    kind: 'event',
    id: randomUUID(),
    at: clock.now().toISOString(),
    event: 'order_cancelled',
    to: [userId],
    data: {},
  };
  return { userId, ids, event };
}

/** The next delivery of the message, when its claim has ended. */
async function deliveredAgain(event: EventMessage) {
  secondsPassed += 30;
  await deliverEvent(event, deps);
}

const nobodyWaits = () => new Promise<never>(() => {});

describe('the codes of a trip', () => {
  const found = async (requiresTripCodes: boolean) => {
    const { event } = await connected(1);
    const tripId = randomUUID();
    const data = { tripId, requiresTripCodes, tripCodes: null };
    await deliverEvent({ ...event, event: 'truck_assigned', data }, deps);
    const [text = ''] = texts;
    const told = JSON.parse(text) as { data: { tripCodes: unknown } };
    return { tripId, told: told.data.tripCodes };
  };

  test('are put into the event that tells the customer of the truck, if the order asks for codes', async () => {
    const { tripId, told } = await found(true);
    expect(told).toEqual(tripCodes(tripId, 'a key'));
  });

  test('are not told where nobody needs them', async () => {
    expect((await found(false)).told).toBeNull();
  });

  test('do not hold up the event if their key cannot be read', async () => {
    readKey = () => {
      throw new Error('Secrets Manager is away');
    };
    expect((await found(true)).told).toBeNull();
  });
});

describe('P8: an event', () => {
  test('is posted to every socket of its users, once, however often it is delivered', async () => {
    const { ids, event } = await connected(3);
    for (let i = 0; i < 3; i += 1) await deliverEvent(event, deps);
    expect(posts.toSorted()).toEqual(ids.toSorted());
  });

  test('is posted to the others when one socket is throttled for ever, which is given up', async () => {
    const { ids, event } = await connected(4);
    const [slow = '', ...others] = ids;
    postTo = async (id) => (id === slow ? 'throttled' : 'posted');
    await expect(deliverEvent(event, deps)).rejects.toThrow('1 sockets could not be reached');
    await expect(deliveredAgain(event)).rejects.toThrow('1 sockets could not be reached');
    await deliveredAgain(event);
    expect(posts.toSorted()).toEqual(others.toSorted());
  });

  test('reaches a socket that is throttled for a moment in the same delivery', async () => {
    const { ids, event } = await connected(1);
    let tries = 0;
    postTo = async () => ((tries += 1) < 3 ? 'throttled' : 'posted');
    await deliverEvent(event, deps);
    expect(posts).toEqual(ids);
  });

  test('reaches a socket whose post failed by the next delivery, and nobody else twice', async () => {
    const { ids, event } = await connected(2);
    const [failing = ''] = ids;
    postTo = async (id) => {
      if (id === failing) throw new Error('Timed out');
      return 'posted';
    };
    await expect(deliverEvent(event, deps)).rejects.toThrow('could not be reached');
    postTo = async () => 'posted';
    await deliveredAgain(event);
    expect(posts.toSorted()).toEqual(ids.toSorted());
  });

  test('is posted once if its pushes cannot be queued', async () => {
    const { ids, event } = await connected(3);
    sendAll = async () => Promise.reject(new Error('SQS is away'));
    await expect(deliverEvent(event, deps)).rejects.toThrow('SQS is away');
    sendAll = keepForPush;
    await deliveredAgain(event);
    expect(posts.toSorted()).toEqual(ids.toSorted());
    expect(toPush).toHaveLength(1);
  });

  test('repeats only posts that were not noted if the function crashes in the middle', async () => {
    const users = await Promise.all(Array.from({ length: 30 }, () => connected(5)));
    const to = users.map(({ userId }) => userId);
    const { event: ofOne } = await connected(0);
    const event = { ...ofOne, to };
    const crashing = Promise.withResolvers<void>();
    let asked = 0;
    postTo = async () => {
      if ((asked += 1) <= 120) return 'posted';
      crashing.resolve();
      return nobodyWaits();
    };
    void deliverEvent(event, deps);
    await crashing.promise;

    postTo = async () => 'posted';
    await deliveredAgain(event);
    const all = users.flatMap(({ ids }) => ids);
    expect(new Set(posts)).toEqual(new Set(all));
    expect(posts.length - all.length).toBe(20);
  });
});

test('a socket that is gone is forgotten', async () => {
  const { userId, ids, event } = await connected(2);
  const [gone = '', other] = ids;
  postTo = async (id) => (id === gone ? 'gone' : 'posted');
  secondsPassed = 31;
  await deliverEvent(event, deps);
  expect(posts).toEqual([other]);
  expect((await connections.ofUsers([userId])).map(({ id }) => id)).toEqual([other]);
  expect(await connections.find(gone)).toBeUndefined();
});

test('P10: a socket that may still be opening, and so is gone for API Gateway, is kept', async () => {
  const { userId, ids, event } = await connected(1);
  postTo = async () => 'gone';
  secondsPassed = 29;
  await deliverEvent(event, deps);
  expect((await connections.ofUsers([userId])).map(({ id }) => id)).toEqual(ids);
  // Its message is done: the client asks what it has missed. If nobody does, a push says it.
  expect(toPush.map(({ users, ifUnseen }) => [users, ifUnseen])).toEqual([[[userId], true]]);
});

test('a socket of Socket.IO that is gone has been open, and is forgotten: its user is pushed to at once', async () => {
  const { userId, event } = await connected(1, never, 'socket-io');
  postTo = async () => 'gone';
  secondsPassed = 1;
  await deliverEvent(event, deps);
  expect(await connections.ofUsers([userId])).toEqual([]);
  expect(toPush.map(({ users, ifUnseen }) => [users, ifUnseen])).toEqual([[[userId], false]]);
});

test.each(['its token has expired', 'its session was ended'])(
  'P18: a socket is closed instead, if %s',
  async (why) => {
    const isEnded = why.includes('session');
    const { userId, ids, event } = await connected(1, isEnded ? never : clock.now().getTime());
    if (isEnded) ended.add(`of ${ids[0]}`);
    await deliverEvent(event, deps);
    // It is told why.
    expect(posts).toEqual(ids);
    expect(closed).toEqual(ids);
    expect(await connections.ofUsers([userId])).toEqual([]);
  },
);

describe('an event is pushed', () => {
  test('at once to who has no socket, and later to who does not acknowledge it', async () => {
    const here = await connected(1);
    const away = randomUUID();
    await deliverEvent({ ...here.event, to: [here.userId, away] }, deps);
    expect(toPush.map(({ users, ifUnseen }) => [users, ifUnseen])).toEqual([
      [[away], false],
      [[here.userId], true],
    ]);
  });

  test('to each by the same message when only one of two could be queued, and a socket closed meanwhile', async () => {
    const here = await connected(1);
    const away = randomUUID();
    const event = { ...here.event, to: [here.userId, away] };
    sendAll = async (messages) => {
      await keepForPush(messages.slice(0, 1));
      throw new Error('SQS took one');
    };
    await expect(deliverEvent(event, deps)).rejects.toThrow('SQS took one');
    sendAll = keepForPush;
    for (const each of await connections.ofUsers([here.userId])) await connections.forget(each);
    await deliveredAgain(event);
    // Each of the two is heeded once: who was not reached by the first must not stand in it.
    expect(toPush.map(({ users, ifUnseen }) => [users, ifUnseen])).toEqual([
      [[away], false],
      [[away], false],
      [[here.userId], true],
    ]);
  });

  test('once, however often it is delivered', async () => {
    const { ids, event } = await connected(2);
    postTo = async (id) => (id === ids[0] ? 'throttled' : 'posted');
    await expect(deliverEvent(event, deps)).rejects.toThrow('could not be reached');
    await expect(deliveredAgain(event)).rejects.toThrow('could not be reached');
    expect(toPush).toHaveLength(1);
  });
});

describe('on Socket.IO, an event', () => {
  test('is written as its clients read, and counts as seen when it is posted', async () => {
    const { ids, event } = await connected(1, never, 'socket-io');
    await deliverEvent(event, deps);
    expect(posts).toEqual(ids);
    expect(texts).toEqual([`42["order_cancelled",{"eventId":"${event.id}"}]`]);
    expect(toPush).toEqual([]);
  });

  test('is pushed if it is an offer that is not acknowledged, or could not be posted', async () => {
    const { userId, event } = await connected(1, never, 'socket-io');
    const expiresAt = new Date(never).toISOString();
    await deliverEvent({ ...event, event: 'new_broadcast', data: { expiresAt } }, deps);
    const other = await connected(1, never, 'socket-io');
    postTo = async () => 'throttled';
    await expect(deliverEvent(other.event, deps)).rejects.toThrow('could not be reached');
    expect(toPush).toMatchObject([
      { users: [userId], ifUnseen: true },
      { users: [other.userId], ifUnseen: true },
    ]);
  });
});

test('P10: an offer that comes late is not posted to a socket that was opened after it was sent, which has resumed', async () => {
  const { ids, event } = await connected(3);
  const data = { expiresAt: new Date(never).toISOString() };
  const offer = { ...event, event: 'new_broadcast', data } as const;
  // The sockets were opened now, and one and two milliseconds later.
  const openedAt = clock.now().getTime();
  await deliverEvent(offer, deps, openedAt - 1000);
  expect(posts).toEqual([]);
  await deliverEvent({ ...offer, id: randomUUID() }, deps, openedAt + 100);
  expect(posts.toSorted()).toEqual(ids.toSorted());
  // Whatever else comes late is told to everybody.
  posts.length = 0;
  await deliverEvent({ ...event, id: randomUUID() }, deps, openedAt - 1000);
  expect(posts).toHaveLength(3);
});

test('while nobody can tell which sessions have ended, an event is pushed, and posted later', async () => {
  const { ids, event } = await connected(2);
  const data = { ...event.data };
  readEnds = async () => {
    throw new Error('DynamoDB is away');
  };
  await expect(deliverEvent(event, deps)).rejects.toThrow('2 sockets could not be reached');
  expect(posts).toEqual([]);
  expect(toPush).toMatchObject([{ id: event.id, users: event.to, ifUnseen: true, data }]);
  readEnds = async () => ended;
  await deliveredAgain(event);
  expect(posts.toSorted()).toEqual(ids.toSorted());
  expect(toPush).toHaveLength(1);
});
