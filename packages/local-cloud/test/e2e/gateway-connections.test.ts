import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { playConnections } from '../../src/services/connections.ts';
import { reachOutside } from '../reach-outside.ts';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { GatewayOptions } from '../../src/gateway/gateway.ts';
import { TokenBucket } from '../../src/gateway/token-bucket.ts';
import {
  Client,
  type Functions,
  gatewayOf,
  refusedUpgrade,
  send,
  socketApi,
} from './gateway-client.ts';

interface SocketEvent {
  readonly requestContext: Record<string, unknown> & { readonly connectionId: string };
}

const yes = () => ({ statusCode: 200 });
const tellsId = ({ requestContext }: SocketEvent) => ({
  statusCode: 200,
  body: requestContext.connectionId,
});

/** A gateway, and the SDK's client of its @connections API. */
async function serving(
  functions: Functions = {},
  options: Omit<GatewayOptions, 'port' | 'invoke' | 'webSocketApi'> = {},
) {
  const all = { $default: tellsId, ...functions };
  const webSocketApi = socketApi(...Object.keys(all));
  const gateway = await gatewayOf(all, { webSocketApi, ...options });
  const connections = playConnections({
    apiId: 'sockets',
    stage: 'ws',
    connections: () => gateway.connections,
  });
  const { client } = await reachOutside(() => new Date(), [connections]);
  const sdk = new ApiGatewayManagementApiClient({ ...client, endpoint: `${client.endpoint}/ws` });
  onTestFinished(() => sdk.destroy());
  return { gateway, sdk, origin: client.endpoint };
}

const gone = { name: 'GoneException', $metadata: { httpStatusCode: 410 } };

// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
describe("the account's quotas", () => {
  const slowly = (burst: number) => ({ perSecond: 0.001, burst });

  test('are shared by requests and @connections, and what is too much is refused', async () => {
    const { gateway, sdk } = await serving({}, { limits: { calls: slowly(2) } });
    const ConnectionId = await (await Client.open(gateway)).ask('who am I');
    const post = () => sdk.send(new PostToConnectionCommand({ ConnectionId, Data: 'hello' }));
    await post();
    await post();
    await expect(post()).rejects.toMatchObject({
      name: 'LimitExceededException',
      $metadata: { httpStatusCode: 429 },
    });
  });

  test('refuse a client when too many come at once', async () => {
    const { gateway } = await serving({}, { limits: { newConnections: slowly(2) } });
    await Client.open(gateway);
    await Client.open(gateway);
    expect((await refusedUpgrade(gateway)).status).toBe(429);
  });

  test('come back with time', async () => {
    const bucket = new TokenBucket({ perSecond: 1000, burst: 1 });
    expect(bucket.take()).toBe(true);
    await vi.waitFor(() => expect(bucket.take()).toBe(true));
  });
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
// https://docs.aws.amazon.com/apigatewaymanagementapi/ (PostToConnection, GetConnection, DeleteConnection)
describe('the SDK against @connections', () => {
  test('posts to a client, however long the message may be', async () => {
    const { gateway, sdk } = await serving();
    const client = await Client.open(gateway);
    const ConnectionId = await client.ask('who am I');
    for (const Data of ['hello \u{1F69A}', 'a'.repeat(128 * 1024), '']) {
      const posted = await sdk.send(new PostToConnectionCommand({ ConnectionId, Data }));
      expect(posted.$metadata.httpStatusCode).toBe(200);
      expect(await client.next()).toBe(Data);
    }
  });

  test('refuses a longer one', async () => {
    const { gateway, sdk } = await serving();
    const ConnectionId = await (await Client.open(gateway)).ask('who am I');
    for (const length of [128 * 1024 + 1, 1024 * 1024]) {
      const post = new PostToConnectionCommand({ ConnectionId, Data: 'a'.repeat(length) });
      await expect(sdk.send(post)).rejects.toMatchObject({
        name: 'PayloadTooLargeException',
        $metadata: { httpStatusCode: 413 },
      });
    }
  });

  test('tells of a client', async () => {
    let time = Date.UTC(2024, 0, 1);
    const { gateway, sdk } = await serving({}, { now: () => time });
    const client = await Client.open(gateway, { headers: { 'User-Agent': 'agent' } });
    time += 60_000;
    const ConnectionId = await client.ask('who am I');
    const { $metadata, ...told } = await sdk.send(new GetConnectionCommand({ ConnectionId }));
    expect($metadata.httpStatusCode).toBe(200);
    expect(told).toEqual({
      ConnectedAt: new Date('2024-01-01T00:00:00.000Z'),
      Identity: { SourceIp: '127.0.0.1', UserAgent: 'agent' },
      LastActiveAt: new Date('2024-01-01T00:01:00.000Z'),
    });
  });

  // The code, and $disconnect's words: github.com/boto/boto3/issues/3789
  test('disconnects a client, with code 1000', async () => {
    const disconnect = vi.fn<(event: SocketEvent) => object>(yes);
    const { gateway, sdk } = await serving({ $disconnect: disconnect });
    const client = await Client.open(gateway);
    const ConnectionId = await client.ask('who am I');
    const deleted = await sdk.send(new DeleteConnectionCommand({ ConnectionId }));
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    expect((await client.closed).code).toBe(1000);
    await vi.waitFor(() => expect(disconnect).toHaveBeenCalledOnce());
    expect(disconnect.mock.calls[0]?.[0].requestContext).toMatchObject({
      connectionId: ConnectionId,
      disconnectStatusCode: 1000,
      disconnectReason: 'Connection Closed Normally',
    });
    const again = new DeleteConnectionCommand({ ConnectionId });
    await expect(sdk.send(again)).rejects.toMatchObject(gone);
  });

  // https://repost.aws/knowledge-center/410-gone-api-gateway
  test('a client that has left, or never was, is gone', async () => {
    const { gateway, sdk } = await serving();
    const client = await Client.open(gateway);
    const left = await client.ask('who am I');
    client.socket.close();
    await client.closed;
    await vi.waitFor(() => expect(gateway.connections?.size).toBe(0));
    for (const ConnectionId of [left, 'L0SM9cOFvHcCIhw=']) {
      const post = new PostToConnectionCommand({ ConnectionId, Data: 'hello' });
      await expect(sdk.send(post)).rejects.toMatchObject(gone);
      await expect(sdk.send(new GetConnectionCommand({ ConnectionId }))).rejects.toMatchObject(
        gone,
      );
    }
  });

  test('a client is gone while its $connect runs, and there as soon as it is let in', async () => {
    const during = vi.fn<(error: Error) => void>();
    const { gateway, sdk } = await serving({
      $connect: async ({ requestContext: { connectionId: ConnectionId } }: SocketEvent) => {
        const post = new PostToConnectionCommand({ ConnectionId, Data: 'too early' });
        await sdk.send(post).catch(during);
        return { statusCode: 200 };
      },
    });
    const client = await Client.open(gateway);
    expect(during).toHaveBeenCalledWith(expect.objectContaining({ name: 'GoneException' }));
    const ConnectionId = await client.ask('who am I');
    await sdk.send(new PostToConnectionCommand({ ConnectionId, Data: 'now' }));
    expect(await client.next()).toBe('now');
  });

  // github.com/localstack/localstack/issues/4694
  test('an id that can be none is a bad request', async () => {
    const { sdk } = await serving();
    const post = new PostToConnectionCommand({ ConnectionId: 'no-id', Data: 'hello' });
    await expect(sdk.send(post)).rejects.toMatchObject({
      name: 'BadRequestException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('a client that does not read is posted to only so far', async () => {
    const { gateway, sdk } = await serving({}, { limits: { unsentBytes: 256 * 1024 } });
    const client = await Client.open(gateway);
    const ConnectionId = await client.ask('who am I');
    client.socket.pause();
    const post = new PostToConnectionCommand({ ConnectionId, Data: 'a'.repeat(128 * 1024) });
    const flood = async () => {
      for (let posts = 0; posts < 500; posts += 1) await sdk.send(post);
    };
    await expect(flood()).rejects.toMatchObject({
      name: 'LimitExceededException',
      $metadata: { httpStatusCode: 429 },
    });
    client.socket.resume();
    await vi.waitFor(() => sdk.send(post));
  });
});

/** Whose calls they are: the endpoint looks no further. */
const signed = [
  'authorization',
  'AWS4-HMAC-SHA256 Credential=local/20260131/ap-south-1/execute-api/aws4_request',
];

describe('@connections over plain HTTP', () => {
  test('takes its stage, encoded or not, and forbids what it does not know', async () => {
    const served = await serving();
    const id = await (await Client.open(served.gateway)).ask('who am I');
    const status = async (path: string, method = 'GET') =>
      (await send(served, path, { method, headers: signed })).response.statusCode;
    expect(await status(`/ws/@connections/${id}`)).toBe(200);
    expect(await status(`/ws/@connections/${encodeURIComponent(id)}`)).toBe(200);
    expect(await status(`/ws/%40connections/${id}`)).toBe(200);
    expect(await status(`/other/@connections/${id}`)).toBe(403);
    expect(await status(`/ws/@connections/${id}`, 'PUT')).toBe(403);
    expect(await status('/ws/connections')).toBe(403);
  });

  test('a 410 has its type in a header, and no body', async () => {
    const served = await serving();
    const { response, body } = await send(served, '/ws/@connections/L0SM9cOFvHcCIhw=', {
      headers: signed,
    });
    expect([response.statusCode, response.headers['x-amzn-errortype'], body]).toEqual([
      410,
      'GoneException',
      '',
    ]);
  });
});

test('a gateway without sockets has no connections', async () => {
  const gateway = await gatewayOf({}, {});
  expect(gateway.connections).toBeUndefined();
});
