import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, say } from './command.mjs';
import { isDone, markDone } from './stamp.mjs';

const page = 'src/trips/sharing/page';

/** The script and the style of the page of a shared trip, when something that they are built from is another. */
export function buildSharePage(root) {
  const fingerprint = fingerprintOf(root);
  if (existsSync(join(root, page, 'built.json')) && isDone(root, 'share-page', fingerprint)) return;
  say('building the page of shared trips');
  const node = join(root, 'node_modules/.bin/node');
  run(node, [join(root, 'tools/make-share-page.ts')], {
    cwd: root,
    failure: `The page of shared trips could not be built: correct ${page}/browser.`,
  });
  markDone(root, 'share-page', fingerprint);
}

function fingerprintOf(root) {
  const sources = readdirSync(join(root, page, 'browser')).map((each) => `${page}/browser/${each}`);
  const others = [
    `${page}/words.ts`,
    'tools/make-share-page.ts',
    'tools/share-page/build.ts',
    'node_modules/leaflet/package.json',
    'node_modules/esbuild/package.json',
  ];
  const hash = createHash('sha256');
  for (const each of [...sources, ...others]) hash.update(readFileSync(join(root, each)));
  return hash.digest('hex');
}
