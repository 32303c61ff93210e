import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { writeMigration } from '../../tools/new-migration.ts';
import { ROOT } from '../support/engines/database-server.ts';

const { username: user, ...where } = inject('postgres');
const server = { ...where, user, database: 'postgres' };
const now = new Date('2031-02-03T04:05:06.789Z');
const write = (name: string) => writeMigration({ root, name, now, server });

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
  const file = await write('add_note');
  expect(file).toBe(join(root, 'prisma/migrations/20310203040506_add_note/migration.sql'));
  expect(await readFile(String(file), 'utf8')).toBe(`-- AlterTable
ALTER TABLE "weelo"."releases" ADD COLUMN     "note" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "releases_note_key" ON "weelo"."releases"("note");
`);
  expect(await migrations()).toEqual([...before, '20310203040506_add_note'].toSorted());
  expect(await write('again')).toBeUndefined();
});

test('knows partial unique indexes', async () => {
  await changeSchema(
    '@@map("releases")',
    '@@unique([migratedAt], where: raw("version = \'\'"), map: "one_without_version")\n  @@map("releases")',
  );
  const file = await write('one_without_version');
  expect(await readFile(String(file), 'utf8')).toContain(
    `CREATE UNIQUE INDEX "one_without_version" ON "weelo"."releases"("migrated_at") WHERE (version = '')`,
  );
  expect(await write('again')).toBeUndefined();
});

test('writes nothing when there is no difference', async () => {
  const before = await migrations();
  expect(await write('nothing')).toBeUndefined();
  expect(await migrations()).toEqual(before);
});

test('writes the first migration and the lock file of a new history', async () => {
  await rm(join(root, 'prisma/migrations'), { recursive: true });
  const file = await write('first');
  expect(await readFile(String(file), 'utf8')).toContain('CREATE TABLE "weelo"."releases"');
  expect(await migrations()).toEqual(['20310203040506_first', 'migration_lock.toml']);
});

test('npm run db:migration starts a server of its own', async () => {
  const tool = join(ROOT, 'tools/new-migration.ts');
  const run = async () =>
    (await promisify(execFile)(process.execPath, [tool, 'note'], { cwd: root })).stdout;
  const ours = await readdir(join(ROOT, 'prisma/migrations'));
  await changeSchema('model Release {', 'model Release {\n  note String?');
  expect(await run()).toMatch(/^Wrote prisma\/migrations\/\d{14}_note\/migration\.sql: review it/);
  expect(await run()).toBe('The migrations already add up to the schema.\n');
  expect(await readdir(join(ROOT, 'prisma/migrations'))).toEqual(ours);
});

test.each(['', 'Add vehicles', '../etc', '1st', 'a__b', 'add-vehicles'])(
  'refuses the name "%s"',
  async (name) => {
    const refusal = 'Name the migration in lower-case words joined by _, such as add_vehicles.';
    await expect(write(name)).rejects.toThrow(refusal);
  },
);
