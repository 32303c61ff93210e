import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import type { HttpContext, HttpEvent, HttpResult } from '../../functions/edge/http/call.ts';
import { edgeHeaders } from '../../src/contract/edge.ts';
import { functionNames, functions } from '../../src/contract/functions.ts';
import { functionEnvironment } from '../support/engines/function-environment.ts';
import { into, lambdaContext } from '../support/invoke.ts';

const secret = 's'.repeat(64);
const { secrets } = await functionEnvironment();
secrets.set('arn:edge', JSON.stringify({ first: secret, second: '' }));
process.env['EDGE_SECRET_ARN'] = 'arn:edge';

const throughEdge = {
  [edgeHeaders.secret]: secret,
  [edgeHeaders.address]: '203.0.113.7',
};
const direct = { [edgeHeaders.address]: '203.0.113.7' };

interface HttpModule {
  readonly handler: (event: HttpEvent, context: HttpContext) => Promise<HttpResult>;
}

const http = functionNames.filter((name) => functions[name].trigger === 'http');

/** What a function answers to a path that it does not have. */
async function ask(name: string, headers: Readonly<Record<string, string>>) {
  const { handler } = (await import(`../../functions/${name}.ts`)) as HttpModule;
  const { status, body } = await into(handler)({
    method: 'GET',
    path: '/nowhere',
    routeKey: 'GET /nowhere',
    params: {},
    query: {},
    headers,
  });
  const { error } = JSON.parse(body) as { error: { code: string } };
  return `${status} ${error.code}`;
}

describe('in a stage with an edge', () => {
  test('all functions behind the HTTP API are meant', () => {
    expect(http).toHaveLength(7);
  });

  test.each(http)(
    '%s answers what came through it, and refuses what came directly',
    async (name) => {
      expect(await ask(name, {})).toBe('403 WRONG_HOST');
      expect(await ask(name, direct)).toBe('403 WRONG_HOST');
      expect(await ask(name, throughEdge)).toBe('404 NOT_FOUND');
    },
  );

  test('a socket is let in only through it', async () => {
    const { handler } = await import('../../functions/socket-connect.ts');
    const knock = async (headers: Readonly<Record<string, string>>) => {
      const event = {
        requestContext: { connectionId: 'c1', requestId: 'r1' },
        queryStringParameters: { EIO: '4', transport: 'websocket' },
        headers,
      } as unknown as APIGatewayProxyWebsocketEventV2;
      return (await handler(event, lambdaContext())).statusCode;
    };
    expect([await knock({}), await knock(direct)]).toEqual([403, 403]);
    expect(await knock(throughEdge)).toBe(200);
  });
});
