import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Cloud } from 'local-cloud';
import { TreeWatch } from 'local-cloud/start';
import { Rebuilder } from './rebuilder.ts';

const repository = resolve(import.meta.dirname, '../..');
/** A save is several events of the file system. */
const SETTLE_MS = 50;
/** What bundles and templates are made of. */
const SOURCES = ['functions', 'src', 'lib', 'prisma', 'layers'];
const BUNDLED = ['functions/', 'src/'];
/** What templates are made of: routes and variables come from the contract. */
const DEPLOYED = ['src/contract/', 'lib/', 'prisma/', 'layers/'];

interface Watched {
  readonly functionName: string;
  /** `functions/orders`: the entry and the bundle, without what follows the point. */
  readonly module: string;
  /** The asset's folder. */
  readonly folder: string;
}

export interface Copy {
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

/** An assembly whose bundles may be replaced: the one in the cache stays as it was made. */
export async function copyOf(assembly: string): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), 'weelo-watch-'));
  await cp(assembly, folder, { recursive: true });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Rebuilds what a saved file is part of, and gives those functions new environments. */
export function watchSources(cloud: Cloud, say: (sentence: string) => void): () => void {
  const rebuilder = new Rebuilder();
  const watched = watchedIn(cloud);
  let work = Promise.resolve();
  const changed = gather((files) => {
    warnOfDeployed(files, say);
    work = work
      .then(() => rebuildFor(files, watched, { rebuilder, cloud, say }))
      .catch((error: unknown) => say(`nothing was rebuilt: ${String(error)}`));
  });
  const watchers = SOURCES.map(
    (folder) =>
      new TreeWatch(join(repository, folder), (file) => changed(relative(repository, file))),
  );
  return () => {
    for (const each of watchers) each.close();
    rebuilder.stop();
  };
}

/** A template is deployed when we start, and not again. */
function warnOfDeployed(files: ReadonlySet<string>, say: (sentence: string) => void): void {
  const deployed = [...files].filter((file) => DEPLOYED.some((each) => file.startsWith(each)));
  // An editor's own files come and go; where all are gone, something was deleted.
  const present = deployed.filter((file) => existsSync(join(repository, file)));
  const named = (present.length > 0 ? present : deployed).toSorted();
  if (named.length === 0) return;
  say(
    `${named.join(', ')} changed: run npm start again to deploy what that changes in the template`,
  );
}

function watchedIn(cloud: Cloud): readonly Watched[] {
  return cloud
    .settings()
    .map(({ name, handler, taskRoot }) => ({
      functionName: name,
      module: handler.slice(0, handler.lastIndexOf('.')),
      folder: taskRoot,
    }))
    .filter(({ module }) => existsSync(join(repository, `${module}.ts`)));
}

interface Tools {
  readonly rebuilder: Rebuilder;
  readonly cloud: Cloud;
  readonly say: (sentence: string) => void;
}

async function rebuildFor(
  files: ReadonlySet<string>,
  watched: readonly Watched[],
  { rebuilder, cloud, say }: Tools,
): Promise<void> {
  const begun = performance.now();
  if ([...files].every((file) => !BUNDLED.some((each) => file.startsWith(each)))) return;
  const parts = await partsOf(watched);
  for (const { functionName, module, folder } of watched) {
    if (!parts.get(module)?.some((part) => files.has(part))) continue;
    const error = await rebuilder.rebuild(module, folder);
    if (error !== undefined) {
      say(`${functionName} was not rebuilt: ${error}`);
      continue;
    }
    await cloud.renew(functionName);
    say(`rebuilt ${functionName} (${Math.round(performance.now() - begun)} ms after the change)`);
  }
}

/** The source files of each module. Packages are left out, which makes this quick. */
async function partsOf(
  watched: readonly Watched[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: watched.map(({ module }) => `${module}.ts`),
    outdir: 'nowhere',
    outbase: '.',
    write: false,
    bundle: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
  });
  return new Map(
    Object.entries(metafile.outputs).map(([output, { inputs }]) => [
      relative('nowhere', output).replace(/\.js$/, ''),
      Object.keys(inputs),
    ]),
  );
}

function gather(then: (files: ReadonlySet<string>) => void): (file: string) => void {
  let files = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  return (file) => {
    files.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => {
      then(files);
      files = new Set();
    }, SETTLE_MS);
  };
}
