/**
 * Prisma's schema engine, compiled to WebAssembly: what `prisma migrate` does, without a native binary and
 * without a network. `@prisma/schema-engine-wasm` is an internal package of Prisma: its version is pinned
 * exactly, and no other file knows of it.
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

/** The engine asks for a schema to start with, and takes nothing but the provider from it. */
const EMPTY_SCHEMA: [string, string][] = [
  ['schema.prisma', 'datasource db {\n  provider = "postgresql"\n}\n'],
];

/** Where Prisma keeps its list of what it has applied: with our tables, never in `public`. */
const HISTORY_SCHEMA = 'weelo';

/**
 * Applies what is missing, in order, and names it. A database that is ahead misses nothing. The root is the
 * folder that holds `prisma/migrations`.
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
    // The mark of a deployment that died in the middle would block every later one. What it began was one
    // transaction and left nothing else behind.
    for (const migrationName of history.failedMigrationNames) {
      await engine.markMigrationRolledBack({ migrationName });
    }
    return (await engine.applyMigrations(input)).appliedMigrationNames;
  });
}

/** The SQL that leads from the migrations, added up, to the schema; empty when they agree. */
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
  // With a schema of its own the adapter would make the engine leave it out of every name.
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
    // The engine's advisory lock is its session's: left open, the next deployment would wait and fail.
    await adapter.end();
  }
}

let loading: Promise<void> | undefined;

function loadOnce(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  // Where the engine's Rust leaves the message of a panic.
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
 * The engine limits its wait for a lock by a timer of 10 s, and never clears it: a command that had long been done
 * would end 10 s late. Its connections keep the process alive while there is work.
 */
function unwaitedTimer(): Readonly<Record<string, object>> {
  const name = Object.keys(bindings).find((each) => each.startsWith('__wbg_setTimeout_'));
  if (name === undefined) throw new Error('The schema engine has no timer: check its version.');
  return { [name]: (work: () => void, ms: number) => setTimeout(work, ms >>> 0).unref() };
}
