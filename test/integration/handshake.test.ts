import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { closeUnnamed } from '../../src/messaging/connections/close-connection.ts';
import { openConnections } from '../../src/messaging/connections/connections.ts';
import { makeRoom } from '../../src/messaging/connections/open-connection.ts';
import { keepAwake } from '../../src/messaging/handshake/keep-awake.ts';
import { letInUnnamed } from '../../src/messaging/handshake/let-in-unnamed.ts';
import { openSession } from '../../src/messaging/handshake/open-session.ts';
import { sendReply } from '../../src/messaging/send-reply.ts';
import type { Posted } from '../../src/platform/aws/sockets.ts';
import { oncePerEvent } from '../../src/platform/once/seen-once.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { makeTable } from '../support/engines/function-environment.ts';

/** A token that expires long after the test. */
const never = Date.UTC(2100, 0);

let secondsPassed = 0;
const clock = { now: () => new Date(Date.UTC(2027, 0, 31, 9, 30, secondsPassed)) };
const table = openStateTable(await makeTable('pk', 'sk'), clock);
const connections = openConnections(table, clock);

const posts: (readonly [id: string, text: string])[] = [];
const closed: string[] = [];
let postTo: () => Promise<Posted>;
const sockets = {
  post: async (id: string, text: string) => {
    const posted = await postTo();
    if (posted === 'posted') posts.push([id, text]);
    return posted;
  },
  close: async (id: string) => void closed.push(id),
  isOpen: async () => true,
};
/** What is sent to notify, and in how many seconds it arrives. */
const sent: (readonly [message: object, delaySeconds: number])[] = [];
const queue = {
  send: async (message: object, { delaySeconds = 0 } = {}) =>
    void sent.push([message, delaySeconds]),
  sendAll: async (
    all: readonly { readonly message: object; readonly delaySeconds?: number | undefined }[],
  ) => {
    for (const { message, delaySeconds = 0 } of all) sent.push([message, delaySeconds]);
  },
};
const ended = new Set<string>();
const endedSessions = { has: async (id: string) => ended.has(id) };
const once = oncePerEvent('notify', table, clock);
const deps = { connections, sockets, endedSessions, queue, notify: queue, once, clock };

beforeEach(() => {
  secondsPassed = 0;
  for (const each of [posts, closed, sent]) each.length = 0;
  postTo = async () => 'posted';
});

const newcomer = async () => {
  const connectionId = randomUUID();
  await letInUnnamed(connectionId, deps);
  return connectionId;
};
const callerOf = (userId: string, tokenEndsAt = never) =>
  ({ userId, role: 'transporter', sessionId: `of ${userId}`, tokenEndsAt }) as const;

async function somebody(userId: string = randomUUID(), tokenEndsAt = never) {
  const id = randomUUID();
  const openedAt = clock.now().getTime();
  await connections.keep({
    id,
    framing: 'socket-io',
    caller: callerOf(userId, tokenEndsAt),
    openedAt,
  });
  return { id, userId };
}

test('a newcomer is greeted at once, and closed after ten seconds', async () => {
  const connectionId = await newcomer();
  expect(sent).toEqual([
    [{ kind: 'open-session', connectionId, triedBefore: 0 }, 0],
    [{ kind: 'close-unnamed', connectionId }, 10],
  ]);
  expect(await connections.find(connectionId)).toEqual({
    id: connectionId,
    framing: 'socket-io',
    openedAt: clock.now().getTime(),
  });
  secondsPassed = 61;
  expect(await connections.find(connectionId)).toBeUndefined();
});

