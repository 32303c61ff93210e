import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The files and folders that a deployment is made of. */
const sources = ['functions', 'layers', 'lib', 'package-lock.json', 'prisma', 'src'];

/** Prisma's client. It is left out, because it follows from the schema and Prisma's version, which are included. */
const generated = 'layers/data/generated/';

/**
 * Names a release by a hash of its content. Other code, another package or another migration is another release. The
 * same content is the same release on every machine.
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
