import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { polling } from '../../src/contract/socket/socket-io.ts';
import { closeAsExpired, closeUnnamed } from '../../src/messaging/connections/close-connection.ts';
import { openConnections } from '../../src/messaging/connections/connections.ts';
import { endPolling, socketLeft } from '../../src/messaging/polling/end-polling.ts';
import { handOver } from '../../src/messaging/polling/hand-over.ts';
import { openPolling } from '../../src/messaging/polling/open-polling.ts';
import { withPolling } from '../../src/messaging/polling/polling-sockets.ts';
import { readPackets } from '../../src/messaging/polling/read-packets.ts';
import { openPollingSessions } from '../../src/messaging/polling/sessions.ts';
import { letInToUpgrade, moveToSocket, probeSocket } from '../../src/messaging/polling/upgrade.ts';
import { inParallel } from '../../src/platform/in-parallel.ts';
import { oncePerEvent } from '../../src/platform/once/seen-once.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { makeTable } from '../support/engines/function-environment.ts';

let msPassed = 0;
const clock = { now: () => new Date(Date.UTC(2027, 0, 31, 9, 30) + msPassed) };
const tableName = await makeTable('pk', 'sk');
const table = openStateTable(tableName, clock);
const sessions = openPollingSessions(table, clock);
const connections = openConnections(table, clock);
const once = oncePerEvent('notify', openStateTable(await makeTable('pk', 'sk'), clock), clock);

/** What was posted to each socket of API Gateway. */
const posts: (readonly [socketId: string, text: string])[] = [];
const closed: string[] = [];
/** Sockets that are not there. */
const gone = new Set<string>();
let beforePost: (text: string) => Promise<void>;
const bare = {
  post: async (id: string, text: string) => {
    await beforePost(text);
    if (gone.has(id)) return 'gone' as const;
    posts.push([id, text]);
    return 'posted' as const;
  },
  isOpen: async (id: string) => !gone.has(id),
  close: async (id: string) => void closed.push(id),
};
const sent: (readonly [message: { readonly kind: string }, delaySeconds: number])[] = [];
const notify = {
  send: async (message: { readonly kind: string }, { delaySeconds = 0 } = {}) =>
    void sent.push([message, delaySeconds]),
  sendAll: async (
    all: readonly {
      readonly message: { readonly kind: string };
      readonly delaySeconds?: number | undefined;
    }[],
  ) => {
    for (const { message, delaySeconds = 0 } of all) sent.push([message, delaySeconds]);
  },
};
const sockets = withPolling(bare, sessions);
/** What notify is asked to close. */
const closing: string[] = [];
const closeSoon = async (id: string) => void closing.push(id);
const deps = { sessions, connections, notify, queue: notify, closeSoon, clock, once };

beforeEach(() => {
  msPassed = 0;
  for (const each of [posts, closed, closing, sent]) each.length = 0;
  gone.clear();
  beforePost = async () => undefined;
});

const pass = (seconds: number) => (msPassed += seconds * 1000);
const told = (socketId: string) => posts.flatMap(([id, text]) => (id === socketId ? [text] : []));
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `4${from + i}`);

async function opened(): Promise<string> {
  const packet = await openPolling(deps);
  return /"sid":"([^"]+)"/.exec(packet)?.[1] ?? expect.fail(packet);
}
const read = (sid: string) => readPackets({ sid, reader: randomUUID() }, deps);
/** Until a GET of the session waits. */
const waits = async (sid: string) => {
  await expect
    .poll(() => table.get({ pk: `polling#${sid}`, sk: 'session' }))
    .toHaveProperty('reading');
};
const caller = {
  userId: randomUUID(),
  role: 'customer',
  sessionId: randomUUID(),
  tokenEndsAt: Date.UTC(2100, 0),
} as const;

async function named(): Promise<string> {
  const sid = await opened();
  await connections.keep({
    id: sid,
    framing: 'socket-io',
    caller,
    openedAt: clock.now().getTime(),
  });
  return sid;
}

/** A socket that was let in for a session, tried, and chosen: as far as it says. */
async function socketOf(sid: string, upTo: 'let in' | 'probed' | 'moved') {
  const socket = { sid, socketId: `${randomUUID().slice(0, 15)}=` };
  expect(await letInToUpgrade(socket, deps)).toBe(true);
  if (upTo !== 'let in') expect(await probeSocket(socket, deps)).toBe(true);
  if (upTo === 'moved') expect(await moveToSocket(socket, deps)).toBe(true);
  return socket;
}
const handed = (socket: { readonly sid: string; readonly socketId: string }) =>
  handOver({ kind: 'hand-over', ...socket }, { ...deps, sockets: bare });

