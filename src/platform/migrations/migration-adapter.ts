/** PrismaPg, adapted for the schema engine. PrismaPg is made for queries. Migrations need three fixes, made here. */
import { randomUUID } from 'node:crypto';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import type {
  SqlDriverAdapter,
  SqlMigrationAwareDriverAdapterFactory,
  SqlQuery,
  SqlResultSet,
} from '@prisma/driver-adapter-utils';
import { Pool, PrismaPg } from '@weelo/data';
import type { PoolConfig, QueryArrayConfig } from '@weelo/data';

/** Object ids of PostgreSQL's types "char" and text. */
const CHAR = 18;
const TEXT = 25;

export interface MigrationAdapter {
  readonly factory: SqlMigrationAwareDriverAdapterFactory;
  readonly end: () => Promise<void>;
}

/**
 * `schema` is the default schema, both for the engine and for PostgreSQL, because the engine looks up its own table by
 * its name alone. RDS Proxy refuses the `search_path` option, but migrations bypass the proxy.
 */
export function migrationAdapter(connection: PoolConfig, schema?: string): MigrationAdapter {
  const options = schema === undefined ? {} : { schema };
  const pool = poolOfOne(
    schema === undefined ? connection : { ...connection, options: `-c search_path=${schema}` },
  );
  return {
    factory: {
      provider: 'postgres',
      adapterName: '@prisma/adapter-pg',
      connect: () => adapt(pool, options, async () => undefined),
      connectToShadowDb: () => connectToShadow(pool, connection),
    },
    end: () => pool.end(),
  };
}

/** A pool with only one session, because the engine's advisory lock belongs to the session that took it. */
function poolOfOne(connection: PoolConfig): Pool {
  const pool = new Pool({ ...connection, max: 1 });
  // A lost connection makes the running query fail. It also emits an event, which ends the process without a listener.
  pool.on('error', () => undefined);
  return pool;
}

/** Creates a separate shadow database and drops it afterwards. PrismaPg would use the target database instead. */
async function connectToShadow(pool: Pool, connection: PoolConfig): Promise<SqlDriverAdapter> {
  const database = `weelo_shadow_${randomUUID()}`;
  await pool.query(`CREATE DATABASE "${database}"`);
  const shadow = poolOfOne({ ...connection, database });
  return adapt(shadow, {}, async () => {
    await shadow.end();
    await pool.query(`DROP DATABASE "${database}"`);
  });
}

async function adapt(
  pool: Pool,
  options: { readonly schema?: string },
  dispose: () => Promise<void>,
): Promise<SqlDriverAdapter> {
  const stock = await new PrismaPg(pool, options).connect();
  return {
    provider: stock.provider,
    adapterName: stock.adapterName,
    queryRaw: (query) => queryRaw(pool, stock, query),
    executeRaw: (query) => stock.executeRaw(query),
    startTransaction: (isolationLevel) => stock.startTransaction(isolationLevel),
    getConnectionInfo: () => stock.getConnectionInfo(),
    // PrismaPg splits a script at every semicolon and runs the pieces one by one. That breaks DO blocks, and a failure
    // leaves half of the changes behind. A script that is sent as one query without values is one transaction.
    executeScript: async (script) => {
      await stock.executeRaw({ sql: script, args: [], argTypes: [] });
    },
    dispose: async () => {
      await stock.dispose();
      await dispose();
    },
  };
}

/** PrismaPg refuses columns of type "char", but PostgreSQL's own catalogue has several of them. */
async function queryRaw(
  pool: Pool,
  stock: SqlDriverAdapter,
  query: SqlQuery,
): Promise<SqlResultSet> {
  const characters = new Set<number>();
  const disguised = async (config: QueryArrayConfig) => {
    const result = await pool.query(config);
    for (const [index, field] of result.fields.entries()) {
      if (field.dataTypeID !== CHAR) continue;
      characters.add(index);
      field.dataTypeID = TEXT;
    }
    return result;
  };
  // The same adapter, but for this query its client reports "char" columns as text.
  // oxlint-disable-next-line typescript/no-unsafe-assignment -- Object.create knows no types
  const once: SqlDriverAdapter = Object.create(stock, { client: { value: { query: disguised } } });
  const result = await once.queryRaw(query);
  const columnTypes = result.columnTypes.map((type, index) =>
    characters.has(index) ? ColumnTypeEnum.Character : type,
  );
  return { ...result, columnTypes };
}
