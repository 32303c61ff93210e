import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../prisma/migrations');

/** Changes when a migration is added or edited: a deployment that changes none runs none. */
export function hashOfMigrations(): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .toSorted();
  for (const each of files) {
    hash.update(each.slice(folder.length));
    hash.update('\0');
    hash.update(readFileSync(each));
    hash.update('\0');
  }
  return hash.digest('hex');
}
