import { expect, test } from 'vitest';
import { logPattern } from '../../src/services/operators/log-pattern.ts';

const line = JSON.stringify({
  level: 'ERROR',
  message: 'A post failed',
  status: 503,
  deep: { id: 7 },
});

test.each<[string, boolean]>([
  ['', true],
  ['failed', true],
  ['"post failed"', true],
  ['post sent', false],
  ['?sent ?failed', true],
  ['?sent ?"timed out"', false],
  ['failed -ERROR', false],
  ['{ $.level = "ERROR" }', true],
  ['{ $.level = ERROR }', true],
  ['{ $.level != "ERROR" }', false],
  ['{ $.status = "5*" }', true],
  ['{ $.status = 404 }', false],
  ['{ $.deep.id = 7 }', true],
  ['{ $.absent != "x" }', false],
  ['{ $.message = "A push failed" || $.message = "A post failed" }', true],
  ['{ $.level = "ERROR" && $.status = 200 }', false],
])('%s', (pattern, matches) => {
  expect(logPattern(pattern)(line)).toBe(matches);
});

test('a line that is no JSON has no fields', () => {
  expect(logPattern('{ $.level = "ERROR" }')('ERROR in words')).toBe(false);
});

test('what is not known is refused in a sentence', () => {
  expect(() => logPattern('{ $.status > 499 }')).toThrow('does not know');
});
