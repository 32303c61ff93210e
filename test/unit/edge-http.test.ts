import { describe, expect, test, vi } from 'vitest';
import { httpFunction } from '../../functions/edge/http/http-function.ts';
import { openApiOf } from '../../src/contract/documents/openapi.ts';
import { AppError } from '../../src/contract/errors.ts';
import type { Implementation } from '../../src/contract/http/route.ts';
import { logger } from '../../src/platform/logs/observability.ts';
import { clientOf, type HttpRequest } from '../support/client.ts';
import { greet, show } from '../support/example-routes.ts';
import { eventOf, into, lambdaContext } from '../support/invoke.ts';

const id = '0190b3b0-7c3f-7c3f-8c3f-0190b3b07c3f';

/** Whether the use case was reached is what tells a refusal from a late one. */
function serving(implementation: Implementation<typeof greet>) {
  const reached: unknown[] = [];
  const handler = httpFunction(
    [greet],
    {
      greet: async (request) => {
        reached.push(request);
        return implementation(request);
      },
    },
    { isFromEdge: undefined },
  );
  const send = into(handler);
  return { send, reached, client: clientOf([greet], send) };
}

const polite: Implementation<typeof greet> = async ({ body }) => ({
  status: 201,
  body: { greeting: `Hello ${body.name}` },
});

const request: HttpRequest = {
  method: 'POST',
  path: `/greet/${id}`,
  routeKey: 'POST /greet/{id}',
  params: { id },
  query: {},
  headers: { 'content-type': 'application/json' },
  body: '{"name":"Asha"}',
};

async function refusal(change: Partial<HttpRequest>, implementation = polite) {
  const { send, reached } = serving(implementation);
  const response = await send({ ...request, ...change });
  const parsed: unknown = JSON.parse(response.body);
  return { ...response, body: parsed, reached: reached.length };
}

function withError(status: number, code: string, details?: readonly string[]) {
  return {
    status,
    reached: 0,
    body: {
      success: false,
      error: expect.objectContaining({
        code,
        message: expect.stringMatching(/\.$/),
        requestId: 'gateway-request-id',
        ...(details && {
          details: details.map((path) => expect.objectContaining({ path })),
        }),
      }),
    },
  };
}

describe('an answer', () => {
  test('is in the envelope, with its status', async () => {
    const { client } = serving(polite);
    const answer = await client.greet({ params: { id }, query: {}, body: { name: 'Asha' } });
    expect(answer).toMatchObject({ status: 201, body: { greeting: 'Hello Asha' } });
  });

  test('carries the request id that the client sent, or the gateway made', async () => {
    const { send } = serving(polite);
    const sent = await send({
      ...request,
      headers: { ...request.headers, 'x-request-id': 'from-the-app-1' },
    });
    const insane = await send({
      ...request,
      headers: { ...request.headers, 'x-request-id': 'a\nb <script>' },
    });
    expect(sent.headers['x-request-id']).toBe('from-the-app-1');
    expect(insane.headers['x-request-id']).toBe('gateway-request-id');
  });

  test('cannot be stored, framed or sniffed, whether it succeeds or fails', async () => {
    const { send } = serving(polite);
    for (const response of [await send(request), await send({ ...request, body: '{' })]) {
      expect(response.headers).toMatchObject({
        'cache-control': 'no-store',
        'content-type': 'application/json; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'strict-transport-security': expect.any(String),
        'content-security-policy': expect.any(String),
      });
    }
  });

  test('that the contract does not know is an internal error, and is not sent', async () => {
    const wrong = { status: 201, body: { greeting: 7 } } as never;
    const response = await refusal({}, async () => wrong);
    expect(response).toMatchObject({ ...withError(500, 'INTERNAL_ERROR'), reached: 1 });
  });

  test('with a status that the contract does not know is a fault of ours, too', async () => {
    const wrong = { status: 418, body: {} } as never;
    expect((await refusal({}, async () => wrong)).status).toBe(500);
  });

  describe('with a field that the contract does not name', () => {
    const { send } = serving(async () => {
      const body = { greeting: 'Hello', secret: 'not for you' };
      return { status: 201, body };
    });

    test('is a fault of ours, so that tests see it', async () => {
      expect(await send(request)).toMatchObject({ status: 500 });
    });

    test('leaves it out in production, and says so to the operators', async () => {
      vi.stubEnv('WEELO_STAGE', 'prod');
      const logged = vi.spyOn(logger, 'error');
      const { status, body } = await send(request);
      vi.unstubAllEnvs();
      expect(status).toBe(201);
      expect(JSON.parse(body)).toEqual({ success: true, data: { greeting: 'Hello' } });
      expect(logged).toHaveBeenCalledWith('greet answered what its contract does not know: secret');
      logged.mockRestore();
    });
  });
});

