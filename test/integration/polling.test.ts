import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { SocketContext } from '../../functions/edge/socket/call.ts';
import { mostBytes, polling, pollingOpenings } from '../../src/contract/socket/socket-io.ts';
import { openConnections } from '../../src/messaging/connections/connections.ts';
import { handOver } from '../../src/messaging/polling/hand-over.ts';
import { withPolling } from '../../src/messaging/polling/polling-sockets.ts';
import { publicIdOf } from '../../src/messaging/polling/session-id.ts';
import { openPollingSessions } from '../../src/messaging/polling/sessions.ts';
import { sendReply } from '../../src/messaging/send-reply.ts';
import { queueMessages } from '../../src/contract/queues.ts';
import { inParallel } from '../../src/platform/in-parallel.ts';
import { oncePerEvent } from '../../src/platform/once/seen-once.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { into, lambdaContext } from '../support/invoke.ts';
import { orderWorld } from '../support/worlds/order-world.ts';

/*
 * The examples are those of the protocol's own document and test suite, as far as they are about long-polling and texts.
 * Left out, with the reasons in docs/app-compatibility.md: binary packets, the server's pings, a GET whose client has
 * gone, and the status of other methods.
 */

const world = await orderWorld();
const { handler: poll } = await import('../../functions/socket-poll.ts');
const { handler: connect } = await import('../../functions/socket-connect.ts');
const { handler: hear } = await import('../../functions/socket-message.ts');
const { handler: disconnect } = await import('../../functions/socket-disconnect.ts');

const table = openStateTable(world.variables.CONNECTIONS_TABLE, clock);
const sessions = openPollingSessions(table, clock);
const connections = openConnections(table, clock);
const once = oncePerEvent('notify', openStateTable(world.variables.STATE_TABLE, clock), clock);
const posts: (readonly [id: string, text: string])[] = [];
const bare = {
  post: async (id: string, text: string) => {
    posts.push([id, text]);
    return 'posted' as const;
  },
  isOpen: async () => true,
  close: async () => undefined,
};
const sockets = withPolling(bare, sessions);

beforeEach(async () => {
  posts.length = 0;
  while ((await world.take('NOTIFY_QUEUE_URL')).length > 0);
});

const send = into(poll);
type Query = Readonly<Record<string, string>>;
const polls = { EIO: '4', transport: 'polling' };

async function request(
  method: 'GET' | 'POST',
  query: Query,
  body?: string,
  { type = 'text/plain;charset=UTF-8', by = send } = {},
) {
  const { status, body: answer } = await by({
    method,
    path: '/socket.io/',
    routeKey: `${method} /socket.io/{proxy+}`,
    params: { proxy: '' },
    query,
    headers: { 'content-type': type },
    ...(body !== undefined && { body }),
  });
  return { status, body: answer };
}

const get = (sid: string) => request('GET', { ...polls, sid });
const post = (sid: string, body: string) => request('POST', { ...polls, sid }, body);
const said = (body: string) => ({ status: 200, body });
const ok = said('ok');
const refused = (code: number, message: string) => ({
  status: 400,
  body: JSON.stringify({ code, message }),
});
const unknown = refused(1, 'Session ID unknown');
const bad = refused(3, 'Bad request');

async function opened(): Promise<string> {
  const { status, body } = await request('GET', polls);
  expect(status).toBe(200);
  return String(Reflect.get(JSON.parse(body.slice(1)) as object, 'sid'));
}

/** A session whose client has said who it is, and read that it is welcome. */
async function named() {
  const { id, token } = await world.customer();
  const sid = await opened();
  expect(await post(sid, `40${JSON.stringify({ token })}`)).toEqual(ok);
  expect(await get(sid)).toEqual(said(`40{"sid":"${publicIdOf(sid)}"}`));
  return { id, token, sid };
}

