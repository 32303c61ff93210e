import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readOptions } from '../../local/start/options.ts';
import { Rebuilder } from '../../local/start/rebuilder.ts';

const root = mkdtempSync(join(tmpdir(), 'local-start-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('the command line is read', () => {
  expect(readOptions([], {})).toMatchObject({ port: 3000, reset: false, rateLimits: true });
  expect(readOptions(['--rate-limits', 'off', '--json', '--reset'], { PORT: '0' })).toMatchObject({
    port: 0,
    rateLimits: false,
    json: true,
    reset: true,
  });
});

test.each<[string[], string, string]>([
  [['--rate-limits', 'no'], '', '--rate-limits is on or off, not no'],
  [['--resett'], '', "Unknown option '--resett'"],
  [['word'], '', 'Unexpected argument'],
  [[], '70000', 'PORT is a number from 0 to 65535, not "70000"'],
  [[], 'http', 'PORT is a number'],
])('%j with PORT=%s is refused in a sentence', (args, PORT, sentence) => {
  expect(() => readOptions(args, { PORT })).toThrow(sentence);
});

test('a bundling process that dies fails its build, and the next build has another', async () => {
  const script = join(root, 'bundler.mjs');
  writeFileSync(
    script,
    `process.on('disconnect', () => process.exit());
     process.on('message', ({ module }) => {
       if (module === 'deadly') process.exit(3);
       process.send(module === 'wrong' ? { error: 'a mistake' } : {});
     });`,
  );
  const rebuilder = new Rebuilder(script);
  try {
    for (let round = 0; round < 2; round++) {
      expect(await rebuilder.rebuild('orders', root)).toBeUndefined();
      expect(await rebuilder.rebuild('wrong', root)).toBe('a mistake');
      expect(await rebuilder.rebuild('deadly', root)).toMatch(/has ended: save the file again$/);
    }
  } finally {
    rebuilder.stop();
  }
  expect(await rebuilder.rebuild('orders', root)).toBe('the cloud is stopping');
});
