import { expect, test } from 'vitest';
import lock from '../../package-lock.json' with { type: 'json' };
import { refusedLicences } from '../../tools/licences/refused-licences.ts';

test('we may ship all that we depend on', () => {
  expect(refusedLicences(lock)).toEqual([]);
});

test('a licence that nobody has accepted is refused by its package, also deep in the tree', () => {
  const packages = {
    '': { version: '1.0.0', license: 'UNLICENSED' },
    'packages/ours': { version: '1.0.0', license: 'UNLICENSED' },
    'node_modules/ours': { link: true },
    'node_modules/free': { version: '1.0.0', license: 'MIT' },
    'node_modules/free/node_modules/@deep/one': { version: '2.0.0', license: 'GPL-3.0-only' },
    'node_modules/silent': { version: '3.0.0' },
    'node_modules/tool': { version: '4.0.0', license: 'GPL-3.0-only', dev: true },
  };
  expect(refusedLicences({ packages })).toEqual([
    '@deep/one 2.0.0: GPL-3.0-only',
    'silent 3.0.0: no licence',
  ]);
});