describe('the first packet', () => {
  test('is posted as soon as the socket is open, and once', async () => {
    const connectionId = await newcomer();
    let tries = 0;
    postTo = async () => ((tries += 1) < 4 ? 'gone' : 'posted');
    await openSession({ kind: 'open-session', connectionId, triedBefore: 0 }, deps);
    expect(posts).toEqual([[connectionId, expect.stringMatching(/^0{"sid":/)]]);
  });

  test.each<[string, () => Promise<Posted>]>([
    ['a client that has left', async () => 'gone'],
    ['one that cannot be reached', () => Promise.reject(new Error('Timed out'))],
  ])('holds no function for %s: a later message tries again, three times', async (_, post) => {
    const connectionId = await newcomer();
    let posted = 0;
    postTo = () => {
      posted += 1;
      return post();
    };
    for (const triedBefore of [0, 1, 2, 3]) {
      sent.length = 0;
      posted = 0;
      await openSession({ kind: 'open-session', connectionId, triedBefore }, deps);
      // The first tries for a third of a second, the others once.
      expect(posted).toBe(triedBefore === 0 ? 4 : 1);
      const next = { kind: 'open-session', connectionId, triedBefore: triedBefore + 1 };
      expect(sent).toEqual(triedBefore < 3 ? [[next, 1]] : []);
    }
    expect(posts).toEqual([]);
  });
});

describe('after ten seconds', () => {
  const after = (connectionId: string) =>
    closeUnnamed({ kind: 'close-unnamed', connectionId }, deps);

  test('a client that has not said who it is, is closed and forgotten', async () => {
    const connectionId = await newcomer();
    await after(connectionId);
    expect(closed).toEqual([connectionId]);
    expect(await connections.find(connectionId)).toBeUndefined();
  });

  test('a client that has is let be', async () => {
    await after((await somebody()).id);
    expect(closed).toEqual([]);
  });

  test('a socket that nobody knows is closed: it may have outlived its session', async () => {
    const id = randomUUID();
    await after(id);
    expect(closed).toEqual([id]);
  });
});

describe('a quiet socket', () => {
  const ping = (connectionId: string) => keepAwake({ kind: 'keep-awake', connectionId }, deps);

  test('is pinged, and again in eight minutes, before API Gateway cuts it off', async () => {
    const { id } = await somebody();
    await ping(id);
    expect(posts).toEqual([[id, '2']]);
    expect(sent).toEqual([[{ kind: 'keep-awake', connectionId: id }, 480]]);
  });

  test('that is gone is forgotten, and not pinged again', async () => {
    const { id } = await somebody();
    postTo = async () => 'gone';
    await ping(id);
    await ping(id);
    expect(sent).toEqual([]);
    expect(await connections.find(id)).toBeUndefined();
  });

  test('that cannot be reached now is pinged again later', async () => {
    const { id } = await somebody();
    postTo = async () => 'throttled';
    await ping(id);
    expect(sent).toHaveLength(1);
  });

  test.each(['its token has expired', 'its session was ended'])(
    'P18: is told so and closed, if %s',
    async (why) => {
      const isEnded = why.includes('session');
      const { id, userId } = await somebody(randomUUID(), isEnded ? never : clock.now().getTime());
      if (isEnded) ended.add(`of ${userId}`);
      await ping(id);
      expect(posts).toEqual([[id, expect.stringMatching(/^42\["error",{"code":"TOKEN_EXPIRED"/)]]);
      expect(closed).toEqual([id]);
      expect(sent).toEqual([]);
    },
  );
});

test('a sixth socket closes the oldest, also if another function has let it in', async () => {
  const userId = randomUUID();
  const ids: string[] = [];
  for (let i = 0; i < 6; i += 1) {
    ids.push((await somebody(userId)).id);
    secondsPassed += 40;
  }
  const [oldest, ...others] = ids;
  await makeRoom({ kind: 'make-room', userId, connectionId: ids[5] ?? '' }, deps);
  expect(closed).toEqual([oldest]);
  expect((await connections.ofUsers([userId])).map(({ id }) => id)).toEqual(others);
});

test('a sixth socket that has left closes nobody', async () => {
  const userId = randomUUID();
  const ids: string[] = [];
  for (let i = 0; i < 6; i += 1) ids.push((await somebody(userId)).id);
  await makeRoom({ kind: 'make-room', userId, connectionId: 'one that has left' }, deps);
  // Six are there without it, so one is too many.
  expect(closed).toHaveLength(1);
  expect(await connections.ofUsers([userId])).toHaveLength(5);
});

test('a reply is written as the client of its socket reads', async () => {
  const reply = { kind: 'reply', id: randomUUID(), connectionId: 'c1' } as const;
  const messages = [{ event: 'connected', data: { message: 'Hello' } }];
  await sendReply({ ...reply, framing: 'socket-io', messages }, deps);
  await sendReply({ ...reply, id: randomUUID(), framing: 'plain', messages }, deps);
  expect(posts.map(([, text]) => text)).toEqual([
    '42["connected",{"message":"Hello"}]',
    '{"event":"connected","data":{"message":"Hello"}}',
  ]);
});

describe('a long reply', () => {
  const offer = (n: number, secondsLeft: number) => ({
    event: 'new_broadcast',
    data: { n, expiresAt: new Date(clock.now().getTime() + secondsLeft * 1000).toISOString() },
  });
  const reply = (messages: ReturnType<typeof offer>[]) =>
    ({ kind: 'reply', id: randomUUID(), connectionId: 'c1', framing: 'plain', messages }) as const;
  const told = () => posts.map(([, text]) => (JSON.parse(text) as { data: { n: number } }).data.n);

  test('goes on where it was when it is delivered again, and tells nothing twice', async () => {
    const long = reply(Array.from({ length: 50 }, (_, n) => offer(n, 60)));
    let tries = 0;
    postTo = async () => ((tries += 1) <= 33 ? 'posted' : Promise.reject(new Error('Timed out')));
    await expect(sendReply(long, deps)).rejects.toThrow('could not be posted');
    postTo = async () => 'posted';
    await sendReply(long, deps);
    expect(told()).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  test('repeats no more than twenty messages after a crash', async () => {
    const long = reply(Array.from({ length: 50 }, (_, n) => offer(n, 60)));
    const crashing = Promise.withResolvers<void>();
    let tries = 0;
    postTo = async () => {
      if ((tries += 1) <= 33) return 'posted';
      crashing.resolve();
      return new Promise<never>(() => {});
    };
    void sendReply(long, deps);
    await crashing.promise;
    postTo = async () => 'posted';
    secondsPassed += 30;
    await sendReply(long, deps);
    expect(new Set(told()).size).toBe(50);
    expect(told()).toHaveLength(50 + 13);
  });

  test('P10: leaves out an offer whose search is over by then', async () => {
    const long = reply([offer(0, 5), offer(1, 60)]);
    secondsPassed = 30;
    await sendReply(long, deps);
    expect(told()).toEqual([1]);
  });
});
