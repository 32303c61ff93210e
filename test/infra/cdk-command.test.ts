import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';

const folders = ['bin', 'functions', 'layers', 'lib', 'prisma', 'src', 'tools'];
const files = ['cdk.json', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** A clone as `npm ci` leaves it: with its packages, and with nothing that our own commands make. */
const clone = mkdtempSync(join(tmpdir(), 'weelo-clone-'));
const generated = join(clone, 'layers/data/generated');
for (const each of [...folders, ...files]) cpSync(each, join(clone, each), { recursive: true });
const sharePage = join(clone, 'src/trips/sharing/page/built.json');
for (const each of [generated, sharePage]) rmSync(each, { recursive: true, force: true });
mkdirSync(join(clone, 'node_modules'));
// Each by itself: what our set-up remembers about the clone stands beside them.
for (const each of readdirSync('node_modules').filter((name) => name !== '.weelo-setup.json')) {
  symlinkSync(resolve('node_modules', each), join(clone, 'node_modules', each));
}

afterAll(() => rmSync(clone, { recursive: true }));

const run = (script: string, ...options: readonly string[]) =>
  promisify(execFile)(
    join(clone, 'node_modules/.bin/node'),
    [join(clone, script), ...options],
    // Nothing of this process is passed on: neither its PATH nor where a Redis is.
    { cwd: clone, env: { HOME: clone, PATH: '/usr/bin:/bin' } },
  );

describe('cdk synth after npm ci alone', () => {
  test('makes the database client and the page that it needs, and no engine', async () => {
    const { stderr } = await run('node_modules/.bin/cdk', 'synth', '--quiet', '-c', 'stage=dev');
    expect(stderr).toContain('setup: generating the Prisma client');
    expect(stderr).toContain('setup: building the page of shared trips');
    expect(existsSync(join(generated, 'client.ts'))).toBe(true);
    expect(existsSync(sharePage)).toBe(true);
    expect(existsSync(join(clone, 'cdk.out/weelo-dev-service.template.json'))).toBe(true);
    expect(existsSync(join(clone, '.weelo'))).toBe(false);
  }, 300_000);

  test('makes them once', async () => {
    expect(await run('tools/setup.mjs', 'client', 'page')).toEqual({ stdout: '', stderr: '' });
  });

  test('of a stage that is not configured says what to set, and ends with an error', async () => {
    const refused = run('node_modules/.bin/cdk', 'synth', '--quiet', '-c', 'stage=prod');
    await expect(refused).rejects.toThrow(
      'alarmsTo: the stage prod has alarms, and nobody who gets them. Say who, with -c alarmsTo=<email>',
    );
  }, 60_000);
});
