import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isLitter } from '../../parts/litter.ts';

/** The files and folders that a deployment is made of. */
const sources = ['functions', 'layers', 'lib', 'package-lock.json', 'prisma', 'src'];

/**
 * Prisma's client, and the page of a shared trip. They are left out, because they follow from what is included: their
 * sources, and the versions of the packages that make them.
 */
const generated = ['layers/data/generated/', 'src/trips/sharing/page/built.json'];

/**
 * Names a release by a hash of its content. Other code, another package or another migration is another release. The
 * same content is the same release on every machine.
 */
export function releaseOf(repository: string): string {
  const hash = createHash('sha256');
  const files = sources
    .flatMap((each) => filesOf(repository, each))
    .filter((file) => !isLitter(file) && !generated.some((each) => file.startsWith(each)));
  for (const file of files.toSorted()) {
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
