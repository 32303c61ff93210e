import { describe, expect, test } from 'vitest';
import { routeFinder } from '../../src/gateway/http-routes.ts';

function finder(...routeKeys: readonly string[]) {
  const find = routeFinder(
    routeKeys.map((routeKey) => ({ routeKey, functionName: 'f', payloadFormatVersion: '2.0' })),
  );
  return (method: string, path: string) => find(method, path)?.route.routeKey;
}

// The example table of https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
const documented = [
  'GET /pets/dog/1',
  'GET /pets/dog/{id}',
  'GET /pets/{proxy+}',
  'ANY /{proxy+}',
  '$default',
];

describe('the documented priorities', () => {
  test.each([
    ['GET', '/pets/dog/1', 'GET /pets/dog/1'],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}'],
    ['GET', '/pets/cat/1', 'GET /pets/{proxy+}'],
    ['POST', '/test/5', 'ANY /{proxy+}'],
  ])('%s %s goes to %s', (method, path, routeKey) => {
    expect(finder(...documented)(method, path)).toBe(routeKey);
  });

  test.each([0, 1, 2, 3, 4])('hold with the template turned by %i', (by) => {
    const turned = [...documented.slice(by), ...documented.slice(0, by)];
    for (const find of [finder(...turned), finder(...turned.toReversed())]) {
      expect(find('GET', '/pets/dog/1')).toBe('GET /pets/dog/1');
      expect(find('GET', '/pets/dog/2')).toBe('GET /pets/dog/{id}');
      expect(find('GET', '/pets/cat/1')).toBe('GET /pets/{proxy+}');
      expect(find('POST', '/test/5')).toBe('ANY /{proxy+}');
    }
  });

  test('$default takes what nothing else does, and without it nobody does', () => {
    expect(finder('GET /pets', '$default')('POST', '/pets')).toBe('$default');
    expect(finder('GET /pets')('POST', '/pets')).toBeUndefined();
  });
});

describe('between routes that both match', () => {
  test.each([
    ['a method is before ANY', ['ANY /pets', 'GET /pets'], 'GET', '/pets', 'GET /pets'],
    ['ANY takes the other methods', ['ANY /pets', 'GET /pets'], 'PUT', '/pets', 'ANY /pets'],
    [
      'a full match with ANY is before a greedy one with the method',
      ['GET /{proxy+}', 'ANY /pets'],
      'GET',
      '/pets',
      'ANY /pets',
    ],
    [
      'a full match is before a greedy one with more text',
      ['GET /pets/{proxy+}', 'GET /{a}/mine'],
      'GET',
      '/pets/mine',
      'GET /{a}/mine',
    ],
    [
      'text further left is before text further right',
      ['GET /{a}/mine', 'GET /pets/{b}'],
      'GET',
      '/pets/mine',
      'GET /pets/{b}',
    ],
    [
      'the longer of two greedy ones is before the shorter',
      ['GET /{proxy+}', 'GET /a/b/{proxy+}', 'GET /a/{proxy+}'],
      'GET',
      '/a/b/c',
      'GET /a/b/{proxy+}',
    ],
  ] as const)('%s', (_, keys, method, path, routeKey) => {
    expect(finder(...keys)(method, path)).toBe(routeKey);
    expect(finder(...keys.toReversed())(method, path)).toBe(routeKey);
  });
});

describe('a path matches', () => {
  const find = routeFinder(
    ['GET /', 'GET /pets/{petID}/toys/{toy-id}', 'GET /files/{rest+}'].map((routeKey) => ({
      routeKey,
      functionName: 'f',
      payloadFormatVersion: '2.0',
    })),
  );

  test.each([
    ['/', {}],
    ['/pets/1/toys/x.y', { petID: '1', 'toy-id': 'x.y' }],
    ['/files/a/b.txt', { rest: 'a/b.txt' }],
    ['/files/', { rest: '' }],
  ])('%s with %j', (path, pathParameters) => {
    expect(find('GET', path)?.pathParameters).toEqual(pathParameters);
  });

  // A trailing slash is a part of its own to HTTP APIs: github.com/storacha/w3infra/pull/166
  test.each(['/pets/1/toys/', '/pets//toys/2', '/pets/1/toys/2/', '/files', '/Files/a', '//'])(
    'and %s does not',
    (path) => {
      expect(find('GET', path)).toBeUndefined();
    },
  );
});

test('a key that is none is named', () => {
  expect(() => finder('/pets')).toThrow(/^"\/pets" is no route key of an HTTP API: write/);
  expect(() => finder('GET /pets/')).toThrow(/is no route key of an HTTP API: it ends with/);
  expect(finder('GET /')('GET', '/')).toBe('GET /');
});
