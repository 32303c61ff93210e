import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { beforeEach, describe, expect, test } from 'vitest';
import type { SocketContext } from '../../functions/edge/socket/call.ts';
import { openEndedSessions } from '../../src/identity/sessions/ended-sessions.ts';
import { openConnections } from '../../src/messaging/connections/connections.ts';
import { unpack } from '../../src/messaging/packed.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { lambdaContext } from '../support/invoke.ts';
import { orderWorld } from '../support/worlds/order-world.ts';

const world = await orderWorld();
const { handler: connect } = await import('../../functions/socket-connect.ts');
const { handler: hear } = await import('../../functions/socket-message.ts');

beforeEach(async () => {
  while ((await queued()).length > 0);
});

const connections = openConnections(
  openStateTable(world.variables.CONNECTIONS_TABLE, systemClock),
  systemClock,
);
const queued = () => world.take('NOTIFY_QUEUE_URL');
/** What is queued for one socket, by its kind. A delayed message is not seen yet. */
const queuedFor = async (connectionId: string) =>
  (await queued()).filter((each) => each['connectionId'] === connectionId);

function eventOn(connectionId: string, rest: object): APIGatewayProxyWebsocketEventV2 {
  const requestContext = { connectionId, requestId: 'r1' };
  return { requestContext, ...rest } as unknown as APIGatewayProxyWebsocketEventV2;
}

async function letIn(query: Record<string, string> = { EIO: '4', transport: 'websocket' }) {
  const connectionId = `c-${randomUUID()}`;
  const event = eventOn(connectionId, { queryStringParameters: query });
  const { statusCode } = await connect(event, lambdaContext());
  return { statusCode, connectionId };
}

/** What a client is answered at once. */
async function say(connectionId: string, body: string) {
  const result = await hear(eventOn(connectionId, { body }), lambdaContext() as SocketContext);
  return result.body;
}

const nameWith = (token: string) => `40${JSON.stringify({ token, fcmToken: null, lastSeq: '0' })}`;

async function named() {
  const { id, token } = await world.customer();
  const { connectionId } = await letIn();
  expect(await say(connectionId, nameWith(token))).toBe(`40{"sid":"${connectionId}"}`);
  return { id, token, connectionId };
}

test('a client is let in unnamed, and the first packet of its session is queued', async () => {
  const { statusCode, connectionId } = await letIn();
  expect(statusCode).toBe(200);
  expect(await queuedFor(connectionId)).toEqual([
    { kind: 'open-session', connectionId, triedBefore: 0, requestId: 'r1' },
  ]);
});

test.each([
  { EIO: '3', transport: 'websocket' },
  { EIO: 'abc', transport: 'websocket' },
  { EIO: '4', transport: 'abc' },
  { EIO: '4' },
  { EIO: '4', transport: 'websocket', sid: 'lv_VI97HAXpY6yYWAAAC' },
])('a client that asks for %j is refused', async (query) => {
  const { statusCode, connectionId } = await letIn(query);
  expect(statusCode).toBe(400);
  expect(await queuedFor(connectionId)).toEqual([]);
});

test('P10: a client that says who it is, is welcomed, and told what is live', async () => {
  const { id, token } = await world.customer();
  const { body } = await world.place(token);
  const { connectionId } = await letIn();
  await queued();
  expect(await say(connectionId, nameWith(token))).toBe(`40{"sid":"${connectionId}"}`);
  const [reply, ...more] = await queuedFor(connectionId);
  expect(more).toEqual([]);
  expect(reply).toMatchObject({ kind: 'reply', framing: 'socket-io', messages: [] });
  expect(unpack(String(reply?.['packed']))).toMatchObject([
    { event: 'connected', data: { userId: id, role: 'customer' } },
    { event: 'order_state', data: { orderId: body?.order.id, status: 'broadcasting' } },
  ]);
});

test('P10: an event that was sent before a client said who it is, is known to be older', async () => {
  const { token } = await world.customer();
  const { connectionId } = await letIn();
  await pause(20);
  const namedAt = Date.now();
  await say(connectionId, nameWith(token));
  const known = await connections.find(connectionId);
  expect(known?.openedAt).toBeGreaterThanOrEqual(namedAt);
  // The same client again: what it was told meanwhile is not told anew.
  await pause(20);
  await say(connectionId, nameWith(token));
  expect(await connections.find(connectionId)).toMatchObject({ openedAt: known?.openedAt });
});

