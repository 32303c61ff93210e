import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ROOT } from '../support/engines/database-server.ts';

test('set-up with nothing to do says nothing', async () => {
  const setUp = promisify(execFile)(process.execPath, [join(ROOT, 'tools/setup.mjs')]);
  expect(await setUp).toEqual({ stdout: '', stderr: '' });
});
