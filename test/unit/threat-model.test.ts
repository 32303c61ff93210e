import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const page = readFileSync('docs/threat-model.md', 'utf8');
const rows = page.split('\n').filter((line) => /^\| API\d+:/.test(line));

/** `file`: words of a title */
const cited = /`(test\/[\w/-]+)`: ([^·|]+?)(?= ·| \||\.$)/g;

test('the threat model has a row for each risk of the list', () => {
  const numbers = rows.map((line) => Number(/\d+/.exec(line)?.[0]));
  expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

describe.each(rows.map((row) => [row.slice(2, row.indexOf(' |')), row] as const))(
  '%s',
  (_, row) => {
    const tests = [...row.matchAll(cited)];

    test('names its tests', () => {
      expect(tests.length).toBeGreaterThanOrEqual(2);
      expect(tests).toHaveLength(row.split('`test/').length - 1);
    });

    test.each(tests.map(([, file, title]) => [file ?? '', title ?? ''] as const))(
      '%s has the test "%s"',
      (file, title) => {
        const path = `${file}.test.ts`;
        expect(existsSync(path), path).toBe(true);
        expect(readFileSync(path, 'utf8')).toContain(title.trim());
      },
    );
  },
);