/** Nothing is left: no session, no connection, and none of its sockets. */
async function expectNothingOf(sid: string, socketId = sid) {
  expect(await sessions.find(sid)).toBeUndefined();
  expect(await sockets.isOpen(sid)).toBe(false);
  expect(await sockets.post(sid, '6')).toBe('gone');
  for (const id of [sid, socketId]) expect(await connections.find(id)).toBeUndefined();
  const all = await connections.ofUsers([caller.userId]);
  expect(all.map(({ id }) => id)).not.toContain(sid);
}

describe('the mailbox', () => {
  test('is read in its order, once', async () => {
    const sid = await opened();
    for (const each of numbers(0, 5)) expect(await sockets.post(sid, each)).toBe('posted');
    expect(await read(sid)).toEqual(numbers(0, 5));
    await sockets.post(sid, '45');
    expect(await read(sid)).toEqual(['45']);
  });

  test('loses and doubles nothing, whatever 200 posts and reads do at once', async () => {
    const sid = await opened();
    const all = numbers(0, 200);
    let posted = 0;
    const posting = Promise.all(
      Array.from({ length: 8 }, async (_, poster) => {
        for (let i = poster; i < all.length; i += 8) {
          expect(await sockets.post(sid, all[i] ?? '')).toBe('posted');
          posted += 1;
        }
      }),
    );
    const heard: string[] = [];
    while (posted < all.length || heard.length < all.length) {
      const packets = await read(sid);
      if (typeof packets === 'string') expect.fail(packets);
      heard.push(...packets.filter((each) => each !== '6'));
    }
    await posting;
    expect(heard.toSorted()).toEqual(all.toSorted());
    // Those of one poster come in its order.
    for (let poster = 0; poster < 8; poster += 1) {
      const theirs = heard.map((each) => Number(each.slice(1))).filter((n) => n % 8 === poster);
      expect(theirs).toEqual(theirs.toSorted((one, other) => one - other));
    }
  });

  test('P8: keeps a packet once, also if its post seemed to have failed and is repeated', async () => {
    const sid = await named();
    for (let i = 0; i < 2; i += 1) expect(await sockets.post(sid, '4x')).toBe('posted');
    expect(await read(sid)).toEqual(['4x']);
    // Also when it was read, and when the session has moved meanwhile.
    expect(await sockets.post(sid, '4x')).toBe('posted');
    const socket = await socketOf(sid, 'moved');
    await handed(socket);
    expect(await sockets.post(sid, '4x')).toBe('posted');
    expect(told(socket.socketId)).toEqual([]);
    // Much later, the same is news again.
    pass(181);
    expect(await sockets.post(sid, '4x')).toBe('posted');
    expect(told(socket.socketId)).toEqual(['4x']);
    // Also when DynamoDB's client repeats a call whose answer was lost.
    const third = await opened();
    for (let i = 0; i < 2; i += 1) expect(await sessions.append(third, '4x', 'm')).toBe('kept');
    expect(await read(third)).toEqual(['4x']);
    // An answer is another each time, though its text is the same.
    const other = await opened();
    for (let i = 0; i < 2; i += 1) expect(await sessions.append(other, '42["pong"]')).toBe('kept');
    expect(await read(other)).toEqual(['42["pong"]', '42["pong"]']);
  });

  test('is told of at once while a GET waits', async () => {
    const sid = await opened();
    const reading = read(sid);
    await sockets.post(sid, '4x');
    expect(await reading).toEqual(['4x']);
  });

  test('that is full closes its session: the client connects anew', async () => {
    const sid = await opened();
    await inParallel(numbers(0, polling.mostPackets), 10, async (each) => {
      expect(await sockets.post(sid, each)).toBe('posted');
    });
    expect(await sockets.post(sid, '4one more')).toBe('gone');
    expect(await sockets.isOpen(sid)).toBe(false);
    // What it holds can be read for a moment, with the goodbye.
    const last = await read(sid);
    expect(last).toHaveLength(polling.mostPackets + 1);
    expect(last.at(-1)).toBe('1');
    await endPolling({ kind: 'end-polling', sid }, { ...deps, sockets });
    await expectNothingOf(sid);
  });

  test('holds so many bytes, too: an item of DynamoDB holds 400 KB', async () => {
    const sid = await opened();
    const long = (i: number) => `4${i}${'x'.repeat(100_000)}`;
    for (let i = 0; i < 3; i += 1) expect(await sockets.post(sid, long(i))).toBe('posted');
    expect(await sockets.post(sid, long(3))).toBe('gone');
  });
});