describe('a request', () => {
  test('on an alias is the same request', async () => {
    const { send, reached } = serving(polite);
    await send({ ...request, path: `/hello/${id}`, routeKey: 'POST /hello/{id}' });
    expect(reached).toHaveLength(1);
  });

  test('without a route gets a 404', async () => {
    expect(await refusal({ routeKey: 'POST /nowhere' })).toMatchObject(withError(404, 'NOT_FOUND'));
  });

  test.each([
    ['no JSON', '{"name":', ['']],
    ['a list', '[]', ['']],
    ['a text', '"name"', ['']],
    ['null', 'null', ['']],
    ['nothing', '', ['name']],
    ['a missing field', '{}', ['name']],
    ['a wrong type', '{"name":7}', ['name']],
    ['two wrong fields', '{"name":"","size":-1}', ['name', 'size']],
    ['a number that is none', '{"name":"a","size":1e999}', ['size']],
    ['a NUL character', '{"name":"A\\u0000B"}', ['name']],
    ['half a character', '{"name":"A\\ud800B"}', ['name']],
    ['what Unicode has no character for', '{"name":"A\\ufffeB"}', ['name']],
    ['such a one of another plane', '{"name":"A\\ud83f\\udfffB"}', ['name']],
    ['such a one of the list', '{"name":"A\\ufdd0B"}', ['name']],
    ['such a one deep inside', '{"name":"a","of":[{"no":"b"},{"use":"\\uffff"}]}', ['of.1.use']],
    ['two that cannot be kept', '{"name":"\\ufffe","use":"\\u0000"}', ['name', 'use']],
    ['levels without end', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, ['']],
  ])('with %s as its body changes nothing and says where', async (_, body, paths) => {
    const response = await refusal({ body });
    expect(response).toMatchObject(withError(400, 'VALIDATION_ERROR', paths));
  });

  test('reports what is wrong in path, query and body at once', async () => {
    const response = await refusal({ params: { id: '1' }, query: { loud: 'maybe' }, body: '{}' });
    expect(response).toMatchObject(withError(400, 'VALIDATION_ERROR', ['id', 'loud', 'name']));
  });

  test('reports what cannot be kept along with what is wrong', async () => {
    const bad = { params: { id: '\uffff' }, query: { loud: '\0' }, body: '{"name":"\\ufdef"}' };
    const paths = ['id', 'loud', 'name'];
    expect(await refusal(bad)).toMatchObject(withError(400, 'VALIDATION_ERROR', paths));
  });

  test('may use every character that there is', async () => {
    const { client } = serving(polite);
    const name = 'आशा 🚚 \ufffd \ue000 \u{10fffd}';
    const answer = await client.greet({ params: { id }, query: {}, body: { name } });
    expect(answer).toMatchObject({ status: 201, body: { greeting: `Hello ${name}` } });
  });

  test('with a long field name does not get a longer answer', async () => {
    const body = JSON.stringify({ name: 'a', ['x'.repeat(50_000)]: '\uffff' });
    const response = await refusal({ body });
    expect(response).toMatchObject({ status: 400, reached: 0 });
    expect(JSON.stringify(response.body).length).toBeLessThan(2000);
  });

  test('with a thousand mistakes gets a short answer', async () => {
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`field${i}`, i]));
    const { body } = await refusal({ body: JSON.stringify({ ...wide, name: 1 }) });
    expect(JSON.stringify(body).length).toBeLessThan(2000);
  });

  test('may say null for what it leaves out', async () => {
    const { send, reached } = serving(polite);
    const response = await send({ ...request, body: '{"name":"Asha","size":null}' });
    expect(response.status).toBe(201);
    expect(reached).toMatchObject([{ body: { name: 'Asha' } }]);
  });

  test('cannot reach into prototypes', async () => {
    const { send, reached } = serving(polite);
    await send({ ...request, body: '{"name":"Asha","__proto__":{"size":424242}}' });
    expect(reached).toMatchObject([{ body: { name: 'Asha' } }]);
    expect(JSON.stringify(reached)).not.toContain('424242');
  });

  test('may come in base64, as API Gateway sends what it takes for binary', async () => {
    const handler = httpFunction([greet], { greet: polite }, { isFromEdge: undefined });
    const event = eventOf({ ...request, body: Buffer.from('{"name":"आशा"}').toString('base64') });
    const context = { ...lambdaContext(), call: undefined } as never;
    const result = await handler({ ...event, isBase64Encoded: true }, context);
    expect(result).toMatchObject({ statusCode: 201 });
    expect(result.body).toContain('आशा');
  });

  test.each([['text/plain'], ['application/x-www-form-urlencoded'], ['']])(
    'with the content type "%s" is refused',
    async (type) => {
      const response = await refusal({ headers: { 'content-type': type } });
      expect(response).toMatchObject(withError(415, 'UNSUPPORTED_MEDIA_TYPE'));
    },
  );

  test('over the size limit is refused, and one at the limit is read', async () => {
    const sized = (bytes: number) => `{"name":"${'a'.repeat(bytes - 11)}"}`;
    const over = await refusal({ body: sized(64 * 1024 + 1) });
    const at = await refusal({ body: sized(64 * 1024) });
    expect(over).toMatchObject(withError(413, 'PAYLOAD_TOO_LARGE'));
    expect(at).toMatchObject(withError(400, 'VALIDATION_ERROR', ['name']));
  });
});

