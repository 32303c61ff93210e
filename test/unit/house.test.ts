import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { walkHouse } from '../../tools/house/walk.ts';

test("no import breaks the house's rules, and there are no import cycles", async () => {
  const { wrongArrows, modules, arrows } = await walkHouse();
  expect(wrongArrows).toEqual([]);
  // Without its TypeScript parser the walk would see nothing, and find nothing wrong with it.
  const ours = modules.filter((each) => /^(functions|src|lib)\//.test(each));
  expect(ours.length).toBeGreaterThan(60);
  expect(arrows).toBeGreaterThan(150);
});

describe('an arrow that points the wrong way is found', async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'weelo-house-'));
  afterAll(() => rm(elsewhere, { recursive: true }));

  const house: Record<string, string> = {
    'src/contract/up.ts': `import type { Store } from '../platform/store.ts';`,
    'src/platform/store.ts': `import '../orders/placing/place-order.ts'; export interface Store {}`,
    'src/orders/placing/place-order.ts': `import '../../dispatch/next-wave.ts';`,
    'src/dispatch/next-wave.ts': `import '../orders/order/order-store.ts';`,
    'src/orders/order/order-store.ts': `export const one = 1;`,
    'src/trips/a.ts': `import './b.ts';`,
    'src/trips/b.ts': `import './a.ts';`,
    'functions/orders.ts': `import './auth.ts';`,
    'functions/auth.ts': `import '../local/start.ts';`,
    'local/start.ts': `export const two = 2;`,
    'packages/local-cloud/src/engines/redis.ts': `import '../gateway/gateway.ts';`,
    'packages/local-cloud/src/protocol/errors.ts': `import '../cloud.ts';`,
    'packages/local-cloud/src/cloud.ts': `import './helpers/dates.ts';`,
    'packages/local-cloud/src/helpers/dates.ts': `export const five = 5;`,
    'packages/local-cloud/src/lambda/seed.ts': `import '../../../../local/start.ts';`,
    'src/places/find.ts': `import '../../packages/local-cloud/src/cloud.ts';`,
    'local/dev/pages.ts': `import '../../packages/local-cloud/src/cloud.ts';`,
    'packages/local-cloud/src/gateway/gateway.ts': `import '../../../../src/contract/up.ts';`,
    'lib/stack.ts': `import '../functions/auth.ts';`,
    'lib/parts/log.ts': `import '../data/cache.ts';`,
    'lib/data/cache.ts': `import '../service/queue.ts';`,
    'lib/service/queue.ts': `import '../lonely.ts';`,
    'lib/lonely.ts': `export const four = 4;`,
    'functions/fleet.ts': `import 'pg'; import '../src/helpers/dates.ts';`,
    'src/helpers/dates.ts': `export const three = 3;`,
    'src/identity/log-in.ts': `import '@middy/core';`,
    'node_modules/pg/index.js': '',
    'node_modules/@middy/core/index.js': '',
    'src/fleet/lost.ts': `import './nowhere.ts';`,
    'src/dispatch/town.ts': `import '../../city/world/roads.ts';`,
    'city/world/roads.ts': `import '../simulator/agenda.ts';`,
    'city/simulator/agenda.ts': `import '../../src/helpers/dates.ts';`,
  };
  for (const [path, text] of Object.entries(house)) {
    await mkdir(join(elsewhere, dirname(path)), { recursive: true });
    await writeFile(join(elsewhere, path), text);
  }
  const { wrongArrows: found } = await walkHouse(
    ['src', 'functions', 'lib', 'local', 'city', 'packages'],
    elsewhere,
  );

  test.each([
    ['arrows-out-of-src-contract from src/contract/up.ts'],
    ['arrows-out-of-src-platform from src/platform/store.ts'],
    ['arrows-out-of-src-orders from src/orders/placing/place-order.ts'],
    ['another-capability-s-store from src/dispatch/next-wave.ts'],
    ['no-circle from src/trips/a.ts'],
    ['functions-never-import-each-other from functions/orders.ts'],
    ['arrows-out-of-functions from functions/auth.ts'],
    ['local-and-bench-are-for-tests from functions/auth.ts'],
    ['arrows-out-of-lib from lib/stack.ts'],
    ['arrows-out-of-packages-local-cloud from packages/local-cloud/src/gateway/gateway.ts'],
    ['arrows-out-of-local-cloud-engines from packages/local-cloud/src/engines/redis.ts'],
    ['arrows-out-of-local-cloud-protocol from packages/local-cloud/src/protocol/errors.ts'],
    ['arrows-out-of-packages-local-cloud from packages/local-cloud/src/lambda/seed.ts'],
    [
      'no-folder-of-the-local-cloud-without-a-place-in-the-list from packages/local-cloud/src/cloud.ts',
    ],
    ['local-and-bench-are-for-tests from src/places/find.ts'],
    ['arrows-out-of-lib-parts from lib/parts/log.ts'],
    ['arrows-out-of-lib-data from lib/data/cache.ts'],
    ['arrows-out-of-lib-service from lib/service/queue.ts'],
    ['no-room-without-a-name from functions/fleet.ts'],
    ['aws-clients-in-platform-alone from functions/fleet.ts'],
    ['middy-at-the-edge-alone from src/identity/log-in.ts'],
    ['nothing-unresolved from src/fleet/lost.ts'],
    ['arrows-out-of-city-world from city/world/roads.ts'],
    ['local-and-bench-are-for-tests from src/dispatch/town.ts'],
  ])('%s', (violation) => {
    expect(found.some((each) => each.startsWith(`${violation}:`))).toBe(true);
  });

  test('and one from local/ to the local cloud is none', () => {
    expect(found.filter((each) => each.includes('local/dev/pages.ts'))).toEqual([]);
  });
});
