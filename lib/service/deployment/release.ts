import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a deployment is made of. */
const sources = ['functions', 'layers', 'lib', 'package-lock.json', 'prisma', 'src'];

/** Prisma's client, which follows from its schema and its version. */
const generated = 'layers/data/generated/';

/**
 * Names a release by its content, so that any other code, package or migration is another release, and
 * the same ones are the same release on every machine.
 */
export function releaseOf(repository: string): string {
  const hash = createHash('sha256');
  const files = sources.flatMap((each) => filesOf(repository, each)).toSorted();
  for (const file of files.filter((each) => !each.startsWith(generated))) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(repository, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesOf(repository: string, path: string): readonly string[] {
  if (!statSync(join(repository, path)).isDirectory()) return [path];
  return readdirSync(join(repository, path)).flatMap((each) =>
    filesOf(repository, `${path}/${each}`),
  );
}
