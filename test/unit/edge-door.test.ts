import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { describe, expect, test, vi } from 'vitest';
import { httpFunction } from '../../functions/edge/http/http-function.ts';
import { connectFunction } from '../../functions/edge/socket/connect-function.ts';
import { edgeFrom } from '../../functions/wiring/edge.ts';
import { edgeHeaders } from '../../src/contract/edge.ts';
import { logger } from '../../src/platform/logs/observability.ts';
import { greet } from '../support/example-routes.ts';
import { into, lambdaContext } from '../support/invoke.ts';

const value = (letter: string) => letter.repeat(64);
const id = '0190b3b0-7c3f-7c3f-8c3f-0190b3b07c3f';

/** A stage with an edge: its secret, how often it was read, and the functions behind it. */
function stageBehindEdge({ first = value('a'), second = value('b') } = {}) {
  const world = { text: JSON.stringify({ first, second }), reads: 0, isAway: false, now: 0 };
  const readSecret = async () => {
    world.reads += 1;
    if (world.isAway) throw new Error('It is away');
    return world.text;
  };
  const clock = { now: () => new Date(world.now * 1000) };
  const isFromEdge = edgeFrom({ EDGE_SECRET_ARN: 'arn:edge' }, readSecret, clock);
  const addresses: string[] = [];
  const greeting = httpFunction(
    [greet],
    {
      greet: async ({ address }) => {
        addresses.push(address);
        return { status: 201, body: { greeting: 'Hello' } };
      },
    },
    { isFromEdge },
  );
  const opened: string[] = [];
  const connect = connectFunction({
    isFromEdge,
    identify: () => Promise.reject(new Error('No token is shown here')),
    redeem: () => Promise.reject(new Error('No ticket is shown here')),
    open: async () => undefined,
    openUnnamed: async (connectionId) => void opened.push(connectionId),
    openToUpgrade: async () => true,
  });
  return { world, greeting, connect, addresses, opened };
}

type Stage = ReturnType<typeof stageBehindEdge>;
type Headers = Readonly<Record<string, string>>;

async function ask({ greeting }: Stage, headers: Headers, routeKey = 'POST /greet/{id}') {
  const { status, body } = await into(greeting, { address: '192.0.2.1' })({
    method: 'POST',
    path: `/greet/${id}`,
    routeKey,
    params: { id },
    query: {},
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"name":"Asha"}',
  });
  const { error } = JSON.parse(body) as { error?: { code: string } };
  return { status, code: error?.code };
}

/** The status of an upgrade of Socket.IO. A WebSocket API keeps headers as they were written. */
async function knock({ connect }: Stage, headers: Headers) {
  const event = {
    requestContext: { connectionId: 'c1', requestId: 'r1' },
    queryStringParameters: { EIO: '4', transport: 'websocket' },
    headers,
  } as unknown as APIGatewayProxyWebsocketEventV2;
  return (await connect(event, lambdaContext())).statusCode;
}

const shown = (secret: string, address = '203.0.113.7') => ({
  [edgeHeaders.secret]: secret,
  [edgeHeaders.address]: address,
});
const wrongHost = { status: 403, code: 'WRONG_HOST' };