function on(connectionId: string, rest: object): APIGatewayProxyWebsocketEventV2 {
  const requestContext = { connectionId, requestId: 'r1' };
  return { requestContext, ...rest } as unknown as APIGatewayProxyWebsocketEventV2;
}

async function openSocket(sid: string, query: Query = {}) {
  const socketId = `${randomUUID().slice(0, 15)}=`;
  const queryStringParameters = { EIO: '4', transport: 'websocket', sid, ...query };
  const { statusCode } = await connect(on(socketId, { queryStringParameters }), lambdaContext());
  return { socketId, statusCode };
}
const say = async (socketId: string, body: string) =>
  (await hear(on(socketId, { body }), lambdaContext() as SocketContext)).body;

/** What notify does with what is queued for it now. */
async function notified() {
  for (const message of await world.take('NOTIFY_QUEUE_URL')) {
    if (message['kind'] === 'hand-over') {
      const asked = queueMessages.notify['hand-over'].parse(message);
      await handOver(asked, { once, sessions, connections, sockets: bare });
    }
    if (message['kind'] === 'reply') {
      await sendReply(queueMessages.notify.reply.parse(message), {
        once,
        sockets,
        clock,
      });
    }
  }
}

/** Whom notify is to close, of all that has been queued for it: that comes a second later. */
async function closing(): Promise<readonly unknown[]> {
  await pause(1300);
  const all: unknown[] = [];
  for (;;) {
    const some = await world.take('NOTIFY_QUEUE_URL');
    if (some.length === 0) return all;
    for (const { kind, connectionId } of some) if (kind === 'close-socket') all.push(connectionId);
  }
}

/** Until a GET of the session waits. */
const waits = async (sid: string) => {
  await expect
    .poll(() => table.get({ pk: `polling#${sid}`, sk: 'session' }))
    .toHaveProperty('reading');
};

describe('the handshake', () => {
  test('opens a session', async () => {
    const { status, body } = await request('GET', polls);
    expect(status).toBe(200);
    expect(body[0]).toBe('0');
    expect(JSON.parse(body.slice(1))).toEqual({
      sid: expect.stringMatching(/^poll\.[\w-]{24}$/) as string,
      upgrades: ['websocket'],
      pingInterval: 480_000,
      pingTimeout: 300_000,
      maxPayload: mostBytes,
    });
  });

  test.each<[string, 'GET' | 'POST', Query, object]>([
    ['no version', 'GET', { transport: 'polling' }, refused(5, 'Unsupported protocol version')],
    ['version abc', 'GET', { ...polls, EIO: 'abc' }, refused(5, 'Unsupported protocol version')],
    ['version 3', 'GET', { ...polls, EIO: '3' }, refused(5, 'Unsupported protocol version')],
    ['no transport', 'GET', { EIO: '4' }, refused(0, 'Transport unknown')],
    ['transport abc', 'GET', { EIO: '4', transport: 'abc' }, refused(0, 'Transport unknown')],
    ['a POST', 'POST', polls, refused(2, 'Bad handshake method')],
    ['a session that is none', 'GET', { ...polls, sid: 'abc' }, unknown],
    ['an unknown session', 'GET', { ...polls, sid: `poll.${'x'.repeat(24)}` }, unknown],
    ['a POST to one', 'POST', { ...polls, sid: `poll.${'x'.repeat(24)}` }, unknown],
    ['an id that no table holds', 'GET', { ...polls, sid: `poll.${'x'.repeat(3000)}` }, unknown],
    ['a POST to it', 'POST', { ...polls, sid: `poll.${'x'.repeat(3000)}` }, unknown],
    ['an id with more behind it', 'GET', { ...polls, sid: `poll.${'x'.repeat(24)}\n` }, unknown],
    [
      'a POST of another kind',
      'POST',
      { EIO: '4', transport: 'abc' },
      refused(0, 'Transport unknown'),
    ],
  ])('with %s is refused', async (_, method, query, answer) => {
    expect(await request(method, query, method === 'POST' ? '4hello' : undefined)).toEqual(answer);
  });
});

