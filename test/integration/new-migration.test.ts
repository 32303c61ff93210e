import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeMigration } from '../../tools/new-migration.ts';
import { ROOT } from '../support/database-server.ts';

const NOW = new Date('2031-02-03T04:05:06.789Z');

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'weelo-new-migration-'));
  await cp(join(ROOT, 'prisma'), join(root, 'prisma'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

const migrations = () => readdir(join(root, 'prisma/migrations'));

async function changeSchema(from: string, to: string): Promise<void> {
  const file = join(root, 'prisma/schema.prisma');
  await writeFile(file, (await readFile(file, 'utf8')).replace(from, to));
}

test('writes what leads from the migrations to the schema', async () => {
  const before = await migrations();
  await changeSchema('model Release {', 'model Release {\n  note String? @unique');
  const file = await writeMigration(root, 'add_note', NOW);
  expect(file).toBe(join(root, 'prisma/migrations/20310203040506_add_note/migration.sql'));
  expect(await readFile(String(file), 'utf8')).toBe(`-- AlterTable
ALTER TABLE "weelo"."releases" ADD COLUMN     "note" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "releases_note_key" ON "weelo"."releases"("note");
`);
  expect(await migrations()).toEqual([...before, '20310203040506_add_note'].toSorted());
  expect(await writeMigration(root, 'again', NOW)).toBeUndefined();
});

test('knows partial unique indexes', async () => {
  await changeSchema(
    '@@map("releases")',
    '@@unique([migratedAt], where: raw("version = \'\'"), map: "one_without_version")\n  @@map("releases")',
  );
  const file = await writeMigration(root, 'one_without_version', NOW);
  expect(await readFile(String(file), 'utf8')).toContain(
    `CREATE UNIQUE INDEX "one_without_version" ON "weelo"."releases"("migrated_at") WHERE (version = '')`,
  );
  expect(await writeMigration(root, 'again', NOW)).toBeUndefined();
});

test('writes nothing when there is no difference', async () => {
  const before = await migrations();
  expect(await writeMigration(root, 'nothing', NOW)).toBeUndefined();
  expect(await migrations()).toEqual(before);
});

test('writes the first migration and the lock file of a new history', async () => {
  await rm(join(root, 'prisma/migrations'), { recursive: true });
  const file = await writeMigration(root, 'first', NOW);
  expect(await readFile(String(file), 'utf8')).toContain('CREATE TABLE "weelo"."releases"');
  expect(await migrations()).toEqual(['20310203040506_first', 'migration_lock.toml']);
});

test.each(['', 'Add vehicles', '../etc', '1st', 'a__b', 'add-vehicles'])(
  'refuses the name "%s"',
  async (name) => {
    const refusal = 'Name the migration in lower-case words joined by _, such as add_vehicles.';
    await expect(writeMigration(root, name, NOW)).rejects.toThrow(refusal);
  },
);
