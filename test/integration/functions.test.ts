import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { routesOf } from '../../src/contract/http/routes.ts';
import { clientOf } from '../support/client.ts';
import { functionEnvironment } from '../support/engines/function-environment.ts';
import { into, lambdaContext } from '../support/invoke.ts';
import { issuingTokens } from '../support/tokens.ts';

// The functions read their environment as they are loaded, so it must stand before.
const { variables, secrets } = await functionEnvironment();
const context = lambdaContext();

const create = { RequestType: 'Create', ResourceProperties: { release: '0.1.0' } } as never;

describe('keys', async () => {
  const { handler } = await import('../../functions/keys.ts');

  test('makes the first pair once, publishes its public half, and keeps it for ever', async () => {
    await handler(create, context);
    const made = [secrets.get('arn:signing-keys'), secrets.get('arn:public-keys')];
    const Keys = z.object({ keys: z.array(z.record(z.string(), z.string())).length(1) });
    const [signing, published] = made.map((text) => Keys.parse(JSON.parse(text ?? '')).keys[0]);
    expect(signing).toMatchObject({ kty: 'EC', crv: 'P-256', kid: published?.['kid'] });
    expect(signing).toHaveProperty('d');
    expect(published).not.toHaveProperty('d');

    await handler(create, context);
    expect([secrets.get('arn:signing-keys'), secrets.get('arn:public-keys')]).toEqual(made);
  });
});

describe('system', async () => {
  const { handler } = await import('../../functions/system.ts');
  const send = into(handler);
  const client = clientOf(routesOf('system'), send);

  test('says that everything is well, part by part', async () => {
    const health = await client.getHealth();
    expect(health).toMatchObject({
      status: 200,
      body: { status: 'healthy', postgres: 'up', redis: 'up', dynamodb: 'up', sqs: 'up' },
    });
    expect(await client.getReadiness()).toMatchObject({ status: 200, body: { status: 'ready' } });
    expect(await client.getLiveness()).toMatchObject({ status: 200, body: { status: 'alive' } });
  });

  test('publishes the keys that keys made, and lets others keep them', async () => {
    const { body, headers } = await client.getPublicKeys();
    expect(body?.keys).toEqual([expect.objectContaining({ alg: 'ES256', use: 'sig' })]);
    expect(JSON.stringify(body)).not.toContain('"d"');
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=300' });
  });

  test('answers unknown paths in our own words', async () => {
    const response = await send({
      method: 'GET',
      path: '/nowhere',
      routeKey: '$default',
      params: {},
      query: {},
      headers: {},
    });
    expect(response.status).toBe(404);
    expect(JSON.parse(response.body)).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });
});

describe('migrate', async () => {
  // Its own secret is the owner's; the service's role is another secret.
  process.env['DATABASE_SECRET_ARN'] = 'arn:database-owner';
  process.env['DATABASE_SERVICE_SECRET_ARN'] = 'arn:database';
  const { handler } = await import('../../functions/migrate.ts');
  process.env['DATABASE_SECRET_ARN'] = 'arn:database';

  test('finds nothing to do in a database that is up to date', async () => {
    expect(await handler(create, context)).toEqual({ PhysicalResourceId: 'migrations' });
  });
});

describe('socket-connect', async () => {
  const { handler } = await import('../../functions/socket-connect.ts');
  const ours = await issuingTokens();
  const connect = (headers: Record<string, string>) =>
    handler(
      {
        headers,
        requestContext: { connectionId: 'c1' },
      } as unknown as APIGatewayProxyWebsocketEventV2,
      context,
    );

  beforeAll(() => void secrets.set('arn:public-keys', JSON.stringify(ours.publicKeys)));

  test('lets in who shows a token in a header', async () => {
    const token = await ours.sign();
    expect(await connect({ Authorization: `Bearer ${token}` })).toEqual({
      statusCode: 200,
      headers: {},
    });
    expect(await connect({ 'Sec-WebSocket-Protocol': `weelo.v1, bearer.${token}` })).toEqual({
      statusCode: 200,
      headers: { 'Sec-WebSocket-Protocol': 'weelo.v1' },
    });
  });

  test('closes the door to everyone else', async () => {
    const theirs = await issuingTokens();
    expect(await connect({})).toEqual({ statusCode: 401 });
    expect(await connect({ Authorization: `Bearer ${await theirs.sign()}` })).toEqual({
      statusCode: 401,
    });
    expect(await connect({ Authorization: `Bearer ${await ours.sign({}, -1)}` })).toEqual({
      statusCode: 401,
    });
  });
});

test('a function without one of its variables does not start, and says which', async () => {
  const { REDIS_URL } = variables;
  delete process.env['REDIS_URL'];
  vi.resetModules();
  await expect(import('../../functions/system.ts')).rejects.toThrow('REDIS_URL');
  process.env['REDIS_URL'] = REDIS_URL;
});