describe('a second GET', () => {
  test('at the same time closes the session, as the protocol demands', async () => {
    const sid = await named();
    const first = read(sid);
    await waits(sid);
    expect(await read(sid)).toBe('busy');
    expect(await first).toEqual(['1']);
    expect(await read(sid)).toBe('gone');
    await endPolling({ kind: 'end-polling', sid }, { ...deps, sockets });
    await expectNothingOf(sid);
  });

  test('has the socket closed that was tried meanwhile', async () => {
    const sid = await named();
    await sessions.beginReading(sid, 'first');
    const { socketId } = await socketOf(sid, 'probed');
    expect(await read(sid)).toBe('busy');
    expect(closing).toEqual([socketId]);
  });

  test('is welcome when the first one has had its answer, or its function has died', async () => {
    const sid = await opened();
    const reader = 'a function that dies';
    await sessions.beginReading(sid, reader);
    expect(await sessions.beginReading(sid, 'another')).toBe('busy');
    pass(16);
    await sockets.post(sid, '4x');
    expect(await read(sid)).toEqual(['4x']);
    expect(
      await sessions.take({ sid, packets: [], marks: [], handed: 0, openedAt: 0 }, reader),
    ).toBe(false);
  });

  test('of the same try, and of a take whose answer was lost, are no second ones', async () => {
    const sid = await opened();
    await sockets.post(sid, '4x');
    await sessions.beginReading(sid, 'r');
    const seen = await sessions.beginReading(sid, 'r');
    if (typeof seen === 'string') expect.fail(seen);
    expect([await sessions.take(seen, 'r'), await sessions.take(seen, 'r')]).toEqual([true, true]);
  });
});

describe('a GET in which nothing is said', () => {
  test('is answered after ten seconds, and another can come', async () => {
    const sid = await named();
    const reading = read(sid);
    await waits(sid);
    pass(polling.waitsSeconds);
    expect(await reading).toEqual(['6']);
    await sockets.post(sid, '4x');
    expect(await read(sid)).toEqual(['4x']);
  });

  test('is answered at once when the client tries a socket, and when it has moved', async () => {
    const sid = await named();
    const reading = read(sid);
    const socket = await socketOf(sid, 'probed');
    expect(await reading).toEqual(['6']);
    // Until the client has heard that the socket would do, it asks again: not all the time.
    const begun = performance.now();
    expect(await read(sid)).toEqual(['6']);
    expect(performance.now() - begun).toBeGreaterThan(polling.looksEveryMs - 10);
    pass(6);
    const late = read(sid);
    await moveToSocket(socket, deps);
    expect(await late).toEqual(['6']);
    expect(await read(sid)).toBe('upgraded');
  });
});

