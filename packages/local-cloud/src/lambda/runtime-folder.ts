import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire, findPackageJSON } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';

/** Lambda's runtime brings these along; whoever makes a client of one here hears that nothing plays it. */
const UNPLAYED = ['client-sfn'];

export interface RuntimeFolder {
  /** What stands at /var/runtime in Lambda. */
  readonly folder: string;
  /** What an environment's process starts with. */
  readonly main: string;
}

/** Lays out what Lambda's runtime consists of: its own code, and the SDK that functions may require. */
export async function makeRuntimeFolder(folder: string): Promise<RuntimeFolder> {
  const main = join(folder, 'index.cjs');
  const bundled = build({
    entryPoints: [join(import.meta.dirname, 'runtime/main.ts')],
    outfile: main,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    logLevel: 'error',
  });
  await Promise.all([bundled, linkSdk(join(folder, 'node_modules'))]);
  return { folder, main };
}

async function linkSdk(modules: string): Promise<void> {
  await Promise.all(['@aws-sdk', '@smithy'].map((scope) => linkScope(scope, modules)));
  await Promise.all(UNPLAYED.map((name) => writeUnplayed(join(modules, '@aws-sdk', name))));
}

/** Where npm has installed the SDK: the folder above one of its clients. */
function sdkFolder(): string {
  const manifest = findPackageJSON('@aws-sdk/client-dynamodb', import.meta.url);
  if (!manifest) throw new Error('The AWS SDK is not installed: functions may require it.');
  return resolve(dirname(manifest), '../..');
}

async function linkScope(scope: string, modules: string): Promise<void> {
  const from = join(sdkFolder(), scope);
  await mkdir(join(modules, scope), { recursive: true });
  for (const name of await readdir(from)) {
    if (UNPLAYED.includes(name)) continue;
    await symlink(join(from, name), join(modules, scope, name)).catch(ignoreExisting);
  }
}

async function writeUnplayed(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const name = folder.split('/').slice(-2).join('/');
  const client = `class { constructor() { throw new Error('Nothing on this machine plays ${name}.'); } }`;
  const code = `module.exports = new Proxy({}, { get: () => ${client} });\n`;
  await writeFile(join(folder, 'index.js'), code);
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** Node.js 24 in which functions run, whatever runs us. */
export function nodeBinary(): string {
  if (process.version.startsWith('v24.')) return process.execPath;
  const manifest = createRequire(import.meta.url).resolve('node/package.json');
  return join(dirname(manifest), 'bin/node');
}
