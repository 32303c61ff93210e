import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, say } from './command.mjs';
import { NO_NATIVE_ENGINE } from './packages.mjs';
import { isDone, markDone } from './stamp.mjs';

const schema = 'layers/data/client.prisma';

/** The functions' database client, when its schema or the generator is another than it was made from. */
export function generateClient(root) {
  const fingerprint = fingerprintOf(root);
  const made = existsSync(join(root, 'layers/data/generated/client.ts'));
  if (made && isDone(root, 'prisma', fingerprint)) return;
  say('generating the Prisma client');
  const node = join(root, 'node_modules/.bin/node');
  const cli = join(root, 'node_modules/prisma/build/index.js');
  run(node, [cli, 'generate', '--schema', join(root, schema)], {
    cwd: root,
    env: { ...NO_NATIVE_ENGINE, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
    failure: `The Prisma client could not be generated: correct ${schema}.`,
  });
  markDone(root, 'prisma', fingerprint);
}

function fingerprintOf(root) {
  const hash = createHash('sha256');
  hash.update(readFileSync(join(root, schema)));
  hash.update(readFileSync(join(root, 'node_modules/prisma/package.json')));
  return hash.digest('hex');
}
