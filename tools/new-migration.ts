/**
 * npm run db:migration -- <name>
 *
 * Writes the next migration: the SQL that leads from the migrations so far to prisma/schema.prisma. Review
 * it, and add what the schema cannot say (CHECKs, grants, data), before it is committed.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { PoolConfig } from '@weelo/data';
import { startPostgres } from 'local-cloud/engines';
import { differenceToSchema } from '../src/platform/migrations/schema-engine.ts';

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const LOCKFILE = `# Says which database the migrations are for. Part of the history: keep it in git.
provider = "postgresql"
`;

export interface NewMigration {
  /** The folder that holds `prisma`. */
  readonly root: string;
  readonly name: string;
  readonly now: Date;
  /** A server on which a shadow database may be made. */
  readonly server: PoolConfig;
}

/** The path of the new migration, or undefined when the migrations already add up to the schema. */
export async function writeMigration({
  root,
  name,
  now,
  server,
}: NewMigration): Promise<string | undefined> {
  checkName(name);
  const schema = await readFile(join(root, 'prisma/schema.prisma'), 'utf8');
  const sql = await differenceToSchema(server, root, schema);
  if (sql === '') return undefined;

  const migrations = join(root, 'prisma/migrations');
  const file = join(migrations, `${timestamp(now)}_${name}`, 'migration.sql');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, sql);
  const lockfile = join(migrations, 'migration_lock.toml');
  if (!existsSync(lockfile)) await writeFile(lockfile, LOCKFILE);
  return file;
}

function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new Error('Name the migration in lower-case words joined by _, such as add_vehicles.');
}

/** yyyymmddhhmmss, in UTC: migrations are applied in the order of their names. */
function timestamp(now: Date): string {
  return now.toISOString().replace(/\D/g, '').slice(0, 14);
}

async function main(name: string): Promise<string> {
  checkName(name);
  const { username: user, stop, ...server } = await startPostgres();
  try {
    // npm runs its scripts in the root of the repository.
    const root = process.cwd();
    const input = { root, name, now: new Date(), server: { ...server, user } };
    const file = await writeMigration(input);
    if (file === undefined) return 'The migrations already add up to the schema.';
    return `Wrote ${relative(root, file)}: review it, then run npm test.`;
  } finally {
    await stop();
  }
}

if (import.meta.main) {
  try {
    console.log(await main(process.argv[2] ?? ''));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