test('an address may open so many sessions: they hold functions, and have no name yet', async () => {
  vi.stubEnv('WEELO_STAGE', 'prod');
  onTestFinished(() => void vi.unstubAllEnvs());
  const by = into(poll, { address: '203.0.113.7' });
  const open = () => request('GET', polls, undefined, { by });
  const all = Array.from({ length: pollingOpenings.limit + 1 }, (_, i) => i);
  const statuses = await inParallel(all, 20, async () => (await open()).status);
  expect(statuses.filter((each) => each === 200)).toHaveLength(pollingOpenings.limit);
  expect(statuses.filter((each) => each === 429)).toHaveLength(1);
  // The requests of its sessions have a limit of their own, and so has everybody else.
  const other = { ...polls, sid: `poll.${'x'.repeat(24)}` };
  expect(await request('GET', other, undefined, { by })).toEqual(unknown);
  expect((await request('GET', polls)).status).toBe(200);
});

describe('a payload', () => {
  test('of one or more packets is heard, one after another', async () => {
    const { sid } = await named();
    expect(await post(sid, '42["ping"]')).toEqual(ok);
    expect(await get(sid)).toEqual(said('42["pong"]'));
    expect(await post(sid, '42["ping"]\x1e2probe\x1e42["ping"]')).toEqual(ok);
    expect(await get(sid)).toEqual(said('42["pong"]\x1e3probe\x1e42["pong"]'));
  });

  test.each([
    ['what is no packet', 'abc'],
    ['nothing', ''],
    ['a packet and what is none', '42["ping"]\x1e'],
    ['binary data', 'bAQIDBA=='],
    ['the first packet of a server', '0{"sid":"x"}'],
    ['that it has upgraded', '5'],
    ['more than a frame holds', `4${'x'.repeat(mostBytes)}`],
    [
      'too many packets',
      Array<string>(polling.mostInPayload + 1)
        .fill('6')
        .join('\x1e'),
    ],
  ])('with %s closes the session', async (_, payload) => {
    const { id, sid } = await named();
    expect(await post(sid, payload)).toEqual(bad);
    await get(sid);
    expect(await get(sid)).toEqual(unknown);
    expect(await post(sid, '2')).toEqual(unknown);
    expect(await connections.ofUsers([id])).toEqual([]);
  });

  test.each([
    ['too long for any route', `4${'x'.repeat(70_000)}`, 'text/plain'],
    ['of another type', '42["ping"]', 'application/octet-stream'],
    ['of no type', '42["ping"]', ''],
    ['no text', '42["ping\uD800"]', 'text/plain'],
  ])('that is %s is refused in the words of the protocol, too', async (_, payload, type) => {
    const { id, sid } = await named();
    expect(await request('POST', { ...polls, sid }, payload, { type })).toEqual(bad);
    expect(await get(sid)).toEqual(unknown);
    expect(await post(sid, '2')).toEqual(unknown);
    expect(await connections.ofUsers([id])).toEqual([]);
    // Without a session, there is none to be closed.
    const elsewhere = { ...polls, sid: 'x\u0000' };
    expect(await request('POST', elsewhere, payload, { type })).toEqual(unknown);
    expect(await request('GET', elsewhere)).toEqual(bad);
  });

  test.each([
    ['a goodbye', '41'],
    ['what is no packet of Socket.IO', '4abc'],
    ['a second first packet', '40{"token":"nonsense"}'],
  ])('with %s and more: the rest is not heard, and one message has it closed', async (_, first) => {
    const { sid } = await named();
    await closing();
    const payload = [first, ...Array<string>(99).fill('41')].join('\x1e');
    expect(await post(sid, payload)).toEqual(ok);
    expect(await closing()).toEqual([sid]);
    const { sid: other } = await named();
    expect(await post(other, `${first}\x1e42["ping"]\x1e2`)).toEqual(ok);
    const { packets } = (await sessions.find(other)) ?? expect.fail('It has ended');
    expect(packets.filter((each) => !each.startsWith('44'))).toEqual([]);
  });

  test('of a newcomer that is dropped is not heard further', async () => {
    const sid = await opened();
    await closing();
    const { token } = await world.customer();
    const payload = ['42["ping"]', `40${JSON.stringify({ token })}`].join('\x1e');
    expect(await post(sid, payload)).toEqual(ok);
    expect(await closing()).toEqual([sid]);
    expect((await connections.find(sid))?.caller).toBeUndefined();
  });

  test('that makes more answers than the mailbox holds closes the session', async () => {
    const { sid } = await named();
    const most = Array<string>(polling.mostInPayload).fill('2').join('\x1e');
    expect([await post(sid, most), await post(sid, most), await post(sid, most)]).toEqual([
      ok,
      ok,
      bad,
    ]);
  });
});