describe('behind an edge', () => {
  test.each([
    ['nothing', {}],
    ['an address alone', { [edgeHeaders.address]: '203.0.113.7' }],
    ['another secret', shown(value('c'))],
    ['a part of the secret', shown(value('a').slice(1))],
    ['no secret', shown('')],
    ['the secret without an address', { [edgeHeaders.secret]: value('a') }],
    ['the secret with what is no address', shown(value('a'), 'somewhere')],
  ])('a request that shows %s gets 403, and reaches nothing', async (_, headers) => {
    const stage = stageBehindEdge();
    expect(await ask(stage, headers)).toEqual(wrongHost);
    expect(await ask(stage, headers, 'GET /nowhere')).toEqual(wrongHost);
    expect(await knock(stage, headers)).toBe(403);
    expect([stage.addresses, stage.opened]).toEqual([[], []]);
  });

  test.each(['a', 'b'])('one with either value of the secret is served: %s', async (letter) => {
    const stage = stageBehindEdge();
    expect(await ask(stage, shown(value(letter)))).toEqual({ status: 201, code: undefined });
    const [[secret, address]] = [Object.values(shown(value(letter)))];
    const written = {
      'X-Weelo-Edge-Secret': secret ?? '',
      'X-Weelo-Client-Address': address ?? '',
    };
    expect(await knock(stage, written)).toBe(200);
    expect(stage.opened).toEqual(['c1']);
  });

  test('a value that is not set yet is no secret', async () => {
    const stage = stageBehindEdge({ second: '' });
    expect(await ask(stage, shown(''))).toEqual(wrongHost);
    expect(await ask(stage, shown(value('a')))).toMatchObject({ status: 201 });
  });

  test('the address is that of the client, and not that of the edge', async () => {
    const stage = stageBehindEdge();
    await ask(stage, shown(value('a')));
    expect(stage.addresses).toEqual(['203.0.113.7']);
  });

  test.each([
    ['2001:db8:85a3:1234:1:2:3:4', '2001:db8:85a3:1234::/64'],
    ['2001:db8:85a3:1234:ffff::9', '2001:db8:85a3:1234::/64'],
    ['2001:0DB8:85a3:1234::', '2001:db8:85a3:1234::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:1::2:3:4:5', '2001:db8:1:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('all addresses of a line with IPv6 count as one: %s', async (address, counted) => {
    const stage = stageBehindEdge();
    await ask(stage, shown(value('a'), address));
    expect(stage.addresses).toEqual([counted]);
  });

  test('the secret is read once in five minutes, and then a new value counts', async () => {
    const stage = stageBehindEdge();
    await Promise.all([ask(stage, shown(value('a'))), ask(stage, shown(value('a')))]);
    stage.world.text = JSON.stringify({ first: value('c'), second: value('b') });
    stage.world.now = 299;
    expect(await ask(stage, shown(value('a')))).toMatchObject({ status: 201 });
    expect(stage.world.reads).toBe(1);
    stage.world.now = 300;
    expect(await ask(stage, shown(value('a')))).toEqual(wrongHost);
    expect(await ask(stage, shown(value('c')))).toMatchObject({ status: 201 });
    expect(stage.world.reads).toBe(2);
  });

  test('without a secret in hand nobody asks for it, so strangers cost nothing', async () => {
    const stage = stageBehindEdge();
    await ask(stage, {});
    await knock(stage, {});
    expect(stage.world.reads).toBe(0);
  });

  test('if the secret cannot be read, a request is told to try again', async () => {
    const stage = stageBehindEdge();
    stage.world.isAway = true;
    expect(await ask(stage, shown(value('a')))).toEqual({
      status: 503,
      code: 'SERVICE_UNAVAILABLE',
    });
    expect(await knock(stage, shown(value('a')))).toBe(503);
  });

  test.each([
    ['no JSON', 'geheim-geheim'],
    ['a short value', '{"first":"geheim","second":""}'],
  ])('a secret that was written wrong lets nobody in, and is not logged: %s', async (_, text) => {
    const stage = stageBehindEdge();
    stage.world.text = text;
    const logged = vi.spyOn(logger, 'error').mockImplementation(() => undefined);
    expect(await ask(stage, shown('geheim'))).toMatchObject({ status: 500 });
    const errors = logged.mock.calls
      .flat()
      .map((each) => (each instanceof Error ? each.stack : each));
    logged.mockRestore();
    expect(errors.length).toBeGreaterThan(0);
    expect(JSON.stringify(errors)).not.toContain('geheim');
  });
});

test('without an edge everybody is served, and no header says an address', async () => {
  const none = edgeFrom(
    { EDGE_SECRET_ARN: 'none' },
    () => Promise.reject(new Error('There is none')),
    { now: () => new Date(0) },
  );
  expect(none).toBeUndefined();
  const addresses: string[] = [];
  const greeting = httpFunction(
    [greet],
    {
      greet: async ({ address }) => {
        addresses.push(address);
        return { status: 201, body: { greeting: 'Hello' } };
      },
    },
    { isFromEdge: none },
  );
  expect(await ask({ ...stageBehindEdge(), greeting }, shown(value('a')))).toMatchObject({
    status: 201,
  });
  expect(addresses).toEqual(['192.0.2.1']);
});
