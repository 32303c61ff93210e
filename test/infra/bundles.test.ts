import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Variable } from '../../src/contract/environment.ts';
import { type FunctionName, variablesOf } from '../../src/contract/functions.ts';
import { Bundle } from '../../lib/bundle.ts';
import { stageNamed } from '../../lib/stages.ts';
import { synthesizeWeelo } from '../../lib/weelo-app.ts';
import { binaryIn, filesUnder } from '../../tools/assets/binaries.ts';
import { everyFunction, type Resource, Synthesized } from './synth.ts';

const node = resolve('node_modules/.bin/node');
// Beside no package.json and no node_modules, as in Lambda.
const elsewhere = mkdtempSync(join(tmpdir(), 'weelo-bundles-'));
const outdir = join(elsewhere, 'cdk.out');
const layer = join(elsewhere, 'layer');

let dev: Synthesized;

beforeAll(() => {
  dev = new Synthesized(synthesizeWeelo({ stage: stageNamed('dev'), outdir }));
  cpSync(assetOf(dev.one('AWS::Lambda::LayerVersion', 'DataLayer')), layer, { recursive: true });
});

afterAll(() => rmSync(elsewhere, { recursive: true }));

const S3Code = z.object({ S3Key: z.string() });

/** The folder that becomes the zip of a function or a layer. */
function assetOf({ Properties }: Resource): string {
  const { S3Key } = S3Code.parse(Properties['Code'] ?? Properties['Content']);
  return join(outdir, `asset.${S3Key.replace('.zip', '')}`);
}

const anything: Readonly<Record<Variable, string>> = {
  WEELO_STAGE: 'dev',
  DATABASE_HOST: '127.0.0.1',
  DATABASE_PORT: '1',
  DATABASE_NAME: 'weelo',
  DATABASE_TLS: 'off',
  DATABASE_SECRET_ARN: 'arn:secret',
  DATABASE_SERVICE_SECRET_ARN: 'arn:secret',
  REDIS_URL: 'redis://127.0.0.1:1',
  REDIS_MODE: 'cluster',
  IDEMPOTENCY_TABLE: 'idempotency',
  CONNECTIONS_TABLE: 'connections',
  STATE_TABLE: 'state',
  DISPATCH_QUEUE_URL: 'http://127.0.0.1:1/dispatch',
  NOTIFY_QUEUE_URL: 'http://127.0.0.1:1/notify',
  CONNECTIONS_API_URL: 'http://127.0.0.1:1/ws',
  SIGNING_KEYS_SECRET_ARN: 'arn:secret',
  PUBLIC_KEYS_SECRET_ARN: 'arn:secret',
};

/** Loads a function's handler as Lambda does, in a process and a folder of its own. */
function load(name: FunctionName, { layers }: { readonly layers: readonly string[] }) {
  const cwd = mkdtempSync(join(elsewhere, `${name}-`));
  cpSync(assetOf(dev.functionNamed(name)), cwd, { recursive: true });
  const own = Object.fromEntries(variablesOf(name).map((each) => [each, anything[each]]));
  const script = `console.log(typeof require('./functions/${name}.js').handler); process.exit()`;
  const { stdout, stderr } = spawnSync(node, ['--eval', script], {
    cwd,
    encoding: 'utf8',
    env: {
      ...own,
      AWS_REGION: 'ap-south-1',
      NODE_PATH: layers.map((each) => join(each, 'nodejs/node_modules')).join(':'),
    },
  });
  return { said: stdout.trim(), complained: stderr };
}

function pathsIn(folder: string): readonly string[] {
  return filesUnder(folder)
    .map((each) => each.slice(folder.length + 1))
    .toSorted();
}

describe('the assets', () => {
  test('hold nothing native', () => {
    const files = filesUnder(outdir);
    expect(files.length).toBeGreaterThan(40);
    expect(files.filter((each) => binaryIn(each) !== undefined)).toEqual([]);
  });

  test('would be noticed if they did', () => {
    expect(binaryIn(process.execPath)).toBe('x86-64 ELF');
  });

  test('mirror the repository, with their source maps and without sources', () => {
    expect(pathsIn(assetOf(dev.functionNamed('orders')))).toEqual([
      'functions/orders.js',
      'functions/orders.js.map',
      'package.json',
    ]);
  });

  test('of migrate hold the migrations and the engine', () => {
    const files = pathsIn(assetOf(dev.functionNamed('migrate')));
    expect(files).toContain('prisma/schema.prisma');
    expect(files).toContainEqual(
      expect.stringMatching(/^prisma\/migrations\/\w+\/migration\.sql$/),
    );
    expect(files).toContain('node_modules/@prisma/schema-engine-wasm/schema_engine_bg.wasm');
  });
});

test('a bundle knows where it lies, as its module did', () => {
  const folder = mkdtempSync(join(elsewhere, 'where-'));
  const entry = join(folder, 'where.ts');
  writeFileSync(entry, 'console.log(import.meta.dirname, import.meta.url);');
  new Bundle({ entry, output: 'functions/where.js' }).write(folder);
  const { stdout } = spawnSync(node, ['functions/where.js'], { cwd: folder, encoding: 'utf8' });
  const output = join(folder, 'functions/where.js');
  expect(stdout.trim()).toBe(`${dirname(output)} ${pathToFileURL(output).href}`);
});

describe.each(everyFunction)('%s, far from the repository', (name) => {
  const speaks = variablesOf(name).includes('DATABASE_HOST');

  test('loads with its layers', () => {
    const { Layers } = dev.functionNamed(name).Properties;
    const layers = Layers === undefined ? [] : [layer];
    expect(layers).toHaveLength(speaks ? 1 : 0);
    expect(load(name, { layers })).toEqual({ said: 'function', complained: '' });
  });
});

test.each(['system', 'migrate'] as const)('%s does not load without the layer', (name) => {
  const { said, complained } = load(name, { layers: [] });
  expect(said).toBe('');
  expect(complained).toContain("Cannot find module '@weelo/data'");
});
