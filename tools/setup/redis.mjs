import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findOnPath, isExecutable, run, say } from './command.mjs';
import { unpackRedis } from './redis-packages.mjs';

const OLDEST_MAJOR = 7;
const NAMES = ['redis-server', 'valkey-server'];

/**
 * Puts a Redis of at least 7.0 at .local-cloud/bin/redis-server, where the local cloud looks first: the machine's
 * own, or else the distribution's, unpacked without root into .local-cloud/cache. REDIS_URL replaces all that.
 */
export function provideRedis(root) {
  if (process.env.REDIS_URL) return;
  const place = join(root, '.local-cloud/bin/redis-server');
  if (isExecutable(place)) return;
  mkdirSync(dirname(place), { recursive: true });
  // A link to a server that has gone since counts as nothing.
  rmSync(place, { force: true });

  const own = NAMES.map(findOnPath).find((path) => path !== undefined);
  if (own !== undefined) linkOwn(own, place);
  else if (findOnPath('apt-get') && findOnPath('dpkg'))
    unpackRedis(join(root, '.local-cloud/cache'), place);
  else if (findOnPath('brew')) linkOwn(installWithBrew(), place);
  else
    throw new Error(
      'No Redis is found: install Redis 7 or newer, or set REDIS_URL to one that runs.',
    );
}

function linkOwn(server, place) {
  const version = versionOf(server);
  if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
    throw new Error(
      `${server} is version ${version}: install Redis ${OLDEST_MAJOR} or newer, or set REDIS_URL to one that runs.`,
    );
  }
  symlinkSync(server, place);
}

function versionOf(server) {
  const printed = run(server, ['--version'], {
    failure: `${server} does not start: reinstall it.`,
  });
  return /v=(\d+\.\d+\.\d+)/.exec(printed)?.[1] ?? '0.0.0';
}

function installWithBrew() {
  say('installing Redis with brew');
  run('brew', ['install', 'redis'], {
    failure: 'brew could not install Redis: install it yourself.',
  });
  const prefix = run('brew', ['--prefix', 'redis'], {
    failure: 'brew does not know where Redis is.',
  });
  const server = join(prefix.trim(), 'bin/redis-server');
  if (!existsSync(server)) throw new Error(`brew installed no ${server}: install Redis yourself.`);
  return server;
}
