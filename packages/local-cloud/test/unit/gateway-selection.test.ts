import { describe, expect, test } from 'vitest';
import { routeSelector } from '../../src/gateway/route-selection.ts';

// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
describe('the route selection expression', () => {
  test.each([
    ['$request.body.action', '{"action":"join"}', 'join'],
    ['$request.body.action', '{"action":7}', '7'],
    ['$request.body.action', '{"action":true}', 'true'],
    ['$request.body.a.b', '{"a":{"b":"deep"}}', 'deep'],
    ['${request.body.service}/${request.body.action}', '{"service":"s","action":"a"}', 's/a'],
    ['$request.body.action', '{"action":null}', undefined],
    ['$request.body.action', '{"action":["join"]}', undefined],
    ['$request.body.action', '{}', undefined],
    ['$request.body.action', '[]', undefined],
    ['$request.body.action', 'null', undefined],
    ['$request.body.action', '', undefined],
    ['$request.body.action', '{"action":"$connect"}', undefined],
    ['$request.body.toString', '{}', undefined],
    ['$request.body.constructor.name', '{}', undefined],
    ['${request.body.service}/${request.body.action}', '{"service":"s"}', undefined],
  ])('%s of %s is %s', (expression, message, routeKey) => {
    expect(routeSelector(expression)(message)).toBe(routeKey);
  });

  test('that reads nothing of the message is refused', () => {
    expect(() => routeSelector('$request.header.x')).toThrow(/is not understood: write/);
  });
});