describe('P18: a client', () => {
  const session = () => ({ sub: randomUUID(), sid: randomUUID() });

  test.each([
    ['without a token', async () => '40', 'Authentication required'],
    ['with a token that is no text', async () => '40{"token":7}', 'Authentication required'],
    ['with a token that is none', async () => nameWith('x.y.z'), 'Invalid token'],
    [
      'with the token of a session that was ended',
      async () => {
        const { sub, sid } = session();
        const table = openStateTable(world.variables.STATE_TABLE, systemClock);
        const expiresAt = new Date(Date.now() + 3_600_000);
        await openEndedSessions(table, systemClock).tell([{ id: sid, expiresAt }]);
        return nameWith(await world.sign({ sub, sid }));
      },
      'Token has been revoked',
    ],
  ])('%s is refused in words that the apps know, and dropped', async (_, packet, words) => {
    const { connectionId } = await letIn();
    await queued();
    expect(await say(connectionId, await packet())).toBe(`44{"message":"${words}"}`);
    expect(await closedSoon(connectionId)).toBe(true);
  });

  test('that says who it is too often in a minute is told to come back', async () => {
    const { id, token } = await world.customer();
    await world.redis.set(`rate:{${id}}:socket:name`, 20, 'PX', 60_000);
    const { connectionId } = await letIn();
    expect(await say(connectionId, nameWith(token))).toMatch(/^44{"message":"Server at capacity/);
  });

  test('stays the same user for as long as its socket lives', async () => {
    const { connectionId } = await named();
    const other = await world.customer();
    expect(await say(connectionId, nameWith(other.token))).toBe('44{"message":"Invalid token"}');
  });

  test.each([
    ['an event', '42["ping"]'],
    ['an event without a name', '42'],
    ['what is no packet of Socket.IO', '4abc'],
    ['an ack without an id', '43[]'],
    ['goodbye', '41'],
    ['goodbye to the engine', '1'],
    ['the first packet of a server', '0'],
    ['that it has upgraded', '5'],
    ['what is no packet', 'abc'],
    ['an action of the other framing', '{"action":"ping"}'],
    ['too much', '40'.padEnd(9000)],
  ])('that says %s before it says who it is, is dropped without a word', async (_, text) => {
    const { connectionId } = await letIn();
    await queued();
    expect(await say(connectionId, text)).toBeUndefined();
    expect(await closedSoon(connectionId)).toBe(true);
  });

  test('that nobody let in is dropped', async () => {
    const connectionId = `c-${randomUUID()}`;
    for (const text of ['2', '40', '42["ping"]']) {
      expect(await say(connectionId, text)).toBeUndefined();
    }
    expect(await closedSoon(connectionId)).toBe(true);
  });

  /** The socket is closed a second later, so that an answer leaves before. */
  const closedSoon = async (connectionId: string) => {
    const until = Date.now() + 10_000;
    while (Date.now() < until) {
      const kinds = (await queuedFor(connectionId)).map(({ kind }) => kind);
      if (kinds.includes('close-socket')) return true;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return false;
  };
});

describe('what an app says', () => {
  test('is answered as on any other socket, in its framing', async () => {
    const { token, connectionId } = await named();
    const { body } = await world.place(token);
    const orderId = body?.order.id ?? '';
    expect(await say(connectionId, '42["ping"]')).toBe('42["pong"]');
    const joined = await say(connectionId, `42["join_booking","${orderId}"]`);
    expect(JSON.parse(joined?.slice(2) ?? '')).toMatchObject([
      'joined',
      { orderId, status: 'broadcasting' },
    ]);
    expect(await say(connectionId, `42["leave_booking","${orderId}"]`)).toBe('42["left"]');
    const stranger = await say(connectionId, `42["join_booking","${randomUUID()}"]`);
    expect(JSON.parse(stranger?.slice(2) ?? '')).toMatchObject([
      'error',
      { code: 'ORDER_NOT_FOUND', message: expect.any(String) as string },
    ]);
  });

  test.each([
    '2["ping"]',
    '3',
    '3probe',
    '6',
    '42["nobody_knows_this",1,[2],null]',
    '42["join_transporter",{"transporterId":"t"}]',
    // For transporters and drivers only.
    '42["dispatch_ack",{"orderId":"no order"}]',
    '42["heartbeat",{"t":"hb","lat":91,"lng":null}]',
    '42["fcm_token_refresh",{"fcmToken":""}]',
    '42["fcm_token_refresh"]',
    '42/admin,["ping"]',
    '41/admin',
    '431[]',
    '44{"message":"no"}',
  ])('is not answered where the app expects nothing: %s', async (text) => {
    const { connectionId } = await named();
    const answer = await say(connectionId, text);
    expect(answer).toBe(text === '2["ping"]' ? '3["ping"]' : undefined);
  });

  test('registers its phone', async () => {
    const { id, connectionId } = await named();
    await say(connectionId, '42["fcm_token_refresh",{"fcmToken":"a phone"}]');
    const table = openStateTable(world.variables.STATE_TABLE, systemClock);
    expect(await table.list(`devices#${id}`)).toMatchObject([{ token: 'a phone' }]);
  });
});
