import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Variable } from '../../src/contract/environment.ts';
import { type FunctionName, functionNames, variablesOf } from '../../src/contract/functions.ts';
import { Bundle } from '../../lib/service/functions/bundle.ts';
import { binaryIn, filesUnder } from '../../tools/assets/binaries.ts';
import { Assets, node } from './assets.ts';
import { holding } from './matchers.ts';
import { everyFunction } from './synth.ts';

const SourceMap = z.object({ sources: z.array(z.string()) });

let assets: Assets;

beforeAll(() => {
  assets = new Assets();
});

afterAll(() => assets.remove());

const anything: Readonly<Record<Variable, string>> = {
  WEELO_STAGE: 'dev',
  DATABASE_HOST: '127.0.0.1',
  DATABASE_PORT: '1',
  DATABASE_NAME: 'weelo',
  DATABASE_TLS: 'off',
  DATABASE_SECRET_ARN: 'arn:secret',
  DATABASE_SLEEPS: 'no',
  DATABASE_SERVICE_SECRET_ARN: 'arn:secret',
  REDIS_URL: 'redis://127.0.0.1:1',
  REDIS_MODE: 'cluster',
  IDEMPOTENCY_TABLE: 'idempotency',
  CONNECTIONS_TABLE: 'connections',
  STATE_TABLE: 'state',
  DISPATCH_QUEUE_URL: 'http://127.0.0.1:1/dispatch',
  NOTIFY_QUEUE_URL: 'http://127.0.0.1:1/notify',
  DISPATCH_DEAD_LETTERS_URL: 'http://127.0.0.1:1/dispatch-dead-letters',
  NOTIFY_DEAD_LETTERS_URL: 'http://127.0.0.1:1/notify-dead-letters',
  CONNECTIONS_API_URL: 'http://127.0.0.1:1/ws',
  EVENT_BUS_NAME: 'weelo-dev',
  SIGNING_KEYS_SECRET_ARN: 'arn:secret',
  PUBLIC_KEYS_SECRET_ARN: 'arn:secret',
  EDGE_SECRET_ARN: 'none',
  CODE_KEY_SECRET_ARN: 'arn:secret',
  TRIP_CODE_SECRET_ARN: 'arn:secret',
  PUSH_SECRET_ARN: 'arn:secret',
  SMS_SENDER: 'WEELO',
  SMS_DLT: 'null',
  PLACES_SOURCE: 'amazon-location',
  TEST_CODES_TABLE: 'test-codes',
  API_URL: 'http://127.0.0.1:1',
  OTP_SENDS_PER_PREFIX: '1000',
  OTP_SENDS_PER_ADDRESS: '1000',
  OTP_SENDS_PER_DAY: '1000',
  OTP_KEPT_SHARE: '0.5',
};

/** Loads a function's handler as Lambda does. */
function load(name: FunctionName, layers: readonly string[]) {
  const own = Object.fromEntries(variablesOf(name).map((each) => [each, anything[each]] as const));
  const script = `console.log(typeof require('./functions/${name}.js').handler); process.exit()`;
  return assets.run(name, { script, env: { ...own, AWS_REGION: 'ap-south-1' }, layers });
}

/** Whether a function's code, as it is written, has an import of the layer. */
function importsLayer(name: FunctionName): boolean {
  const { metafile } = buildSync({
    entryPoints: [`functions/${name}.ts`],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
  });
  const imports = Object.values(metafile.inputs).flatMap((each) => each.imports);
  return imports.some(({ path }) => path === '@weelo/data');
}

function pathsIn(folder: string): readonly string[] {
  return filesUnder(folder)
    .map((each) => each.slice(folder.length + 1))
    .toSorted();
}

