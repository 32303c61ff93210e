import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { GatewayOptions } from '../../src/gateway/gateway.ts';
import {
  Client,
  Failure,
  type Functions,
  gatewayOf,
  refusedUpgrade,
  sendRaw,
  socketApi,
} from './gateway-client.ts';

type Options = Omit<GatewayOptions, 'port' | 'invoke' | 'webSocketApi'>;

interface SocketEvent {
  readonly requestContext: Record<string, unknown> & { readonly connectionId: string };
  readonly headers: Record<string, string>;
  readonly body: string;
}

const yes = () => ({ statusCode: 200 });
const echo = ({ body }: SocketEvent) => ({ statusCode: 200, body });
const fails = () => {
  throw new Failure('error');
};

/** A gateway with one route per function; upgrades are let in unless said otherwise. */
function serving(functions: Functions, options: Options = {}) {
  const all = { $connect: yes, ...functions };
  return gatewayOf(all, { webSocketApi: socketApi(...Object.keys(all)), ...options });
}

const ids = {
  connectionId: expect.stringMatching(/^[\w-]{15}=$/) as unknown,
  requestId: expect.stringMatching(/^[\w-]{15}=$/) as unknown,
};

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
describe('$connect', () => {
  test('gets the upgrade request, names of headers as they were sent', async () => {
    const connect = vi.fn<(event: SocketEvent) => object>(yes);
    const gateway = await serving(
      { $connect: connect },
      { now: () => Date.UTC(2023, 10, 29, 8, 4, 1) },
    );
    await Client.open(gateway, {
      path: '/ws?ticket=a%20b&x=1&x=2',
      headers: {
        'X-Colour': ['red', 'blue'],
        'User-Agent': 'agent',
        authorization: 'Bearer t',
      } as never,
    });
    const host = new URL(gateway.origin).host;
    const [[event] = []] = connect.mock.calls;
    expect(event).toEqual({
      headers: {
        Host: host,
        'Sec-WebSocket-Key': expect.any(String) as unknown,
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Extensions': expect.any(String) as unknown,
        'User-Agent': 'agent',
        'X-Colour': 'blue',
        authorization: 'Bearer t',
        'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-/) as unknown,
        'X-Forwarded-For': '127.0.0.1',
        'X-Forwarded-Port': new URL(gateway.origin).port,
        'X-Forwarded-Proto': 'http',
      },
      multiValueHeaders: expect.objectContaining({
        Host: [host],
        'X-Colour': ['red', 'blue'],
      }) as unknown,
      queryStringParameters: { ticket: 'a b', x: '2' },
      multiValueQueryStringParameters: { ticket: ['a b'], x: ['1', '2'] },
      requestContext: {
        routeKey: '$connect',
        eventType: 'CONNECT',
        extendedRequestId: event?.requestContext['requestId'],
        requestTime: '29/Nov/2023:08:04:01 +0000',
        messageDirection: 'IN',
        stage: 'ws',
        connectedAt: 1701245041000,
        requestTimeEpoch: 1701245041000,
        identity: { sourceIp: '127.0.0.1', userAgent: 'agent' },
        domainName: host,
        apiId: 'sockets',
        ...ids,
      },
      isBase64Encoded: false,
    });
  });

  test('"until execution of the integration is completed, the upgrade request is pending"', async () => {
    const { promise: decided, resolve: letIn } = Promise.withResolvers<object>();
    const gateway = await serving({ $connect: () => decided });
    const socket = new WebSocket(`${gateway.origin.replace('http', 'ws')}/ws`);
    await pause(100);
    expect(socket.readyState).toBe(WebSocket.CONNECTING);
    letIn({ statusCode: 204 });
    await once(socket, 'open');
  });

  // 502 where the function failed: github.com/serverless/serverless-websockets-plugin/issues/13
  test.each([
    [{ statusCode: 401 }, 401, 'Unauthorized'],
    [{ statusCode: 403 }, 403, 'Forbidden'],
    [{ statusCode: 400 }, 400, 'Bad Request'],
    [{ statusCode: 429 }, 429, 'Too Many Requests'],
    [{ statusCode: 302 }, 302, 'Found'],
    [{}, 502, 'Bad Gateway'],
    [null, 502, 'Bad Gateway'],
    [{ statusCode: 200, headers: { 'sec-websocket-protocol': 'a\r\nb: c' } }, 502, 'Bad Gateway'],
  ])('%j refuses with %i', async (result, status, message) => {
    const gateway = await serving({ $connect: () => result });
    const refused = await refusedUpgrade(gateway);
    expect(refused.status).toBe(status);
    expect(JSON.parse(refused.body)).toEqual({ message, ...ids });
    expect(gateway.connections?.size).toBe(0);
  });

  test.each([
    ['error', 502],
    ['crash', 502],
    ['timeout', 502],
    ['out-of-memory', 502],
    ['throttled', 500],
    ['forbidden', 500],
  ] as const)('a function that ends by %s refuses with %i', async (reason, status) => {
    const gateway = await serving({
      $connect: () => {
        throw new Failure(reason);
      },
    });
    expect((await refusedUpgrade(gateway)).status).toBe(status);
  });

  test('one that takes too long is a gateway time-out', async () => {
    const connect = () => pause(1_000, { statusCode: 200 });
    const gateway = await serving({ $connect: connect }, { limits: { socketIntegrationMs: 50 } });
    expect((await refusedUpgrade(gateway)).status).toBe(504);
  });

  test('is optional', async () => {
    const gateway = await gatewayOf({ $default: echo }, { webSocketApi: socketApi('$default') });
    expect(await (await Client.open(gateway)).ask('hello')).toBe('hello');
  });

  // https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
  test('chooses the subprotocol, which no one else does', async () => {
    const headers = { 'Sec-WebSocket-Protocol': 'chat.v1' };
    const chosen = await serving({ $connect: () => ({ statusCode: 200, headers }) });
    const { socket } = await Client.open(chosen, { protocols: ['chat.v1', 'bearer.abc'] });
    expect(socket.protocol).toBe('chat.v1');

    const silent = await serving({});
    const refused = new WebSocket(`${silent.origin.replace('http', 'ws')}/ws`, ['chat.v1']);
    const [error] = (await once(refused, 'error')) as [Error];
    expect(error.message).toBe('Server sent no subprotocol');
  });

  test('is not run for what is no handshake, or has headers beyond the quota', async () => {
    const connect = vi.fn<() => object>(yes);
    const gateway = await serving({ $connect: connect });
    const upgrade = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
    const wrong = `GET /ws HTTP/1.1\r\n${upgrade}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n`;
    expect(await sendRaw(gateway, wrong)).toMatch(/^HTTP\/1\.1 400 Bad Request/);
    const long = { headers: { 'X-Long': 'a'.repeat(10_240) } };
    expect((await refusedUpgrade(gateway, '/ws', long)).status).toBe(431);
    expect(connect).not.toHaveBeenCalled();
  });

  test('of a client that leaves meanwhile is followed by $disconnect', async () => {
    const disconnect = vi.fn<() => object>(yes);
    const gateway = await serving({
      $connect: () => pause(200, { statusCode: 200 }),
      $disconnect: disconnect,
    });
    const socket = new WebSocket(`${gateway.origin.replace('http', 'ws')}/ws`);
    socket.on('error', () => {});
    await pause(50);
    socket.terminate();
    await vi.waitFor(() => expect(disconnect).toHaveBeenCalledOnce());
    expect(gateway.connections?.size).toBe(0);
  });

  test('is for a bounded number of connections', async () => {
    const gateway = await serving({ $default: echo }, { limits: { connections: 2 } });
    const [first] = [await Client.open(gateway), await Client.open(gateway)];
    expect((await refusedUpgrade(gateway)).status).toBe(429);
    first.socket.close();
    await first.closed;
    await vi.waitFor(() => expect(gateway.connections?.size).toBe(1));
    await Client.open(gateway);
  });
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
describe('messages', () => {
  const says = (name: string) => () => ({ statusCode: 200, body: name });
  const routed = { join: says('join'), $default: says('$default') };

  test.each([
    [{ action: 'join' }, 'join'],
    [{ action: 'unknown' }, '$default'],
    [{ action: { join: 1 } }, '$default'],
    [{ other: 1 }, '$default'],
    ['no JSON', '$default'],
    ['"join"', '$default'],
    ['null', '$default'],
    [{ action: '$connect' }, '$default'],
    [{ action: '$disconnect' }, '$default'],
  ])('%j is routed to %s', async (message, route) => {
    expect(await (await Client.open(await serving(routed))).ask(message)).toBe(route);
  });

  test('reach the function with their connection, without headers', async () => {
    const join = vi.fn<(event: SocketEvent) => object>(echo);
    const gateway = await serving({ join }, { now: () => Date.UTC(2023, 10, 29, 8, 4, 1) });
    const client = await Client.open(gateway, { headers: { 'User-Agent': 'agent' } });
    const message = '{"action":"join","é":"\u{1F69A}"}';
    expect(await client.ask(message)).toBe(message);
    const [[event] = []] = join.mock.calls;
    expect(event).toEqual({
      requestContext: {
        routeKey: 'join',
        eventType: 'MESSAGE',
        messageId: expect.stringMatching(/^[\w-]{15}=$/) as unknown,
        extendedRequestId: event?.requestContext['requestId'],
        requestTime: '29/Nov/2023:08:04:01 +0000',
        messageDirection: 'IN',
        stage: 'ws',
        connectedAt: 1701245041000,
        requestTimeEpoch: 1701245041000,
        identity: { sourceIp: '127.0.0.1', userAgent: 'agent' },
        domainName: new URL(gateway.origin).host,
        apiId: 'sockets',
        ...ids,
      },
      body: message,
      isBase64Encoded: false,
    });
  });

  test('without a route and without $default are forbidden', async () => {
    const client = await Client.open(await serving({}));
    const answer = await client.ask({ action: 'unknown' });
    expect(answer).toMatch(
      /^\{"message": "Forbidden", "connectionId":"[^"]+", "requestId":"[^"]+"\}$/,
    );
    expect(JSON.parse(answer)).toEqual({ message: 'Forbidden', ...ids });
  });

  // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html
  test('are answered only where the route has a response, whatever its status', async () => {
    const gateway = await serving({
      silent: says('never said'),
      empty: yes,
      refused: () => ({ statusCode: 500, body: 'said' }),
      bytes: () => ({ statusCode: 200, isBase64Encoded: true, body: 'c2FpZA==' }),
    });
    const client = await Client.open(gateway);
    client.socket.send('{"action":"silent"}');
    client.socket.send('{"action":"empty"}');
    await pause(50);
    expect(await client.ask({ action: 'refused' })).toBe('said');
    expect(await client.ask({ action: 'bytes' })).toBe('said');
  });

  test('whose integration fails get an error, also where there is no route response', async () => {
    const gateway = await serving({
      silent: fails,
      malformed: () => 'no status code',
      long: () => ({ statusCode: 200, body: 'a'.repeat(128 * 1024 + 1) }),
    });
    const client = await Client.open(gateway);
    for (const action of ['silent', 'malformed', 'long']) {
      const answer = JSON.parse(await client.ask({ action })) as unknown;
      expect(answer).toEqual({ message: 'Internal server error', ...ids });
    }
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });

  test('of one connection run beside each other, and are not kept in order', async () => {
    const wait = async ({ body }: SocketEvent) => {
      const { ms } = JSON.parse(body) as { ms: number };
      return pause(ms, { statusCode: 200, body: String(ms) });
    };
    const client = await Client.open(await serving({ $default: wait }));
    for (const ms of [150, 50, 0]) client.socket.send(JSON.stringify({ ms }));
    expect([await client.next(), await client.next(), await client.next()]).toEqual([
      '0',
      '50',
      '150',
    ]);
  });

  test('pings and pongs are the gateway’s own', async () => {
    const anything = vi.fn<() => object>(yes);
    const { socket } = await Client.open(await serving({ $default: anything }));
    socket.ping('data');
    const [data] = (await once(socket, 'pong')) as [Buffer];
    socket.pong();
    await pause(20);
    expect(data.toString()).toBe('data');
    expect(anything).not.toHaveBeenCalled();
  });
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
describe('quotas', () => {
  const length = ({ body }: SocketEvent) => ({ statusCode: 200, body: String(body.length) });
  const KB = 1024;

  /** A message in frames of the given sizes. */
  function inFrames(socket: WebSocket, ...sizes: readonly number[]): void {
    for (const [index, size] of sizes.entries()) {
      socket.send('a'.repeat(size), { fin: index === sizes.length - 1, compress: false });
    }
  }

  test.each([
    ['a frame of 32 KB', [32 * KB]],
    ['128 KB in frames of 32 KB', [32 * KB, 32 * KB, 32 * KB, 32 * KB]],
    ['many small frames', Array.from({ length: 100 }, () => 10)],
  ])('%s passes', async (_, sizes) => {
    const client = await Client.open(await serving({ $default: length }));
    inFrames(client.socket, ...sizes);
    expect(await client.next()).toBe(String(sizes.reduce((sum, each) => sum + each)));
    inFrames(client.socket, ...sizes);
    expect(await client.next()).toBe(String(sizes.reduce((sum, each) => sum + each)));
  });

  test.each([
    ['a frame beyond 32 KB', [32 * KB + 1]],
    ['a later frame beyond 32 KB', [10, 32 * KB + 1]],
    ['a message beyond 128 KB', [32 * KB, 32 * KB, 32 * KB, 32 * KB, 1]],
    ['a frame of a megabyte', [KB * KB]],
  ])('%s closes with 1009', async (_, sizes) => {
    const [received, disconnect] = [
      vi.fn<(event: SocketEvent) => object>(length),
      vi.fn<(event: SocketEvent) => object>(yes),
    ];
    const gateway = await serving({ $default: received, $disconnect: disconnect });
    const { socket, closed } = await Client.open(gateway);
    inFrames(socket, ...sizes);
    expect((await closed).code).toBe(1009);
    await vi.waitFor(() => expect(disconnect).toHaveBeenCalledOnce());
    expect(disconnect.mock.calls[0]?.[0].requestContext['disconnectStatusCode']).toBe(1009);
    expect(received).not.toHaveBeenCalled();
  });

  // https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-binary-media-types.html
  test('a binary frame closes with 1003', async () => {
    const received = vi.fn<() => object>(yes);
    const { socket, closed } = await Client.open(await serving({ $default: received }));
    socket.send(Buffer.from('bytes'));
    expect((await closed).code).toBe(1003);
    expect(received).not.toHaveBeenCalled();
  });

  test('an idle connection is closed as going away, one in use is not', async () => {
    const gateway = await serving({ $default: echo }, { limits: { idleMs: 200 } });
    const [idle, posted, pinging] = [
      await Client.open(gateway),
      await Client.open(gateway),
      await Client.open(gateway),
    ];
    idle.socket.send('first');
    const started = performance.now();
    const first = JSON.parse(await posted.ask({ at: 1 })) as unknown;
    expect(first).toEqual({ at: 1 });
    const activity = setInterval(() => {
      pinging.socket.ping();
      posted.socket.send('again');
    }, 50);
    onTestFinished(() => clearInterval(activity));
    expect(await idle.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(performance.now() - started).toBeGreaterThan(190);
    await pause(300);
    expect([posted, pinging].map(({ socket }) => socket.readyState)).toEqual([1, 1]);
  });

  test('a connection in use is closed at the end of its life', async () => {
    const gateway = await serving({ $default: echo }, { limits: { idleMs: 100, lifeMs: 300 } });
    const { socket, closed } = await Client.open(gateway);
    const activity = setInterval(() => socket.ping(), 30);
    onTestFinished(() => clearInterval(activity));
    const started = performance.now();
    expect(await closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(performance.now() - started).toBeGreaterThan(280);
  });
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
describe('$disconnect', () => {
  async function disconnected(leave: (client: Client) => void): Promise<SocketEvent> {
    const { promise, resolve } = Promise.withResolvers<SocketEvent>();
    const gateway = await serving({ $default: echo, $disconnect: resolve });
    const client = await Client.open(gateway, { headers: { 'User-Agent': 'agent' } });
    leave(client);
    const event = await promise;
    expect(event.headers['Host']).toBe(new URL(gateway.origin).host);
    return event;
  }

  test('has the connection, and what little is left of a request', async () => {
    const event = await disconnected(({ socket }) => socket.close());
    expect(event).toEqual({
      headers: {
        Host: expect.any(String) as unknown,
        'x-api-key': '',
        'X-Forwarded-For': '',
        'x-restapi': '',
      },
      multiValueHeaders: expect.objectContaining({ 'x-api-key': [''] }) as unknown,
      requestContext: {
        routeKey: '$disconnect',
        eventType: 'DISCONNECT',
        disconnectStatusCode: 1005,
        disconnectReason: 'Client-side close frame status not set',
        extendedRequestId: expect.any(String) as unknown,
        requestTime: expect.stringMatching(
          /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/,
        ) as unknown,
        messageDirection: 'IN',
        stage: 'ws',
        connectedAt: expect.any(Number) as unknown,
        requestTimeEpoch: expect.any(Number) as unknown,
        identity: { sourceIp: '127.0.0.1', userAgent: 'agent' },
        domainName: expect.any(String) as unknown,
        apiId: 'sockets',
        ...ids,
      },
      isBase64Encoded: false,
    });
  });

  test.each([
    ['a close that says why', ({ socket }: Client) => socket.close(4_001, 'bye'), 4_001, 'bye'],
    ['a line that breaks', ({ socket }: Client) => socket.terminate(), 1006, ''],
  ])('after %s', async (_, leave, disconnectStatusCode, disconnectReason) => {
    const { requestContext } = await disconnected(leave);
    expect(requestContext).toMatchObject({ disconnectStatusCode, disconnectReason });
  });

  test('failing harms nobody', async () => {
    const gateway = await serving({ $default: echo, $disconnect: fails });
    const first = await Client.open(gateway);
    first.socket.close();
    await first.closed;
    expect(await (await Client.open(gateway)).ask('still here')).toBe('still here');
  });

  test('is still run for those whom a stop closes, even one who does not answer', async () => {
    const disconnect = vi.fn<(event: SocketEvent) => object>(yes);
    const gateway = await serving({ $disconnect: disconnect }, { limits: { closingMs: 300 } });
    const [polite, deaf] = [await Client.open(gateway), await Client.open(gateway)];
    deaf.socket.pause();
    const started = performance.now();
    await gateway.stop();
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(await polite.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(disconnect).toHaveBeenCalledTimes(2);
  });
});

describe('one origin', () => {
  const paths = ['/ws', '/socket.io/'];
  const httpApi = {
    apiId: 'pages',
    stage: '$default',
    routes: [{ routeKey: '$default', functionName: 'page', payloadFormatVersion: '2.0' as const }],
  };

  test('upgrades on the sockets’ paths go there, everything else to the HTTP API', async () => {
    const page = ({ rawPath }: { readonly rawPath: string }) => `page ${rawPath}`;
    const gateway = await gatewayOf(
      { page, $default: echo },
      { webSocketApi: socketApi('$default'), httpApi, webSocketPaths: paths },
    );
    for (const path of ['/ws', '/ws/', '/ws?ticket=1', '/socket.io/?EIO=4&transport=websocket']) {
      expect(await (await Client.open(gateway, { path })).ask('hello')).toBe('hello');
    }
    for (const path of ['/ws', '/socket.io/?EIO=4&transport=polling', '/wsx']) {
      const said = await (await fetch(gateway.origin + path)).text();
      expect(said).toBe(`page ${path.replace(/\?.*/, '')}`);
    }
    const refused = await refusedUpgrade(gateway, '/elsewhere');
    expect(refused).toEqual({ status: 200, body: 'page /elsewhere' });
  });

  test('by default the sockets are at the path of their stage', async () => {
    const gateway = await serving({ $default: echo });
    expect(await (await Client.open(gateway, { path: '/ws' })).ask('hello')).toBe('hello');
    expect((await refusedUpgrade(gateway, '/socket.io/')).status).toBe(404);
  });

  test('socket.io-client, which nobody here wrote, comes through to its connect event', async () => {
    const handshake = {
      sid: 'a',
      upgrades: [],
      pingInterval: 25_000,
      pingTimeout: 20_000,
      maxPayload: 1e5,
    };
    const connect = vi.fn<(event: SocketEvent) => object>(yes);
    const gateway = await serving(
      {
        $connect: connect,
        $default: ({ body }: SocketEvent) =>
          body.startsWith('40') ? { statusCode: 200, body: '40{"sid":"b"}' } : { statusCode: 200 },
      },
      { webSocketPaths: paths },
    );
    const client = io(gateway.origin, { transports: ['websocket'], auth: { token: 't' } });
    onTestFinished(() => void client.close());
    await vi.waitFor(() => {
      const id = connect.mock.calls[0]?.[0].requestContext.connectionId ?? '';
      // Inside $connect this is a 410: so the server's first word has to wait.
      expect(gateway.connections?.post(id, `0${JSON.stringify(handshake)}`).ok).toBe(true);
    });
    await vi.waitFor(() => expect(client.connected).toBe(true));
    expect(connect.mock.calls[0]?.[0]).toMatchObject({
      queryStringParameters: { EIO: '4', transport: 'websocket' },
    });
  });
});