describe('a client that does not say who it is', () => {
  test('has its GET answered after half a second', async () => {
    const sid = await opened();
    const reading = read(sid);
    await waits(sid);
    pass(polling.waitsUnnamedMs / 1000);
    expect(await reading).toEqual(['6']);
    // What there is, it is told all the same.
    await sockets.post(sid, '4x');
    expect(await read(sid)).toEqual(['4x']);
  });

  test('has it wait on if it says so meanwhile', async () => {
    const sid = await opened();
    const reading = read(sid);
    await waits(sid);
    await connections.keep({
      id: sid,
      framing: 'socket-io',
      caller,
      openedAt: clock.now().getTime(),
    });
    pass(polling.waitsUnnamedMs / 1000);
    const answered = await Promise.race([reading, pause(4 * polling.looksEveryMs)]);
    expect(answered).toBeUndefined();
    await sockets.post(sid, '4x');
    expect(await reading).toEqual(['4x']);
  });

  /** The seconds of functions that a session holds within ten seconds, whose client asks again and again. */
  async function held(isKnown: boolean): Promise<number> {
    let ms = 0;
    const own = { now: () => new Date(Date.UTC(2027, 0, 31, 9, 30) + ms) };
    const ownTable = openStateTable(tableName, own);
    const store = openPollingSessions(ownTable, own);
    const their = { ...deps, clock: own, connections: openConnections(ownTable, own) };
    const packet = await openPolling({ ...their, sessions: store });
    const sid = /"sid":"([^"]+)"/.exec(packet)?.[1] ?? expect.fail(packet);
    const openedAt = own.now().getTime();
    const connection = { id: sid, framing: 'socket-io', openedAt } as const;
    if (isKnown) await their.connections.keep({ ...connection, caller });
    let looks = 0;
    const find = async (id: string) => {
      looks += 1;
      ms += polling.looksEveryMs;
      return store.find(id);
    };
    const looking = { ...their, sessions: { ...store, find } };
    while (ms < 10_000) {
      expect(await readPackets({ sid, reader: randomUUID() }, looking)).toEqual(['6']);
      // A round trip of a phone.
      ms += 250;
    }
    return (looks * polling.looksEveryMs) / 1000;
  }

  test('holds little of the functions: idle sessions without a name hold a twentieth of what they could', async () => {
    const idle = 20;
    const [unnamed, known] = await Promise.all([
      Promise.all(Array.from({ length: idle }, () => held(false))),
      held(true),
    ]);
    const seconds = unnamed.reduce((sum, each) => sum + each, 0);
    expect(seconds).toBeLessThanOrEqual((idle * 10) / 20);
    expect(known, 'of one that is known').toBeGreaterThan(8);
  });
});

describe('a session that moves to a socket', () => {
  test('is told there what waited, in order, and then all that comes', async () => {
    const sid = await named();
    await sockets.post(sid, '40');
    const socket = await socketOf(sid, 'moved');
    // Until it is handed over, news go behind what waits.
    await sockets.post(sid, '41');
    expect(told(socket.socketId)).toEqual([]);
    await handed(socket);
    await sockets.post(sid, '42');
    expect(told(socket.socketId)).toEqual(['40', '41', '42']);
    expect(await sockets.isOpen(sid)).toBe(true);
    expect(await read(sid)).toBe('upgraded');
    expect(await letInToUpgrade({ sid, socketId: 'second' }, deps)).toBe(false);
    expect(await probeSocket({ sid, socketId: 'second' }, deps)).toBe(false);
    expect(await connections.find(socket.socketId)).toMatchObject({
      id: sid,
      caller,
      via: { socketId: socket.socketId, isProbed: true, isUpgraded: true },
    });
    // It lives as long as a socket, and not as one that polls.
    pass(3600);
    await endPolling({ kind: 'end-polling', sid }, { ...deps, sockets });
    await closeUnnamed(
      { kind: 'close-unnamed', connectionId: socket.socketId },
      { ...deps, sockets },
    );
    expect(await sockets.post(sid, '43')).toBe('posted');
    await sockets.close(sid);
    expect(closed).toEqual([socket.socketId]);
  });

  test('moves to the socket that it has probed, and to one only', async () => {
    const sid = await opened();
    const first = await socketOf(sid, 'probed');
    const second = await socketOf(sid, 'probed');
    expect(await moveToSocket(first, deps)).toBe(false);
    expect(await moveToSocket(second, deps)).toBe(true);
    expect(await moveToSocket(second, deps), 'said twice').toBe(true);
    expect(await moveToSocket(first, deps)).toBe(false);
  });

  test('loses, doubles and turns round nothing while events flow', async () => {
    const sid = await named();
    const all = numbers(0, 150);
    const left = [...all];
    const flow = async (many: number) => {
      for (const each of left.splice(0, many)) await sockets.post(sid, each);
    };
    await flow(10);
    const socket = await socketOf(sid, 'moved');
    // One more event comes with each post, so that each time something has come when all is posted.
    let more = 90;
    beforePost = async () => {
      if ((more -= 1) >= 0) await flow(1);
    };
    await handed(socket);
    expect(told(socket.socketId).length, 'all that came meanwhile').toBe(100);
    await flow(left.length);
    expect(told(socket.socketId)).toEqual(all);
  });

  test('P8: is handed over once, also if the message comes twice at once', async () => {
    const sid = await named();
    for (const each of numbers(0, 50)) await sockets.post(sid, each);
    const socket = await socketOf(sid, 'moved');
    const both = await Promise.allSettled([handed(socket), handed(socket)]);
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    await handed(socket);
    expect(told(socket.socketId)).toEqual(numbers(0, 50));
  });

  test('P8: goes on where it stood if notify crashed, and repeats what it had not noted', async () => {
    const sid = await named();
    for (const each of numbers(0, 50)) await sockets.post(sid, each);
    const socket = await socketOf(sid, 'moved');
    beforePost = (text) =>
      text === '427' ? Promise.reject(new Error('notify is killed')) : Promise.resolve();
    await expect(handed(socket)).rejects.toThrow('could not be handed over');
    beforePost = async () => undefined;
    await sockets.post(sid, '450');
    pass(30);
    await handed(socket);
    // The first twenty were noted. The seven after them were not.
    expect(told(socket.socketId)).toEqual([...numbers(0, 27), ...numbers(20, 51)]);
    await sockets.post(sid, '451');
    expect(told(socket.socketId).at(-1)).toBe('451');
  });
});