describe('the assets', () => {
  test('hold nothing native', () => {
    const files = filesUnder(assets.outdir);
    expect(files.length).toBeGreaterThan(40);
    expect(files.filter((each) => binaryIn(each) !== undefined)).toEqual([]);
  });

  test('would be noticed if they did', () => {
    expect(binaryIn(process.execPath)).toBe('x86-64 ELF');
  });

  test('mirror the repository, with their source maps and without sources', () => {
    expect(pathsIn(assets.of(assets.dev.functionNamed('orders')))).toEqual([
      'functions/orders.js',
      'functions/orders.js.map',
      'package.json',
    ]);
  });

  test('hold none of the ways to sign in to AWS that Lambda does not use', () => {
    const files = filesUnder(assets.of(assets.dev.functionNamed('orders')));
    const map = files.find((each) => each.endsWith('.js.map')) ?? '';
    const { sources } = SourceMap.parse(JSON.parse(readFileSync(map, 'utf8')));
    const found = (name: RegExp) => sources.filter((each) => name.test(each));
    expect(found(/functions\/bundled\/environment-credentials/)).toHaveLength(1);
    expect(found(/credential-provider|nested-clients|client-st[so]|client-sso|bowser/)).toEqual([]);
  });

  test('of migrate hold the migrations and the engine', () => {
    const files = pathsIn(assets.of(assets.dev.functionNamed('migrate')));
    expect(files).toContain('prisma/schema.prisma');
    expect(files).toContainEqual(
      expect.stringMatching(/^prisma\/migrations\/\w+\/migration\.sql$/),
    );
    expect(files).toContain('node_modules/@prisma/schema-engine-wasm/schema_engine_bg.wasm');
  });
});

test('a bundle knows its own path, as its module did', () => {
  const folder = mkdtempSync(join(assets.folder, 'where-'));
  const entry = join(folder, 'where.ts');
  writeFileSync(entry, 'console.log(import.meta.dirname, import.meta.url);');
  new Bundle({ entry, output: 'functions/where.js' }).write(folder);
  const { stdout } = spawnSync(node, ['functions/where.js'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const output = join(folder, 'functions/where.js');
  expect(stdout.trim()).toBe(`${dirname(output)} ${pathToFileURL(output).href}`);
});

describe.each(everyFunction)('%s, far from the repository', (name) => {
  const speaks = variablesOf(name).includes('DATABASE_HOST');

  test('loads with its layers', async () => {
    const { Layers } = assets.dev.functionNamed(name).Properties;
    const layers = Layers === undefined ? [] : [assets.layer];
    expect(layers).toHaveLength(speaks ? 1 : 0);
    expect(await load(name, layers)).toEqual({ said: 'function', complained: '' });
  });
});

describe('the layer', () => {
  const importing = functionNames.filter(importsLayer);

  test("holds Prisma's client, but no query compiler and no models", () => {
    const [map = '', ...others] = filesUnder(assets.layer).filter((each) => each.endsWith('.map'));
    expect(others).toEqual([]);
    const { sources } = SourceMap.parse(JSON.parse(readFileSync(map, 'utf8')));
    expect(sources.filter((each) => each.includes('@prisma/client/'))).not.toEqual([]);
    expect(sources.filter((each) => each.includes('query_compiler'))).toEqual([]);
    expect(filesUnder(assets.layer).filter((each) => each.endsWith('.wasm'))).toEqual([]);
    const code = readFileSync(map.replace(/\.map$/, ''), 'utf8');
    expect(code).toContain('{"models":{},"enums":{},"types":{}}');
  });

  test('is on every function that imports it', () => {
    expect(importing).toEqual(holding(['system', 'migrate']));
    const carries = (name: FunctionName) => 'Layers' in assets.dev.functionNamed(name).Properties;
    expect(importing.filter((name) => !carries(name))).toEqual([]);
  });

  test.each(importing)('is in no bundle: without it %s does not load', async (name) => {
    const { said, complained } = await load(name, []);
    expect(said).toBe('');
    expect(complained).toContain("Cannot find module '@weelo/data'");
  });
});
