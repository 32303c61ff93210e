import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MigrationDirectory, MigrationList } from '@prisma/schema-engine-wasm';

const LOCKFILE = 'migration_lock.toml';

/** Every migration, oldest first. `prisma migrate` keeps them in prisma/migrations/<time>_<name>/migration.sql */
export async function readMigrations(root: string): Promise<MigrationList> {
  const baseDir = join(root, 'prisma/migrations');
  const entries = await readdir(baseDir, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir,
    lockfile: { path: LOCKFILE, content: await readLockfile(baseDir) },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(names.toSorted().map((name) => readOne(baseDir, name))),
  };
}

async function readOne(baseDir: string, name: string): Promise<MigrationDirectory> {
  const value = await readFile(join(baseDir, name, 'migration.sql'), 'utf8');
  return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok', value } } };
}

async function readLockfile(baseDir: string): Promise<string | null> {
  return readFile(join(baseDir, LOCKFILE), 'utf8').catch(() => null);
}
