import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import autocannon from 'autocannon';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { HttpApiDescription } from '../../src/gateway/descriptions.ts';
import type { GatewayOptions } from '../../src/gateway/gateway.ts';
import { Failure, type Functions, gatewayOf, httpRoutes, send, sendRaw } from './gateway-client.ts';

type Options = Omit<GatewayOptions, 'port' | 'invoke' | 'httpApi'> & {
  readonly api?: Partial<HttpApiDescription>;
};

/** A gateway with one route per function. */
function serving(functions: Functions, { api, ...options }: Options = {}) {
  const routes = httpRoutes(...Object.keys(functions));
  return gatewayOf(functions, {
    httpApi: { apiId: 'pets', stage: '$default', routes, ...api },
    ...options,
  });
}

const echo = (event: APIGatewayProxyEventV2) => event;

async function json(response: Response): Promise<APIGatewayProxyEventV2> {
  return (await response.json()) as APIGatewayProxyEventV2;
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
describe('the event of payload format 2.0', () => {
  test('has every field of its documented example', async () => {
    const gateway = await serving(
      { 'POST /pets/{id}': echo },
      {
        api: { stageVariables: { colour: 'blue' } },
        account: { accountId: '123456789012', region: 'ap-south-1' },
        now: () => Date.UTC(2020, 2, 12, 19, 3, 58, 390),
      },
    );
    const { origin } = gateway;
    const response = await fetch(`${origin}/pets/7?a=1&a=2&b=x`, {
      method: 'POST',
      body: 'Hello from Lambda',
      headers: { 'user-agent': 'agent', 'content-type': 'text/plain', cookie: 'one=1; two=2' },
    });
    expect(await json(response)).toEqual({
      version: '2.0',
      routeKey: 'POST /pets/{id}',
      rawPath: '/pets/7',
      rawQueryString: 'a=1&a=2&b=x',
      cookies: ['one=1', 'two=2'],
      headers: expect.objectContaining({
        'content-length': '17',
        'content-type': 'text/plain',
        host: origin.replace('http://', ''),
        'user-agent': 'agent',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': new URL(origin).port,
        'x-forwarded-proto': 'http',
      }) as unknown,
      queryStringParameters: { a: '1,2', b: 'x' },
      requestContext: {
        accountId: '123456789012',
        apiId: 'pets',
        domainName: origin.replace('http://', ''),
        domainPrefix: '127',
        http: {
          method: 'POST',
          path: '/pets/7',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'agent',
        },
        requestId: response.headers.get('apigw-requestid'),
        routeKey: 'POST /pets/{id}',
        stage: '$default',
        time: '12/Mar/2020:19:03:58 +0000',
        timeEpoch: 1584039838390,
      },
      pathParameters: { id: '7' },
      stageVariables: { colour: 'blue' },
      body: 'Hello from Lambda',
      isBase64Encoded: false,
    });
  });

  test('leaves out what there is none of', async () => {
    const { origin } = await serving({ $default: echo });
    const event = await json(await fetch(`${origin}/`));
    expect(event).toMatchObject({ rawPath: '/', rawQueryString: '', isBase64Encoded: false });
    for (const absent of ['cookies', 'queryStringParameters', 'pathParameters', 'body']) {
      expect(event).not.toHaveProperty(absent);
    }
    expect(event).not.toHaveProperty('stageVariables');
    expect(event.headers['content-length']).toBe('0');
  });

  test('has header names in lower case, repeated ones joined by commas, cookies apart', async () => {
    const gateway = await serving({ $default: echo });
    const headers = ['X-Colour', 'red', 'x-colour', 'Blue', 'Cookie', 'a=1', 'COOKIE', 'b=2; c=3'];
    const { body } = await send(gateway, '/', {
      headers: [...headers, 'X-Forwarded-For', '9.9.9.9'],
    });
    const event = JSON.parse(body) as APIGatewayProxyEventV2;
    expect(event.headers['x-colour']).toBe('red,Blue');
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event.cookies).toEqual(['a=1', 'b=2', 'c=3']);
    expect(event.headers['x-forwarded-for']).toBe('9.9.9.9, 127.0.0.1');
    expect(event.headers).not.toHaveProperty('connection');
  });

  test('has the query raw and decoded', async () => {
    const gateway = await serving({ $default: echo });
    const { body } = await send(gateway, '/?q=a%20b+c&x=%E0%A4%95&empty=&flag&q=2');
    expect(JSON.parse(body)).toMatchObject({
      rawQueryString: 'q=a%20b+c&x=%E0%A4%95&empty=&flag&q=2',
      queryStringParameters: { q: 'a b c,2', x: 'क', empty: '', flag: '' },
    });
  });

  // Measured on AWS: github.com/ministackorg/ministack/pull/766
  test.each([
    ['application/json', false],
    ['application/json; charset=utf-8', false],
    ['text/csv', false],
    ['application/xml', false],
    ['application/javascript', false],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    ['image/png', true],
    ['', true],
  ])('a body of type "%s" is base64: %s', async (contentType, isBase64Encoded) => {
    const gateway = await serving({ $default: echo });
    const headers = contentType === '' ? [] : ['Content-Type', contentType];
    const { body } = await send(gateway, '/', { method: 'POST', headers, body: '{"é":1}' });
    const event = JSON.parse(body) as APIGatewayProxyEventV2;
    const text = isBase64Encoded ? Buffer.from('{"é":1}').toString('base64') : '{"é":1}';
    expect(event).toMatchObject({ body: text, isBase64Encoded });
  });

  test('has the length of a body that came in chunks, and not that it did', async () => {
    const gateway = await serving({ $default: echo });
    const answer = await sendRaw(
      gateway,
      'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    );
    const event = JSON.parse(answer.split('\r\n\r\n')[1] ?? '') as APIGatewayProxyEventV2;
    expect(event.body).toBe('abcde');
    expect(event.headers['content-length']).toBe('5');
    expect(event.headers).not.toHaveProperty('transfer-encoding');
  });
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
describe('routes', () => {
  const keys = ['GET /pets/{id}', 'GET /files/{proxy+}', '$default'];
  const named = Object.fromEntries(keys.map((key) => [key, echo]));

  // Measured on AWS: github.com/aws/aws-lambda-dotnet/pull/1901 and github.com/hotsock/voker/pull/8
  test.each([
    ['/pets/a%20b', 'GET /pets/{id}', '/pets/a b', { id: 'a b' }],
    ['/files/a%2Fb', 'GET /files/{proxy+}', '/files/a/b', { proxy: 'a/b' }],
    ['/pets/a%2Fb', '$default', '/pets/a/b', undefined],
    ['/pets/a%3Fb', 'GET /pets/{id}', '/pets/a', { id: 'a' }],
    ['/pets/7/', '$default', '/pets/7/', undefined],
  ])('%s goes to %s, decoded', async (path, routeKey, rawPath, pathParameters) => {
    const event = JSON.parse((await send(await serving(named), path)).body) as unknown;
    expect(event).toMatchObject({ routeKey, rawPath, ...(pathParameters && { pathParameters }) });
  });

  test('without one that matches, the gateway says Not Found', async () => {
    const { origin } = await serving({ 'GET /pets': echo });
    for (const [method, path] of [
      ['GET', '/pets/'],
      ['POST', '/pets'],
      ['HEAD', '/pets'],
    ] as const) {
      const response = await fetch(origin + path, { method });
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await response.text()).toBe(method === 'HEAD' ? '' : '{"message":"Not Found"}');
    }
  });

  test('a named stage is the first part of the path, and stays in rawPath', async () => {
    const { origin } = await serving({ 'GET /pets': echo }, { api: { stage: 'dev' } });
    expect((await fetch(`${origin}/pets`)).status).toBe(404);
    const event = await json(await fetch(`${origin}/dev/pets`));
    expect(event).toMatchObject({ rawPath: '/dev/pets', routeKey: 'GET /pets' });
  });

  test('a path that cannot be decoded is a bad request', async () => {
    const { response, body } = await send(await serving(named), '/pets/%zz');
    expect([response.statusCode, body]).toEqual([400, '{"message":"Bad Request"}']);
  });
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
describe('what a function returns', () => {
  async function returned(result: unknown) {
    const { origin } = await serving({ $default: () => result });
    const response = await fetch(origin);
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: await response.text(),
      headers: response.headers,
    };
  }

  test.each([
    [{ message: 'Hello' }, '{"message":"Hello"}'],
    ['Hello from Lambda!', 'Hello from Lambda!'],
    [[1, 2], '[1,2]'],
    [null, 'null'],
    [undefined, 'null'],
  ])('%j without a status code is a 200 of JSON', async (result, body) => {
    expect(await returned(result)).toMatchObject({ status: 200, type: 'application/json', body });
  });

  test('structured, it decides status, headers, cookies and body', async () => {
    const { headers, ...answer } = await returned({
      statusCode: 201,
      headers: { 'Content-Type': 'application/vnd.pets+json', 'X-Number': 7, Connection: 'close' },
      cookies: ['a=1; Path=/', 'b=2'],
      body: '{"é":1}',
    });
    expect(answer).toEqual({ status: 201, type: 'application/vnd.pets+json', body: '{"é":1}' });
    expect(headers.get('x-number')).toBe('7');
    expect(headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
    expect(headers.get('content-length')).toBe('8');
    expect(headers.get('connection')).toBe('keep-alive');
  });

  test('structured without a type, it is plain text', async () => {
    const plain = { status: 200, type: 'text/plain; charset=utf-8', body: '{}' };
    expect(await returned({ statusCode: 200, body: '{}' })).toMatchObject(plain);
  });

  test('a base64 body arrives as bytes', async () => {
    const bytes = Buffer.from([0, 255, 128, 10]);
    const body = bytes.toString('base64');
    const { origin } = await serving({
      $default: () => ({ statusCode: 200, isBase64Encoded: true, body }),
    });
    expect(Buffer.from(await (await fetch(origin)).arrayBuffer())).toEqual(bytes);
  });

  test('HEAD has the headers of the body that it leaves away', async () => {
    const { origin } = await serving({ 'HEAD /': () => ({ statusCode: 200, body: 'four' }) });
    const response = await fetch(origin, { method: 'HEAD' });
    expect([response.headers.get('content-length'), await response.text()]).toEqual(['4', '']);
  });

  test.each([
    ['a status that is none', { statusCode: 'abc' }],
    ['a status of zero', { statusCode: 0 }],
    ['a status that is not final', { statusCode: 103 }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ['headers that are no texts', { statusCode: 200, headers: { a: { b: 1 } } }],
    [
      'a header that would split the answer',
      { statusCode: 200, headers: { b: '1', a: 'b\r\nc: d' } },
    ],
  ])('%s is an internal server error', async (_, result) => {
    const answer = await returned(result);
    expect(answer.headers.has('b')).toBe(false);
    expect(answer).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
  });
});

// https://repost.aws/knowledge-center/api-gateway-5xx-error and, for the time-out,
// https://www.serverless.com/framework/docs/providers/aws/events/http-api
describe('a function that does not answer', () => {
  test.each([
    ['error', 500],
    ['crash', 500],
    ['timeout', 500],
    ['out-of-memory', 500],
    // https://repost.aws/knowledge-center/api-gateway-http-lambda-integrations
    ['forbidden', 500],
    ['throttled', 503],
  ] as const)('%s is a %i', async (reason, status) => {
    const problems: string[] = [];
    const fail = () => {
      throw new Failure(reason);
    };
    const { origin } = await serving({ $default: fail }, { onProblem: (it) => problems.push(it) });
    const response = await fetch(origin);
    const message = status === 500 ? 'Internal Server Error' : 'Service Unavailable';
    expect([response.status, await response.json()]).toEqual([status, { message }]);
    expect(problems).toEqual([expect.stringContaining('$default')]);
  });

  test('within the integration time-out is waited for, beyond it is unavailable', async () => {
    const late = async () => pause(150, 'late');
    const patient = await serving({ $default: late }, { limits: { httpIntegrationMs: 2_000 } });
    expect(await (await fetch(patient.origin)).text()).toBe('late');
    const hasty = await serving({ $default: late }, { limits: { httpIntegrationMs: 50 } });
    const response = await fetch(hasty.origin);
    expect([response.status, await response.text()]).toEqual([
      503,
      '{"message":"Service Unavailable"}',
    ]);
  });

  test('the time-out of a route can be shorter', async () => {
    const routes = httpRoutes('$default').map((route) => ({ ...route, timeoutMs: 50 }));
    const { origin } = await serving({ $default: () => pause(1_000) }, { api: { routes } });
    expect((await fetch(origin)).status).toBe(503);
  });
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
describe('quotas', () => {
  const length = ({ body, isBase64Encoded }: APIGatewayProxyEventV2) => ({
    length: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8').length,
  });

  test('what is left of a body that is too large is not taken for the next request', async () => {
    const gateway = await serving({ $default: length }, { limits: { bodyBytes: 100_000 } });
    const body = 'GET /pets HTTP/1.1\r\n'.repeat(100_000);
    const first = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const second = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answers = await sendRaw(gateway, first + second);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  test('a body beyond 10 MB is too large', async () => {
    const { origin } = await serving({ $default: length });
    const text = { 'content-type': 'text/plain' };
    const send = async (bytes: number) => {
      const body = 'a'.repeat(bytes);
      const response = await fetch(origin, { method: 'POST', body, headers: text });
      return [response.status, await response.text()];
    };
    const tooLarge = [413, '{"message":"Request Entity Too Large"}'];
    expect(await send(10 * 1024 * 1024 + 1)).toEqual(tooLarge);
    expect(await send(5)).toEqual([200, '{"length":5}']);
    // Lambda's own quota is met earlier: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    expect(await send(6 * 1024 * 1024)).toEqual(tooLarge);
    expect(await send(6 * 1024 * 1024 - 4_096)).toEqual([200, '{"length":6287360}']);
  });

  test('base64 makes a body larger, and quotes in it, too', async () => {
    const { origin } = await serving({ $default: length });
    const post = async (body: string, type: string) =>
      (await fetch(origin, { method: 'POST', body, headers: { 'content-type': type } })).status;
    expect(await post('a'.repeat(5_000_000), 'application/octet-stream')).toBe(413);
    expect(await post('"'.repeat(5_000_000), 'text/plain')).toBe(413);
    expect(await post('a'.repeat(5_000_000), 'text/plain')).toBe(200);
  });

  test('a result beyond 6 MB is an internal server error', async () => {
    const body = 'a'.repeat(6 * 1024 * 1024 + 1);
    const { origin } = await serving({ $default: () => ({ statusCode: 200, body }) });
    expect((await fetch(origin)).status).toBe(500);
  });

  test('request line and header values together have 10,240 bytes', async () => {
    const gateway = await serving({ $default: () => 'ok' });
    const { host } = new URL(gateway.origin);
    const line = 'GET / HTTP/1.1'.length;
    const room = 10_240 - line - host.length - 'close'.length;
    const status = async (bytes: number) => {
      const headers = ['Connection', 'close', 'X-Long', 'a'.repeat(bytes)];
      return (await send(gateway, '/', { headers })).response.statusCode;
    };
    expect(await status(room)).toBe(200);
    expect(await status(room + 1)).toBe(431);
    expect(await status(200_000)).toBe(431);
  });

  test('what is no HTTP is a bad request', async () => {
    const answer = await sendRaw(await serving({}), 'HELO\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*\{"message":"Bad Request"\}$/);
  });
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
describe('CORS', () => {
  const cors = {
    allowOrigins: ['https://www.example.com', 'http://*'],
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['authorization'],
    exposeHeaders: ['date', 'x-api-id'],
    maxAgeSeconds: 300,
    allowCredentials: true,
  };
  const asked = (origin: string) => ({
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST' },
  });
  const corsOf = ({ headers }: Response) =>
    Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

  test('the gateway answers a preflight that no route takes', async () => {
    const { origin } = await serving({ 'POST /pets': echo }, { api: { cors } });
    for (const page of ['https://www.example.com', 'http://localhost:3000']) {
      const response = await fetch(`${origin}/pets`, asked(page));
      expect(response.status).toBe(204);
      expect(corsOf(response)).toEqual({
        'access-control-allow-origin': page,
        'access-control-allow-methods': 'GET,POST',
        'access-control-allow-headers': 'authorization',
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'date,x-api-id',
        'access-control-max-age': '300',
      });
    }
    const noBrowser = await fetch(`${origin}/pets`, { method: 'OPTIONS' });
    expect(noBrowser.status).toBe(404);
    const stranger = await fetch(`${origin}/pets`, asked('https://evil.example.com'));
    expect([stranger.status, corsOf(stranger)]).toEqual([204, {}]);
  });

  // "The $default route catches requests for all methods and routes that you haven't explicitly
  // defined, including OPTIONS requests"; so does ANY: github.com/aws/serverless-application-model/issues/1603
  test.each(['$default', 'ANY /{proxy+}', 'OPTIONS /pets'])(
    'a preflight goes to the function of %s, and the gateway adds the headers',
    async (key) => {
      const { origin } = await serving({ [key]: () => ({ statusCode: 404 }) }, { api: { cors } });
      const response = await fetch(`${origin}/pets`, asked('https://www.example.com'));
      expect(response.status).toBe(404);
      expect(corsOf(response)).toMatchObject({ 'access-control-allow-methods': 'GET,POST' });
    },
  );

  test('answers get the configured headers, and those of the function are ignored', async () => {
    const headers = { 'Access-Control-Allow-Origin': '*', 'access-control-allow-methods': 'PUT' };
    const { origin } = await serving(
      { $default: () => ({ statusCode: 200, headers }) },
      { api: { cors } },
    );
    const page = { headers: { origin: 'https://www.example.com' } };
    expect(corsOf(await fetch(origin, page))).toEqual({
      'access-control-allow-origin': 'https://www.example.com',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'date,x-api-id',
    });
    expect(corsOf(await fetch(origin))).toEqual({});
  });

  test('without a configuration the function speaks for itself', async () => {
    const headers = { 'Access-Control-Allow-Origin': 'https://a.example.com' };
    const { origin } = await serving({ 'GET /': () => ({ statusCode: 200, headers }) });
    expect(corsOf(await fetch(origin))).toEqual({
      'access-control-allow-origin': 'https://a.example.com',
    });
    expect((await fetch(origin, asked('https://a.example.com'))).status).toBe(404);
  });

  test('any origin is said as *', async () => {
    const anyone = { ...cors, allowOrigins: ['*'], allowCredentials: false };
    const { origin } = await serving({ 'GET /': echo }, { api: { cors: anyone } });
    const response = await fetch(origin, { headers: { origin: 'https://a.example.com' } });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('the gateway itself', () => {
  test('asks the development routes first', async () => {
    const { origin } = await serving(
      { $default: () => 'function' },
      {
        devRoutes: (request, response) => {
          if (request.url !== '/_dev') return false;
          response.end('dev');
          return true;
        },
      },
    );
    expect(await (await fetch(`${origin}/_dev`)).text()).toBe('dev');
    expect(await (await fetch(`${origin}/other`)).text()).toBe('function');
  });

  test('answers 500 when a development route breaks', async () => {
    const { origin } = await serving(
      {},
      {
        devRoutes: () => {
          throw new Error('broken');
        },
      },
    );
    expect((await fetch(origin)).status).toBe(500);
  });

  test('answers 500 when functions cannot be called at all', async () => {
    const { origin } = await serving({}, { api: { routes: httpRoutes('$default') } });
    expect((await fetch(origin)).status).toBe(500);
  });

  test('agrees with autocannon, which nobody here wrote', async () => {
    const { origin } = await serving({ 'POST /pets/{id}': echo });
    const headers = { 'content-type': 'application/json', cookie: 'a=1' };
    const run = { url: `${origin}/pets/7?a=1`, connections: 20, duration: 1, headers };
    const { errors, non2xx, requests } = await autocannon({ ...run, method: 'POST', body: '{}' });
    expect({ errors, non2xx }).toEqual({ errors: 0, non2xx: 0 });
    expect(requests.total).toBeGreaterThan(100);
  });

  test('names a port that is taken', async () => {
    const { origin } = await serving({});
    const { startGateway } = await import('../../src/gateway/gateway.ts');
    const again = startGateway({ port: Number(new URL(origin).port), invoke: async () => fail });
    await expect(again).rejects.toThrow(/^Port \d+ on 127\.0\.0\.1 is taken: stop what listens/);
  });

  test('at a stop lets a request under way end, for a while', async () => {
    const quick = await serving({ $default: () => pause(100, 'done') });
    const answer = fetch(quick.origin);
    await pause(30);
    const asked = performance.now();
    await quick.stop();
    expect(await (await answer).text()).toBe('done');
    // The client would keep its connection alive for longer.
    expect(performance.now() - asked).toBeLessThan(1_000);

    const slow = await serving({ $default: () => pause(5_000) }, { limits: { closingMs: 100 } });
    const cut = fetch(slow.origin).catch((error: unknown) => error);
    await pause(30);
    const started = performance.now();
    await slow.stop();
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(await cut).toBeInstanceOf(Error);
  });
});

const fail = { ok: true, payload: null } as const;
