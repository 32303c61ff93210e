import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm, say } from './command.mjs';

/** Any existing file: with it Prisma's install script and generator do not download a native engine. */
export const NO_NATIVE_ENGINE = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath };

/** `npm ci`, when what is installed is not what the lockfile says. */
export function installPackages(root) {
  if (matchesLockfile(root)) return;
  say('installing packages (about a minute the first time)');
  runNpm(['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    env: NO_NATIVE_ENGINE,
    failure: 'npm ci failed: see what it says below, then run it again.',
  });
}

/**
 * npm keeps a lockfile of what it really installed, written last. Optional packages for other platforms
 * are missing from it.
 */
function matchesLockfile(root) {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(join(root, 'node_modules/.package-lock.json'));
  if (wanted === undefined)
    throw new Error('package-lock.json cannot be read: check it out again.');
  if (installed === undefined) return false;
  const missing = ([path, { optional, devOptional }]) =>
    path !== '' && !(optional || devOptional) && installed[path] === undefined;
  const different = ([path, found]) => identity(found) !== identity(wanted[path]);
  return !Object.entries(wanted).some(missing) && !Object.entries(installed).some(different);
}

function packagesOf(lockfile) {
  try {
    return JSON.parse(readFileSync(lockfile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function identity(entry) {
  return JSON.stringify([entry?.version, entry?.resolved, entry?.integrity, entry?.link]);
}
