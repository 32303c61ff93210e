import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { edgeHeaders } from '../../src/contract/edge.ts';
import { pollPackets } from '../../src/contract/http/polling/routes.ts';

const source = readFileSync('lib/edge/viewer-request.js', 'utf8');
const importing = "import cf from 'cloudfront';\n";

const Values = z.record(z.string(), z.object({ value: z.string() }));
const Request = z.object({
  method: z.string(),
  uri: z.string(),
  querystring: Values,
  headers: Values,
});

const valuesOf = (texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, { value }]));

interface Asked {
  readonly uri: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ip?: string;
}

/** Runs the function as CloudFront does, and answers what it made of a request. */
function seen({ uri, query = {}, headers = {}, ip = '203.0.113.7' }: Asked) {
  const selected: string[] = [];
  const event = {
    version: '1.0',
    context: { eventType: 'viewer-request' },
    viewer: { ip },
    request: {
      method: 'GET',
      uri,
      querystring: valuesOf(query),
      headers: valuesOf(headers),
      cookies: {},
    },
  };
  const cf = { selectRequestOriginById: (id: string) => selected.push(id) };
  const code = `${source.replace(importing, '')}\nJSON.stringify(handler(event));`;
  const answer: unknown = vm.runInNewContext(code, { cf, event });
  const { headers: sent, ...request } = Request.parse(JSON.parse(z.string().parse(answer)));
  const values = Object.entries(sent).map(([name, { value }]) => [name, value] as const);
  return { ...request, headers: Object.fromEntries(values), selected };
}

test('the function is one file for the runtime 2.0, within what CloudFront takes', () => {
  expect(source).toContain(`\n${importing}`);
  expect(source.match(/^import /gm)).toHaveLength(1);
  const code = source.replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '');
  expect(code).not.toMatch(/(const|let|var) *[[{]|\?\.|\?\?|\.\.\.|\bclass\b|\bof\b|#/);
  expect(Buffer.byteLength(source)).toBeLessThan(10_240);
});

describe('the address of the client', () => {
  test('is a header of ours', () => {
    expect(seen({ uri: '/health' }).headers).toEqual({ [edgeHeaders.address]: '203.0.113.7' });
    expect(seen({ uri: '/', ip: '2001:db8::1' }).headers[edgeHeaders.address]).toBe('2001:db8::1');
  });

  test.each(['/health', '/ws', '/socket.io/'])(
    'replaces what the client says itself: %s',
    (uri) => {
      const headers = { [edgeHeaders.address]: '198.51.100.1', 'x-forwarded-for': '198.51.100.1' };
      expect(seen({ uri, headers }).headers).toEqual({
        [edgeHeaders.address]: '203.0.113.7',
        'x-forwarded-for': '198.51.100.1',
      });
    },
  );
});

test('a guess at the secret goes no further, and all other headers do', () => {
  const headers = { [edgeHeaders.secret]: 'guess', authorization: 'Bearer x' };
  expect(seen({ uri: '/health', headers }).headers).toEqual({
    authorization: 'Bearer x',
    [edgeHeaders.address]: '203.0.113.7',
  });
});

describe('the path', () => {
  const websocket = { EIO: '4', transport: 'websocket' };
  const polling = { EIO: '4', transport: 'polling' };

  test.each<readonly [string, Asked, string, readonly string[]]>([
    ['a request', { uri: '/api/v1/orders' }, '/api/v1/orders', []],
    ['a plain socket', { uri: '/ws' }, '/ws', []],
    ['an upgrade of Socket.IO', { uri: '/socket.io/', query: websocket }, '/ws', []],
    ['the same without the slash', { uri: '/socket.io', query: websocket }, '/ws', []],
    ['polling', { uri: '/socket.io/', query: polling }, '/socket.io/', ['http']],
    ['polling without the slash', { uri: '/socket.io', query: polling }, '/socket.io', ['http']],
    ['a client of it that says nothing', { uri: '/socket.io/' }, '/socket.io/', ['http']],
    [
      'a transport that there is not',
      { uri: '/socket.io/', query: { transport: 'WEBSOCKET' } },
      '/socket.io/',
      ['http'],
    ],
    ['a deeper path', { uri: '/socket.io/x', query: polling }, '/socket.io/x', ['http']],
    ['another path with the query', { uri: '/health', query: websocket }, '/health', []],
    [
      'a path that only begins like it',
      { uri: '/socket.iox', query: websocket },
      '/socket.iox',
      [],
    ],
  ])('of %s', (_, asked, uri, selected) => {
    const request = seen(asked);
    expect([request.uri, request.selected]).toEqual([uri, selected]);
    expect(request.querystring).toEqual(valuesOf(asked.query ?? {}));
  });

  test('of polling is that of the contract', () => {
    expect(seen({ uri: pollPackets.path, query: polling }).selected).toEqual(['http']);
  });
});
