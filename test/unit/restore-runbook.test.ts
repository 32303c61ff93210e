import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** What the page has one type, block after block. */
const blocks = [
  ...readFileSync('docs/runbooks/restore.md', 'utf8').matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm),
].map(([, block = '']) => block);
const blockWith = (text: string) => blocks.find((each) => each.includes(text)) ?? '';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'restore-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Types it in a shell with an `aws` of our own, which notes what it was asked. */
function type(aws: string, ...typed: readonly string[]) {
  const script = `STAGE=prod\nsleep() { :; }\naws() {\necho "$*" >> asked\n${aws}\n}\n${typed.join('\n')}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}
const at = (name: string) => join(folder, name);
const asked = () => readFileSync(at('asked'), 'utf8').trim().split('\n');

describe('the page of a restore', () => {
  const stop = blockWith('note_numbers()');
  const letIn = blockWith('let_in()');
  const concurrency = `case $2 in get-function-concurrency) cat "$4" 2> /dev/null || echo None ;;
    put-function-concurrency) echo "$6" > "$4" ;; delete-function-concurrency) rm "$4" ;; esac`;

  test('keeps the numbers that functions had, however often writes are stopped, and gives them back', () => {
    writeFileSync(at('weelo-prod-orders'), '50\n');
    type(concurrency, stop);
    const noted = readFileSync(at('concurrency-prod.txt'), 'utf8');
    expect(noted).toContain('weelo-prod-orders 50\n');
    expect(noted.trim().split('\n')).toHaveLength(7);
    type(concurrency, stop);
    expect(readFileSync(at('concurrency-prod.txt'), 'utf8')).toBe(noted);
    expect(readFileSync(at('weelo-prod-orders'), 'utf8')).toBe('0\n');

    expect(type(concurrency, letIn).status).toBe(0);
    expect(readFileSync(at('weelo-prod-orders'), 'utf8')).toBe('50\n');
    expect(existsSync(at('weelo-prod-auth'))).toBe(false);
    expect(existsSync(at('concurrency-prod.txt'))).toBe(false);
  });

  test('notes no number of a function that is stopped already, and keeps the file until all are let in', () => {
    writeFileSync(at('weelo-prod-orders'), '0\n');
    expect(type(concurrency, stop).stderr).toContain('weelo-prod-orders is stopped already');
    expect(existsSync(at('concurrency-prod.txt'))).toBe(false);

    writeFileSync(at('concurrency-prod.txt'), 'weelo-prod-auth None\nweelo-prod-orders 50\n');
    expect(type('[ "$4" != weelo-prod-auth ]', letIn).status).not.toBe(0);
    expect(existsSync(at('concurrency-prod.txt'))).toBe(true);
  });

  const exchange = blockWith('move()');
  const names = 'CLUSTER=c\nWRITER=w';

  test('exchanges names one after the other, each when the one before is there', () => {
    // A new name is unknown when it is first asked for, and available afterwards.
    const slow = `case $2 in describe-*) grep -qx "$4" seen 2> /dev/null && echo available || { echo "$4" >> seen; return 254; } ;; esac`;
    expect(type(slow, names, exchange).stdout).toBe('The names are exchanged\n');
    const renames = asked().filter((each) => each.startsWith('rds modify'));
    expect(renames.map((each) => each.split(' ').filter((_, n) => n === 3 || n === 5))).toEqual([
      ['w', 'w-old'],
      ['c', 'c-old'],
      ['w-restored', 'w'],
      ['c-restored', 'c'],
    ]);
  });

  test('does nothing more once a rename has failed', () => {
    const failing = `case $2 in describe-*) echo available ;; modify-db-cluster) return 254 ;; esac`;
    expect(type(failing, names, exchange).stdout).toBe('');
    expect(asked().filter((each) => each.startsWith('rds modify'))).toHaveLength(2);
  });

  // The page says that an operator needs jq. Whoever runs the tests need not have it.
  const hasJq = spawnSync('jq', ['--version']).status === 0;
  test.runIf(hasJq)(
    'copies what the table has not yet, and again what DynamoDB did not take',
    () => {
      const copy = blockWith('write_all()');
      const item = (n: number, more = {}) => ({ pk: { S: `p${n}` }, sk: { S: 's' }, ...more });
      const all = Array.from({ length: 30 }, (_, n) => item(n, { token: { S: 'a b' } }));
      writeFileSync(at('T'), JSON.stringify({ Items: [{ sk: { S: 's' }, pk: { S: 'p3' } }] }));
      writeFileSync(at('T-restored'), JSON.stringify({ Items: all }));
      const aws = `case $2 in scan) cat "$4" ;; batch-write-item) echo "$4" >> written
      [ -e once ] && echo '{"UnprocessedItems":{}}' || { touch once; jq -nc --argjson asked "$4" '{UnprocessedItems: {T: $asked.T[:2]}}'; } ;; esac`;
      expect(type(aws, 'TABLE=T', copy).status).toBe(0);
      const keys = readFileSync(at('written'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => execFileSync('jq', ['-c', '[.T[].PutRequest.Item.pk.S]'], { input: line }))
        .map((line) => JSON.parse(line.toString()) as string[]);
      expect(keys.map(({ length }) => length)).toEqual([25, 2, 4]);
      expect(new Set(keys.flat()).size).toBe(29);
      expect(keys.flat()).not.toContain('p3');
    },
  );
});