describe('a session', () => {
  test('is closed by two GETs at the same time', async () => {
    const { sid } = await named();
    const first = get(sid);
    await waits(sid);
    expect(await get(sid)).toEqual(bad);
    expect(await first).toEqual(said('1'));
    expect(await get(sid)).toEqual(unknown);
  });

  test('is closed by its client', async () => {
    const { id, sid } = await named();
    const waiting = get(sid);
    await waits(sid);
    expect(await post(sid, '1')).toEqual(ok);
    expect(await waiting).toEqual(said('6'));
    expect(await get(sid)).toEqual(unknown);
    expect(await connections.ofUsers([id])).toEqual([]);
  });

  test('P10: is told what is live, and its client may join', async () => {
    const { id, token } = await world.customer();
    const { body } = await world.place(token);
    const orderId = body?.order.id ?? '';
    const sid = await opened();
    expect(await post(sid, `40${JSON.stringify({ token })}`)).toEqual(ok);
    await notified();
    const [welcome, connected = '', live = ''] = (await get(sid)).body.split('\x1e');
    expect(welcome).toBe(`40{"sid":"${publicIdOf(sid)}"}`);
    expect(JSON.parse(connected.slice(2))).toMatchObject(['connected', { userId: id }]);
    expect(JSON.parse(live.slice(2))).toMatchObject(['order_state', { orderId }]);
    await post(sid, `42["join_booking","${orderId}"]`);
    expect(JSON.parse((await get(sid)).body.slice(2))).toMatchObject(['joined', { orderId }]);
  });
});

describe('P18: before it says who it is, a client', () => {
  test('is refused in words that the apps know, and dropped', async () => {
    const sid = await opened();
    expect(await post(sid, '40{"token":"nonsense"}')).toEqual(ok);
    expect(await get(sid)).toEqual(said('44{"message":"Invalid token"}'));
  });

  test.each([
    ['an event', '42["ping"]'],
    ['what is no packet of Socket.IO', '4abc'],
    ['too much', `40${' '.repeat(8192)}`],
    ['too often', Array<string>(11).fill('2').join('\x1e')],
  ])('that says %s is dropped', async (_, payload) => {
    const sid = await opened();
    expect(await post(sid, payload)).toEqual(ok);
    await expect
      .poll(async () =>
        (await world.take('NOTIFY_QUEUE_URL')).map(({ kind, connectionId }) => [
          kind,
          connectionId,
        ]),
      )
      .toContainEqual(['close-socket', sid]);
  });
});

