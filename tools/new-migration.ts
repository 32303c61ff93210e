/**
 * npm run db:migration -- <name>
 *
 * Writes the next migration: the SQL that leads from the migrations so far to prisma/schema.prisma. Review
 * it, and add what the schema cannot say (CHECKs, grants, data), before it is committed.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { startPostgres } from '../local/engines/postgres.ts';
import { differenceToSchema } from '../src/platform/schema-engine.ts';

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const LOCKFILE = `# Says which database the migrations are for. Part of the history: keep it in git.
provider = "postgresql"
`;

/** The path of the new migration, or undefined when the migrations already add up to the schema. */
export async function writeMigration(
  root: string,
  name: string,
  now: Date,
): Promise<string | undefined> {
  if (!NAME.test(name)) {
    throw new Error('Name the migration in lower-case words joined by _, such as add_vehicles.');
  }
  const schema = await readFile(join(root, 'prisma/schema.prisma'), 'utf8');
  const sql = await sqlTo(schema, root);
  if (sql === '') return undefined;

  const migrations = join(root, 'prisma/migrations');
  const file = join(migrations, `${timestamp(now)}_${name}`, 'migration.sql');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, sql);
  const lockfile = join(migrations, 'migration_lock.toml');
  if (!existsSync(lockfile)) await writeFile(lockfile, LOCKFILE);
  return file;
}

async function sqlTo(schema: string, root: string): Promise<string> {
  const { host, port, username, password, database, stop } = await startPostgres();
  try {
    const connection = { host, port, user: username, password, database };
    return await differenceToSchema(connection, root, schema);
  } finally {
    await stop();
  }
}

/** yyyymmddhhmmss, in UTC: migrations are applied in the order of their names. */
function timestamp(now: Date): string {
  return now.toISOString().replace(/\D/g, '').slice(0, 14);
}

if (import.meta.main) {
  const root = dirname(import.meta.dirname);
  const file = await writeMigration(root, process.argv[2] ?? '', new Date()).catch(
    (error: unknown) => {
      process.exitCode = 1;
      return error instanceof Error ? error : new Error(String(error));
    },
  );
  if (file instanceof Error) console.error(file.message);
  else if (file === undefined) console.log('The migrations already add up to the schema.');
  else console.log(`Wrote ${relative(root, file)}: review it, then run npm test.`);
}