describe('a socket that goes', () => {
  const leaves = ({ socketId }: { readonly socketId: string }) => {
    gone.add(socketId);
    return socketLeft(socketId, deps);
  };

  test.each(['let in', 'probed'] as const)(
    'when it was only %s, lets its session poll on',
    async (state) => {
      const sid = await named();
      const socket = await socketOf(sid, state);
      await leaves(socket);
      expect(await connections.find(socket.socketId)).toBeUndefined();
      expect(await sockets.post(sid, '4x')).toBe('posted');
      expect(await read(sid)).toEqual(['4x']);
      // The client may try another.
      await handed(await socketOf(sid, 'moved'));
    },
  );

  test('before the hand-over ends the session, and the hand-over finds nothing', async () => {
    const sid = await named();
    const socket = await socketOf(sid, 'moved');
    await leaves(socket);
    await expectNothingOf(sid, socket.socketId);
    await handed(socket);
    await expectNothingOf(sid, socket.socketId);
  });

  test('unnoticed, before the hand-over, ends the session by it', async () => {
    for (const waiting of [[], ['4x']]) {
      const sid = await named();
      for (const each of waiting) await sockets.post(sid, each);
      const socket = await socketOf(sid, 'moved');
      gone.add(socket.socketId);
      await handed(socket);
      await expectNothingOf(sid, socket.socketId);
    }
  });

  test('after the hand-over ends the session, also if only a post tells', async () => {
    const sid = await named();
    const socket = await socketOf(sid, 'moved');
    await handed(socket);
    await leaves(socket);
    await expectNothingOf(sid, socket.socketId);
    const quiet = await named();
    const other = await socketOf(quiet, 'moved');
    await handed(other);
    gone.add(other.socketId);
    expect(await sockets.isOpen(quiet)).toBe(false);
    expect(await sockets.post(quiet, '4x')).toBe('gone');
    expect(await sessions.find(quiet)).toBeUndefined();
  });
});

describe('P8: a call whose answer was lost, and which is repeated,', () => {
  /** DynamoDB's client repeats a call by itself. */
  const repeating = openPollingSessions(
    {
      ...table,
      change: async (...call) => {
        await table.change(...call);
        return table.change(...call);
      },
      takeIf: async (...call) => {
        await table.takeIf(...call);
        return table.takeIf(...call);
      },
    },
    clock,
  );

  test('closes a session, and its client can read why', async () => {
    const sid = await opened();
    const { socketId } = await socketOf(sid, 'probed');
    await sockets.post(sid, '44{"message":"Invalid token"}');
    expect(await repeating.close(sid, '1')).toEqual([socketId]);
    expect(await read(sid)).toEqual(['44{"message":"Invalid token"}', '1']);
  });

  test('closes one that has moved', async () => {
    const sid = await named();
    const { socketId } = await socketOf(sid, 'moved');
    expect(await repeating.close(sid, '1')).toEqual([socketId]);
    expect(await sessions.find(sid)).toBeUndefined();
    expect(await sessions.close(sid, '1')).toEqual([]);
  });

  test('ends a session whose socket has gone', async () => {
    const sid = await named();
    const socket = await socketOf(sid, 'moved');
    await handed(socket);
    await socketLeft(socket.socketId, { ...deps, sessions: repeating });
    await expectNothingOf(sid, socket.socketId);
  });
});

test('a session that is closed twice, because two close it, can be read', async () => {
  const sid = await opened();
  const { socketId } = await socketOf(sid, 'probed');
  await sockets.post(sid, '44{"message":"Invalid token"}');
  for (let i = 0; i < 2; i += 1) await sockets.close(sid);
  expect(closed).toEqual([socketId, socketId]);
  expect(await read(sid)).toEqual(['44{"message":"Invalid token"}', '1']);
});

