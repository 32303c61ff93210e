import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const { options, ...ruleSet } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');

async function walk(baseDir: string, rooms: readonly string[]): Promise<ICruiseResult> {
  const { output } = await cruise([...rooms], { ...options, baseDir, validate: true, ruleSet });
  if (typeof output === 'string') throw new Error(output);
  return output;
}

test('no arrow of the house points the wrong way, and none in a circle', async () => {
  const { summary, modules } = await walk(root, ['bin', 'lib', 'functions', 'layers', 'src']);
  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual(
    [],
  );
  // Without its TypeScript parser the walk would see nothing, and find nothing wrong with it.
  const ours = modules.filter(({ source }) => /^(functions|src|lib)\//.test(source));
  expect(ours.length).toBeGreaterThan(60);
  expect(summary.totalDependenciesCruised ?? 0).toBeGreaterThan(150);
});

describe('an arrow that points the wrong way is found', async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'weelo-house-'));
  afterAll(() => rm(elsewhere, { recursive: true }));

  const house: Record<string, string> = {
    'src/contract/up.ts': `import type { Store } from '../platform/store.ts';`,
    'src/platform/store.ts': `import '../orders/place-order.ts'; export interface Store {}`,
    'src/orders/place-order.ts': `import '../dispatch/next-wave.ts';`,
    'src/dispatch/next-wave.ts': `import '../orders/order-store.ts';`,
    'src/orders/order-store.ts': `export const one = 1;`,
    'src/trips/a.ts': `import './b.ts';`,
    'src/trips/b.ts': `import './a.ts';`,
    'functions/orders.ts': `import './auth.ts';`,
    'functions/auth.ts': `import '../local/cloud.ts';`,
    'local/cloud.ts': `export const two = 2;`,
    'lib/stack.ts': `import '../functions/auth.ts';`,
    'src/fleet/lost.ts': `import './nowhere.ts';`,
  };
  for (const [path, text] of Object.entries(house)) {
    await mkdir(join(elsewhere, dirname(path)), { recursive: true });
    await writeFile(join(elsewhere, path), text);
  }
  const { summary } = await walk(elsewhere, ['src', 'functions', 'lib', 'local']);
  const found = summary.violations.map(({ rule, from }) => `${rule.name} from ${from}`);

  test.each([
    ['arrows-out-of-src-contract from src/contract/up.ts'],
    ['arrows-out-of-src-platform from src/platform/store.ts'],
    ['arrows-out-of-src-orders from src/orders/place-order.ts'],
    ['another-capability-s-store from src/dispatch/next-wave.ts'],
    ['no-circle from src/trips/a.ts'],
    ['functions-never-import-each-other from functions/orders.ts'],
    ['arrows-out-of-functions from functions/auth.ts'],
    ['local-and-bench-are-for-tests from functions/auth.ts'],
    ['arrows-out-of-lib from lib/stack.ts'],
    ['nothing-unresolved from src/fleet/lost.ts'],
  ])('%s', (violation) => {
    expect(found).toContain(violation);
  });
});
