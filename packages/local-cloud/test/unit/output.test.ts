import { expect, test } from 'vitest';
import { endOfOutput } from '../../src/lambda/end-of-output.ts';
import { Output } from '../../src/lambda/output.ts';

function printed(...steps: readonly (readonly ['begin' | 'read', string])[]) {
  const lines: unknown[] = [];
  const output = new Output((line, requestId) => lines.push([requestId, line]));
  for (const [step, text] of steps) output[step](text);
  return lines;
}

test('a line belongs to the request that printed it, also if it is read when the next one has begun', () => {
  const lines = printed(
    ['read', 'while it loads'],
    ['begin', 'first'],
    ['begin', 'second'],
    ['read', 'a line'],
    ['read', `unfinished${endOfOutput}`],
    ['read', 'another'],
    ['read', endOfOutput],
    ['read', 'late work'],
  );
  expect(lines).toEqual([
    [undefined, 'while it loads'],
    ['first', 'a line'],
    ['first', 'unfinished'],
    ['second', 'another'],
    ['second', 'late work'],
  ]);
});