test('a socket that goes is forgotten again if the function crashed at it', async () => {
  const sid = await named();
  const socket = await socketOf(sid, 'moved');
  await handed(socket);
  // When it would forget the connection of the session. What it does before that is done.
  const forgetById = (id: string) =>
    id === sid
      ? Promise.reject(new Error('socket-disconnect is killed'))
      : connections.forgetById(id);
  const dying = { ...deps, connections: { ...connections, forgetById } };
  await expect(socketLeft(socket.socketId, dying)).rejects.toThrow('killed');
  await socketLeft(socket.socketId, deps);
  await expectNothingOf(sid, socket.socketId);
});

test('a client whose token has expired is not told the secret of its session', async () => {
  const sid = await named();
  const connection = await connections.find(sid);
  if (!connection?.caller) expect.fail('not named');
  await closeAsExpired(connection, { connections, sockets });
  const [error, ...rest] = await read(sid);
  expect(error).toMatch(/^42\["error",{"code":"TOKEN_EXPIRED".*"requestId":"[\w-]{16}"}]$/);
  expect(error).not.toContain(sid);
  expect(rest).toEqual(['1']);
});

describe('a session that nobody goes on with', () => {
  test('before its socket: the socket that it has tried is closed, and nothing is left of it', async () => {
    for (const state of ['let in', 'probed'] as const) {
      const sid = await named();
      const { socketId } = await socketOf(sid, state);
      await sessions.remove(sid);
      await connections.forgetById(sid);
      const asked = { kind: 'close-unnamed', connectionId: socketId } as const;
      await closeUnnamed(asked, { ...deps, sockets });
      expect(closed).toContain(socketId);
      expect(await table.get({ pk: `connection#${socketId}`, sk: 'caller' })).toBeUndefined();
    }
  });

  test('is gone half a minute after it was opened, and nothing is left', async () => {
    const sid = await named();
    const socket = await socketOf(sid, 'probed');
    expect(sent).toEqual([
      [{ kind: 'close-unnamed', connectionId: sid }, 10],
      [{ kind: 'end-polling', sid }, 35],
      [{ kind: 'close-unnamed', connectionId: socket.socketId }, 30],
    ]);
    pass(29);
    expect(await sockets.isOpen(sid)).toBe(true);
    pass(2);
    expect(await sockets.isOpen(sid)).toBe(false);
    expect(await sockets.post(sid, '4x')).toBe('gone');
    expect(await read(sid)).toBe('gone');
    await closeUnnamed(
      { kind: 'close-unnamed', connectionId: socket.socketId },
      { ...deps, sockets },
    );
    expect(closed).toEqual([socket.socketId]);
    pass(4);
    await endPolling({ kind: 'end-polling', sid }, { ...deps, sockets });
    await expectNothingOf(sid, socket.socketId);
  });

  test('while it is handed over, is asked about again', async () => {
    const sid = await named();
    const socket = await socketOf(sid, 'moved');
    pass(35);
    sent.length = 0;
    await endPolling({ kind: 'end-polling', sid }, { ...deps, sockets });
    expect(sent).toEqual([[{ kind: 'end-polling', sid }, 130]]);
    pass(130);
    await endPolling({ kind: 'end-polling', sid }, { ...deps, sockets });
    await connections.forgetById(socket.socketId);
    await expectNothingOf(sid, socket.socketId);
  });

  test('that is unnamed after ten seconds is closed, and its GET says so', async () => {
    const sid = await opened();
    const reading = read(sid);
    await waits(sid);
    await closeUnnamed({ kind: 'close-unnamed', connectionId: sid }, { ...deps, sockets });
    expect(await reading).toEqual(['1']);
    await expectNothingOf(sid);
  });

  test('that is closed while nobody reads, can be read for a moment', async () => {
    const sid = await opened();
    await sockets.post(sid, '44{"message":"Invalid token"}');
    await sockets.close(sid);
    expect(await sockets.post(sid, '4x')).toBe('gone');
    expect(await read(sid)).toEqual(['44{"message":"Invalid token"}', '1']);
    const other = await opened();
    await sockets.post(other, '4x');
    await sockets.close(other);
    pass(6);
    expect(await read(other)).toBe('gone');
  });
});