describe('an error', () => {
  test('that is meant for the client is told with its facts', async () => {
    const response = await refusal({}, async () => {
      throw new AppError('CONCURRENT_REQUEST', { retryAfterMs: 1500, data: { orderId: 'o1' } });
    });
    expect(response).toMatchObject({
      status: 409,
      headers: { 'retry-after': '2' },
      body: { error: { code: 'CONCURRENT_REQUEST', retryAfterMs: 1500, data: { orderId: 'o1' } } },
    });
  });

  describe('that the route does not declare', () => {
    const throwing = async () => {
      throw new AppError('ORDER_NOT_FOUND');
    };

    test('is a fault of ours, so that tests see it', async () => {
      const response = await refusal({}, throwing);
      expect(response).toMatchObject({ ...withError(500, 'INTERNAL_ERROR'), reached: 1 });
    });

    test('is told in production all the same, and the operators are, too', async () => {
      vi.stubEnv('WEELO_STAGE', 'prod');
      const logged = vi.spyOn(logger, 'error');
      const response = await refusal({}, throwing);
      vi.unstubAllEnvs();
      expect(response).toMatchObject({ ...withError(404, 'ORDER_NOT_FOUND'), reached: 1 });
      expect(logged).toHaveBeenCalledWith(
        'greet answered ORDER_NOT_FOUND, which its contract does not know',
      );
      logged.mockRestore();
    });
  });

  test('that is not becomes one generic answer', async () => {
    const response = await refusal({}, async () => {
      throw new Error('relation "weelo.secrets" does not exist');
    });
    expect(response).toMatchObject({ ...withError(500, 'INTERNAL_ERROR'), reached: 1 });
    expect(JSON.stringify(response.body)).not.toMatch(/relation|stack/);
  });

  test('comes in time: if the work takes too long, the client is answered before Lambda ends the function', async () => {
    const handler = httpFunction(
      [greet],
      { greet: () => new Promise<never>(() => undefined) },
      { isFromEdge: undefined },
    );
    const context = { ...lambdaContext(500), call: undefined } as never;
    const result = await handler(eventOf(request), context);
    expect(result).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
  });
});

describe('a route of texts', () => {
  const handler = httpFunction(
    [show],
    {
      show: async ({ text }) =>
        text === 'later' ? { status: 202, body: text } : { status: 200, body: `<p>${text}</p>` },
    },
    { isFromEdge: undefined },
  );
  const post = (body: string, contentType = 'text/plain;charset=UTF-8') =>
    into(handler)({
      ...request,
      path: '/show',
      routeKey: 'POST /show',
      params: {},
      headers: { 'content-type': contentType },
      body,
    });

  test('is handed the body as it came, and answers a page or a text as it is', async () => {
    expect(await post('40{"token":"x"}')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
      body: '<p>40{"token":"x"}</p>',
    });
    expect(await post('later')).toMatchObject({
      status: 202,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: 'later',
    });
  });

  test.each([
    ['too long a text', 'x'.repeat(41), 400, ['body']],
    ['what no store keeps', 'a\0b', 400, ['body']],
  ])('refuses %s with the path of it, as JSON', async (_, body, status, paths) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    const { error } = JSON.parse(answer.body) as { error: { details: { path: string }[] } };
    expect(error.details.map(({ path }) => path)).toEqual(paths);
  });

  test('refuses JSON that says it is JSON', async () => {
    expect((await post('{}', 'application/json')).status).toBe(415);
  });

  test('stands in the OpenAPI document with its media types', () => {
    expect(openApiOf([show])).toMatchObject({
      paths: {
        '/show': {
          post: {
            requestBody: { content: { 'text/plain': { example: 'Hello' } } },
            responses: {
              200: { content: { 'text/html': { example: '<p>Hello</p>' } } },
              202: { content: { 'text/plain': { example: 'Hello' } } },
            },
          },
        },
      },
    });
  });
});
