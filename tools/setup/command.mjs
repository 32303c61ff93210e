import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** One line for each thing that takes long; not on stdout, where `cdk synth` writes a template. */
export function say(message) {
  process.stderr.write(`setup: ${message}\n`);
}

/**
 * Runs a command quietly; when it fails, the error is the given sentence and the end of what it printed.
 * @param {{ cwd?: string, env?: Record<string, string>, failure: string }} options
 */
export function run(command, args, { cwd, env = {}, failure }) {
  const result = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status === 0) return result.stdout;
  const printed = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`;
  const end = printed.trim().split('\n').slice(-15).join('\n');
  throw new Error(`${failure}\n${end}`);
}

/** npm as it was called, or else the one on the PATH. */
export function runNpm(args, options) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('npm-cli.js')) return run(systemNode(), [cli, ...args], options);
  return run('npm', args, options);
}

/** Where a program of this name lies on the PATH. */
export function findOnPath(name) {
  return searchPath(name)[0];
}

/**
 * The Node outside node_modules: the one inside may be about to be replaced.
 */
function systemNode() {
  return searchPath('node').find((path) => !path.includes('node_modules')) ?? process.execPath;
}

function searchPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).filter(isExecutable);
}

export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
