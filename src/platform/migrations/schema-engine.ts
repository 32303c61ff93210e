/**
 * Prisma's schema engine, compiled to WebAssembly. It does what `prisma migrate` does, but needs no native binary and
 * no network. `@prisma/schema-engine-wasm` is an internal package of Prisma, so its version is pinned exactly and only
 * this file uses it.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { DiffTarget } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { PoolConfig } from '@weelo/data';
import { migrationAdapter } from './migration-adapter.ts';
import type { MigrationAdapter } from './migration-adapter.ts';
import { readMigrations } from './migrations.ts';

const NO_FILTER = { externalTables: [], externalEnums: [] };

/** The engine needs a schema to start, but uses only its provider. */
const EMPTY_SCHEMA: [string, string][] = [
  ['schema.prisma', 'datasource db {\n  provider = "postgresql"\n}\n'],
];

/** The PostgreSQL schema with Prisma's list of applied migrations. It is the one with our tables, never `public`. */
const HISTORY_SCHEMA = 'weelo';

/**
 * Applies the missing migrations in order, and returns their names. It applies nothing to a database with newer
 * migrations. The root is the folder that holds `prisma/migrations`.
 */
export async function applyMigrations(
  connection: PoolConfig,
  root: string,
): Promise<readonly string[]> {
  const input = { migrationsList: await readMigrations(root), filters: NO_FILTER };
  return withEngine(migrationAdapter(connection, HISTORY_SCHEMA), async (engine) => {
    const history = await engine.diagnoseMigrationHistory({
      ...input,
      optInToShadowDatabase: false,
    });
    // If a deployment crashed during a migration, the migration is marked as failed, which would block every later
    // deployment. The migration was one transaction, so the mark is all that is left of it.
    for (const migrationName of history.failedMigrationNames) {
      await engine.markMigrationRolledBack({ migrationName });
    }
    return (await engine.applyMigrations(input)).appliedMigrationNames;
  });
}

/** The SQL that changes a database with all migrations into one with this schema. Empty if they are the same. */
export async function differenceToSchema(
  connection: PoolConfig,
  root: string,
  schema: string,
): Promise<string> {
  const migrations = await readMigrations(root);
  const none = migrations.migrationDirectories.length === 0;
  const from: DiffTarget = none ? { tag: 'empty' } : { tag: 'migrations', ...migrations };
  const files = [{ path: 'schema.prisma', content: schema }];
  const to: DiffTarget = { tag: 'schemaDatamodel', files };
  const diff = { from, to, script: true, exitCode: true, filters: NO_FILTER };
  // If the adapter had a schema, the engine would leave that schema out of every name in the SQL.
  return withEngine(migrationAdapter(connection), async (engine) => {
    const { exitCode, stdout } = await engine.diff(diff);
    return exitCode === 0 ? '' : (stdout ?? '');
  });
}

async function withEngine<T>(
  adapter: MigrationAdapter,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  await loadOnce();
  try {
    const factory = bindMigrationAwareSqlAdapterFactory(adapter.factory);
    const engine = await SchemaEngine.new({ datamodels: EMPTY_SCHEMA }, () => undefined, factory);
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } finally {
    // The engine's advisory lock lasts as long as its session. If the session stayed open, the next deployment would
    // wait for the lock and fail.
    await adapter.end();
  }
}

let loading: Promise<void> | undefined;

function loadOnce(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  // If the engine's Rust code panics, it puts the message here.
  let panic = '';
  const registry = {
    get: () => panic,
    set_message: (message: string) => {
      panic = message;
    },
  };
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: registry });

  const script = createRequire(import.meta.url).resolve(
    '@prisma/schema-engine-wasm/schema_engine_bg',
  );
  const wasm = await readFile(join(dirname(script), 'schema_engine_bg.wasm'));
  const imports = { './schema_engine_bg.js': { ...bindings, ...unwaitedTimer() } };
  const { instance } = await WebAssembly.instantiate(wasm, imports);
  const { __wbg_set_wasm: useInstance } = bindings;
  useInstance(instance.exports);
  const start = instance.exports['__wbindgen_start'];
  if (start === undefined) throw new Error('The schema engine cannot start: check its version.');
  start();
}

/**
 * The engine limits its wait for a lock with a timer of 10 s, and never clears the timer. Without `unref`, a finished
 * command would end 10 s late. The engine's connections keep the process alive while there is work.
 */
function unwaitedTimer(): Readonly<Record<string, object>> {
  const name = Object.keys(bindings).find((each) => each.startsWith('__wbg_setTimeout_'));
  if (name === undefined) throw new Error('The schema engine has no timer: check its version.');
  return { [name]: (work: () => void, ms: number) => setTimeout(work, ms >>> 0).unref() };
}