describe('the upgrade', () => {
  test('moves a session from polling to a socket', async () => {
    const { id, sid } = await named();
    await notified();
    await get(sid);
    const { socketId, statusCode } = await openSocket(sid);
    expect(statusCode).toBe(200);
    expect(await say(socketId, '2probe')).toBe('3probe');
    expect(await say(socketId, '5')).toBeUndefined();
    // API Gateway keeps no order: this may be heard before what waits has been posted.
    await sockets.post(sid, '42["news"]');
    expect(await say(socketId, '42["ping"]')).toBeUndefined();
    await notified();
    expect(posts).toEqual([
      [socketId, '42["news"]'],
      [socketId, '42["pong"]'],
    ]);
    expect(await say(socketId, '42["ping"]')).toBe('42["pong"]');
    // The document's example: HTTP requests and other sockets with the same sid are refused.
    expect(await get(sid)).toEqual(bad);
    expect(await post(sid, '42["ping"]')).toEqual(bad);
    expect(await openSocket(sid)).toMatchObject({ statusCode: 400 });
    await disconnect(on(socketId, {}), lambdaContext());
    expect(await connections.ofUsers([id])).toEqual([]);
    expect(await sessions.find(sid)).toBeUndefined();
  });

  test('also of a client that says only then who it is', async () => {
    const { token } = await world.customer();
    const sid = await opened();
    const { socketId } = await openSocket(sid);
    await say(socketId, '2probe');
    await say(socketId, '5');
    await notified();
    expect(await say(socketId, `40${JSON.stringify({ token })}`)).toBe(
      `40{"sid":"${publicIdOf(sid)}"}`,
    );
    await notified();
    expect(posts).toMatchObject([[socketId, expect.stringMatching(/^42\["connected"/)]]);
  });

  test.each<[string, Query]>([
    ['an unknown session', { sid: `poll.${'x'.repeat(24)}` }],
    ['an id of a socket', { sid: 'L0SM9cOFvHcCIhw=' }],
    ['an id that no table holds', { sid: `poll.${'x'.repeat(3000)}` }],
    ['another version', { EIO: '3' }],
    ['another transport', { transport: 'polling' }],
  ])('with %s is refused', async (_, query) => {
    expect(await openSocket(await opened(), query)).toMatchObject({ statusCode: 400 });
  });

  test('to one of two sockets that were probed closes the other alone, whatever it says', async () => {
    const { sid } = await named();
    await notified();
    await get(sid);
    const [{ socketId: first }, { socketId: second }] = [
      await openSocket(sid),
      await openSocket(sid),
    ];
    for (const each of [first, second]) expect(await say(each, '2probe')).toBe('3probe');
    expect(await say(first, '42["ping"]'), 'before the other has moved').toBeUndefined();
    expect(await say(second, '5')).toBeUndefined();
    await notified();
    await closing();
    for (const text of ['5', '1', '41', '42["ping"]', '7']) {
      expect(await say(first, text), text).toBeUndefined();
    }
    expect(await closing()).toEqual(Array(5).fill(first));
    expect(posts).toEqual([]);
    expect(await say(second, '42["ping"]')).toBe('42["pong"]');
    await disconnect(on(first, {}), lambdaContext());
    expect(await sockets.post(sid, '42["news"]')).toBe('posted');
    expect(posts).toEqual([[second, '42["news"]']]);
  });

  test('is not undone by a request that cannot be read', async () => {
    const { sid } = await named();
    const { socketId } = await openSocket(sid);
    await say(socketId, '2probe');
    await say(socketId, '5');
    await notified();
    const type = 'application/octet-stream';
    expect(await request('POST', { ...polls, sid }, '4x', { type })).toEqual(bad);
    expect(await say(socketId, '42["ping"]')).toBe('42["pong"]');
  });

  test('of a session that has ended has the socket closed', async () => {
    const sid = await opened();
    const { socketId } = await openSocket(sid);
    await say(socketId, '2probe');
    expect(await post(sid, '1')).toEqual(ok);
    expect(await say(socketId, '5')).toBeUndefined();
    await expect.poll(closing).toContain(socketId);
  });
});

test('while DynamoDB is away, the client is to try again', async () => {
  const broken = openPollingSessions(openStateTable('no-such-table', clock), clock);
  await expect(broken.find('poll.x')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});
