/**
 * Redis from the distribution's own packages (Debian, Ubuntu), unpacked into a cache folder. Nothing of the
 * system is changed and no root is needed: apt gets lists and cache of its own.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { run, say } from './command.mjs';

const PACKAGES = ['redis-server', 'redis-tools'];
/** What the packages need of libraries, except the C library, which must be the machine's own. */
const LIBRARY = /^\s*\|?Depends: ((?:lib|lua)[\w.+-]+)$/gm;
const MACHINES_OWN = new Set(['libc6']);

export function unpackRedis(cache, place) {
  say('fetching Redis from the distribution into .local-cloud/cache (a few seconds)');
  const work = join(cache, `redis-unpacking-${process.pid}`);
  try {
    const unpacked = unpack(work);
    const kept = join(cache, 'redis');
    rmSync(kept, { recursive: true, force: true });
    keepNeeded(unpacked, kept);
    writeLauncher(kept, place);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function unpack(work) {
  const apt = aptInside(work);
  run('apt-get', [...apt, 'update'], { cwd: work, failure: failureOf('apt-get update') });
  const names = [...PACKAGES, ...librariesOf(apt)];
  run('apt-get', [...apt, 'download', ...names], {
    cwd: work,
    failure: failureOf('apt-get download'),
  });
  const target = join(work, 'unpacked');
  for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
    run('dpkg', ['-x', join(work, file), target], { failure: failureOf('dpkg -x') });
  }
  return target;
}

function aptInside(work) {
  const [state, cache] = [join(work, 'state'), join(work, 'cache')];
  mkdirSync(join(state, 'lists/partial'), { recursive: true });
  mkdirSync(join(cache, 'archives/partial'), { recursive: true });
  const options = {
    'Dir::State': state,
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': cache,
    // As root apt would drop to a user that cannot write here, and warn.
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  };
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

function librariesOf(apt) {
  const depends = run('apt-cache', [...apt, 'depends', '--important', ...PACKAGES], {
    failure: failureOf('apt-cache depends'),
  });
  const names = [...depends.matchAll(LIBRARY)].map((match) => match[1]);
  return [...new Set(names)].filter((name) => !MACHINES_OWN.has(name));
}

/** The server (which may go by the name of its checker) and the libraries: 7 MB of what was unpacked. */
function keepNeeded(unpacked, kept) {
  mkdirSync(join(kept, 'lib'), { recursive: true });
  copyFileSync(join(unpacked, 'usr/bin/redis-server'), join(kept, 'redis-server'));
  for (const folder of libraryFolders(unpacked)) {
    for (const name of readdirSync(folder).filter((file) => file.includes('.so'))) {
      copyFileSync(join(folder, name), join(kept, 'lib', name));
    }
  }
}

function libraryFolders(unpacked) {
  const parents = [join(unpacked, 'usr/lib'), join(unpacked, 'lib')].filter((path) =>
    existsSync(path),
  );
  return [...parents, ...parents.flatMap(platformFolders)];
}

/** Such as x86_64-linux-gnu. */
function platformFolders(parent) {
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.includes('-linux-'))
    .map((entry) => join(parent, entry.name));
}

/** Finds its own folder, so that the clone may be moved; and is put in place last, once it has run. */
function writeLauncher(kept, place) {
  const unproven = `${place}.${process.pid}`;
  const launcher = [
    '#!/bin/sh',
    'kept="$(dirname "$0")/../cache/redis"',
    'LD_LIBRARY_PATH="$kept/lib" exec "$kept/redis-server" "$@"',
  ];
  writeFileSync(unproven, `${launcher.join('\n')}\n`);
  chmodSync(unproven, 0o755);
  chmodSync(join(kept, 'redis-server'), 0o755);
  try {
    const version = run(unproven, ['--version'], { failure: failureOf('Its redis-server') });
    if (!/v=([7-9]|\d{2,})\./.test(version)) {
      throw new Error(`The distribution's Redis is too old (${version.trim()}): install Redis 7.`);
    }
    renameSync(unproven, place);
  } finally {
    rmSync(unproven, { force: true });
  }
}

function failureOf(step) {
  return `${step} failed: install Redis 7 or newer yourself, or set REDIS_URL to one that runs.`;
}
