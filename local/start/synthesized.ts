import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { nodeBinary } from 'local-cloud';
import { forgetUnused, requireFolder, touch } from 'local-cloud/start';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');

/** All that a synthesis reads; the same content gives the same templates and bundles. */
const SOURCES = [
  'bin',
  'lib',
  'functions',
  'layers',
  'prisma',
  'src',
  'cdk.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/**
 * The folder of the synthesized app, from an earlier start where nothing has changed since. It lies
 * outside the repository: a package that a bundle forgot must not be found in node_modules above it.
 */
export async function synthesizedApp(
  stage: string,
  say: (sentence: string) => void,
): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'weelo');
  const folder = join(cache, `${stage}-${await hashOfSources(stage)}`);
  if (await touch(folder)) return folder;
  say('synthesizing the app and bundling its functions');
  await requireFolder(cache);
  const unfinished = `${folder}.${process.pid}`;
  await synthesize(stage, unfinished);
  // Two starts at once make the same thing.
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true, force: true }));
  await forgetUnused(cache, `${stage}-`);
  return folder;
}

/** In a process of its own: the CDK takes 200 MB that would never come back. */
async function synthesize(stage: string, folder: string): Promise<void> {
  const script = join(import.meta.dirname, 'synthesize.ts');
  try {
    await run(nodeBinary(), [script, stage, folder], {
      cwd: repository,
      maxBuffer: 64 * 1024 ** 2,
    });
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`The app cannot be synthesized:\n${complaintIn(cause)}`, { cause });
  }
}

/** What the bundler has against our source, or else the beginning of what the CDK says. */
function complaintIn(cause: unknown): string {
  const printed =
    cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
  const lines = printed.split('\n').filter((line) => !line.startsWith('Bundling asset'));
  const errors = lines.filter((line) => line.includes(': ERROR: '));
  return [...new Set(errors.length > 0 ? errors : lines)].slice(0, 10).join('\n').trim();
}

async function hashOfSources(stage: string): Promise<string> {
  const hash = createHash('sha256').update(`${stage}\0${repository}\0`);
  for (const source of SOURCES) {
    for (const file of await filesIn(join(repository, source))) {
      hash
        .update(`${file}\0`)
        .update(await readFile(file))
        .update('\0');
    }
  }
  return hash.digest('hex').slice(0, 24);
}

async function filesIn(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return [];
  if (found.isFile()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .toSorted();
}
