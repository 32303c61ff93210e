import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { differenceToSchema } from '../../src/platform/migrations/schema-engine.ts';
import { emptyDatabase } from '../support/engines/database.ts';
import { asMaster, migrate, ROOT } from '../support/engines/database-server.ts';

const facts = inject('postgres');
const FOUNDATION = /^\d{14}_foundation$/;

type Row = Readonly<Record<string, unknown>>;

const rows = async (database: string, sql: string): Promise<Row[]> =>
  (await asMaster(facts, database, (client) => client.query<Row>(sql))).rows;

const readSchema = () => readFile(join(ROOT, 'prisma/schema.prisma'), 'utf8');

describe('the migrations add up to the schema', () => {
  const { host, port, username, password } = facts;
  const connection = { host, port, user: username, password, database: 'postgres' };

  test('nothing is missing', async () => {
    expect(await differenceToSchema(connection, ROOT, await readSchema())).toBe('');
  });

  test('a column that is in the schema alone is reported', async () => {
    const schema = await readSchema();
    const ahead = schema.replace('model Release {', 'model Release {\n  note String?');
    expect(ahead).not.toBe(schema);
    const sql = await differenceToSchema(connection, ROOT, ahead);
    expect(sql).toContain('ALTER TABLE "weelo"."releases" ADD COLUMN     "note" TEXT');
  });

  test('no shadow database is left behind', async () => {
    await differenceToSchema(connection, ROOT, await readSchema());
    const left = `SELECT datname FROM pg_database WHERE datname LIKE 'weelo_shadow_%'`;
    await expect.poll(() => rows('postgres', left)).toEqual([]);
  });
});

describe('migrating', () => {
  test('makes everything in the schema weelo and nothing in public', async () => {
    const { database } = (await emptyDatabase()).address;
    expect((await migrate(facts, database)).at(0)).toMatch(FOUNDATION);
    const tables = await rows(
      database,
      `SELECT schemaname, tablename FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY tablename`,
    );
    expect(tables).toContainEqual({ schemaname: 'weelo', tablename: '_prisma_migrations' });
    expect(tables).toContainEqual({ schemaname: 'weelo', tablename: 'releases' });
    expect(tables.filter(({ schemaname }) => schemaname !== 'weelo')).toEqual([]);
  });

  test('leaves no timer behind that a command would wait for', async () => {
    const { database } = (await emptyDatabase()).address;
    const script = `
      import { migrate } from ${JSON.stringify(join(ROOT, 'test/support/engines/database-server.ts'))};
      await migrate(${JSON.stringify(facts)}, ${JSON.stringify(database)});
      console.log(process.getActiveResourcesInfo().includes('Timeout') ? 'waits' : 'ends');`;
    const args = ['--input-type=module', '--eval', script];
    expect((await promisify(execFile)(process.execPath, args)).stdout).toBe('ends\n');
  });

  test('a second time does nothing, and keeps since when a release is there', async () => {
    const { database } = (await emptyDatabase()).address;
    await migrate(facts, database, { release: 'one' });
    const before = await rows(database, 'SELECT * FROM weelo.releases');
    expect(await migrate(facts, database, { release: 'one' })).toEqual([]);
    expect(await rows(database, 'SELECT * FROM weelo.releases')).toEqual(before);
    await migrate(facts, database, { release: 'two' });
    expect(await rows(database, 'SELECT version FROM weelo.releases')).toHaveLength(2);
  });

  test('of many deployments at once one applies, the others wait and succeed', async () => {
    const { database } = (await emptyDatabase()).address;
    const runs = Array.from({ length: 5 }, () => migrate(facts, database));
    const applied = (await Promise.all(runs)).filter((names) => names.length > 0);
    expect(applied).toHaveLength(1);
    const history = await rows(database, 'SELECT finished_at FROM weelo._prisma_migrations');
    expect(history).toHaveLength(applied.at(0)?.length ?? 0);
  });

  test('databases on one server can be migrated at the same time', async () => {
    const databases = await Promise.all(Array.from({ length: 4 }, emptyDatabase));
    const runs = databases.map(({ address }) => migrate(facts, address.database));
    for (const applied of await Promise.all(runs)) expect(applied.at(0)).toMatch(FOUNDATION);
  });

  test('a database that is ahead is left as it is', async () => {
    const { database } = (await emptyDatabase()).address;
    await migrate(facts, database);
    await rows(
      database,
      `INSERT INTO weelo._prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES ('later', 'unknown here', now(), '29990101000000_later', 1)`,
    );
    expect(await migrate(facts, database, { release: 'older' })).toEqual([]);
    const releases = await rows(database, `SELECT version FROM weelo.releases`);
    expect(releases).toContainEqual({ version: 'older' });
  });

  test('refuses a service user that has no role', async () => {
    const serviceCredentials = { username: 'somebody', password: 'x' };
    const run = migrate(facts, 'postgres', { serviceCredentials });
    await expect(run).rejects.toThrow("The service's user must be weelo_service, not somebody");
  });
});

describe('a migration that fails', async () => {
  const root = await mkdtemp(join(tmpdir(), 'weelo-migrations-'));
  afterAll(() => rm(root, { recursive: true }));
  await cp(join(ROOT, 'prisma'), join(root, 'prisma'), { recursive: true });
  const folder = join(root, 'prisma/migrations/29990101000000_next');
  await mkdir(folder);
  const file = join(folder, 'migration.sql');

  test('leaves nothing behind, and is applied once it is corrected', async () => {
    const { database } = (await emptyDatabase()).address;
    await migrate(facts, database);
    await writeFile(file, 'CREATE TABLE weelo.half (id int);\nSELECT no_such_column;');
    await expect(migrate(facts, database, { root })).rejects.toThrow('no_such_column');
    expect(await rows(database, `SELECT to_regclass('weelo.half') AS half`)).toEqual([
      { half: null },
    ]);

    await writeFile(file, 'CREATE TABLE weelo.half (id int);');
    expect(await migrate(facts, database, { root })).toEqual(['29990101000000_next']);
  });

  test('because its deployment died is begun again', async () => {
    const { database } = (await emptyDatabase()).address;
    await migrate(facts, database);
    await rows(
      database,
      `INSERT INTO weelo._prisma_migrations (id, checksum, migration_name)
       VALUES ('died', 'any', '29990101000000_next')`,
    );
    await writeFile(file, 'CREATE TABLE weelo.whole (id int);');
    expect(await migrate(facts, database, { root })).toEqual(['29990101000000_next']);
  });
});
