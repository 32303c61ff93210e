import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { beforeEach, describe, expect, test } from 'vitest';
import type { SocketContext } from '../../functions/edge/socket/call.ts';
import { mostBytes, polling } from '../../src/contract/socket/socket-io.ts';
import { openConnections } from '../../src/messaging/connections/connections.ts';
import { handOver } from '../../src/messaging/polling/hand-over.ts';
import { withPolling } from '../../src/messaging/polling/polling-sockets.ts';
import { openPollingSessions } from '../../src/messaging/polling/sessions.ts';
import { sendReply } from '../../src/messaging/send-reply.ts';
import { queueMessages } from '../../src/contract/queues.ts';
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

async function request(method: 'GET' | 'POST', query: Query, body?: string) {
  const { status, body: answer } = await send({
    method,
    path: '/socket.io/',
    routeKey: `${method} /socket.io/{proxy+}`,
    params: { proxy: '' },
    query,
    headers: { 'content-type': 'text/plain;charset=UTF-8' },
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
  expect(await get(sid)).toEqual(said(`40{"sid":"${sid}"}`));
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
      await sendReply(queueMessages.notify.reply.parse(message), { once, sockets });
    }
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
    expect(welcome).toBe(`40{"sid":"${sid}"}`);
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
    expect(await say(socketId, `40${JSON.stringify({ token })}`)).toBe(`40{"sid":"${sid}"}`);
    await notified();
    expect(posts).toMatchObject([[socketId, expect.stringMatching(/^42\["connected"/)]]);
  });

  test.each<[string, Query]>([
    ['an unknown session', { sid: `poll.${'x'.repeat(24)}` }],
    ['an id of a socket', { sid: 'L0SM9cOFvHcCIhw=' }],
    ['another version', { EIO: '3' }],
    ['another transport', { transport: 'polling' }],
  ])('with %s is refused', async (_, query) => {
    expect(await openSocket(await opened(), query)).toMatchObject({ statusCode: 400 });
  });

  test('of a session that has ended has the socket closed', async () => {
    const sid = await opened();
    const { socketId } = await openSocket(sid);
    await say(socketId, '2probe');
    expect(await post(sid, '1')).toEqual(ok);
    expect(await say(socketId, '5')).toBeUndefined();
    const closing = async () =>
      (await world.take('NOTIFY_QUEUE_URL')).flatMap(({ kind, connectionId }) =>
        kind === 'close-socket' ? [connectionId] : [],
      );
    await expect.poll(closing).toContain(socketId);
  });
});

test('while DynamoDB is away, the client is to try again', async () => {
  const broken = openPollingSessions(openStateTable('no-such-table', clock), clock);
  await expect(broken.find('poll.x')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});
