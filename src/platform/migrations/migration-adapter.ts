/**
 * PrismaPg as the schema engine needs it. The stock adapter serves queries; for migrations it falls short
 * in three places, each mended here.
 */
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
 * With a schema, that is the one which is meant where none is named: to the engine, and to PostgreSQL, where
 * the engine looks for its own table by name alone. RDS Proxy refuses the option: migrations bypass it.
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

/** One session only: the engine's advisory lock belongs to the session that took it. */
function poolOfOne(connection: PoolConfig): Pool {
  const pool = new Pool({ ...connection, max: 1 });
  // Whoever waits for a query learns of the loss by it; without a listener the process would end.
  pool.on('error', () => undefined);
  return pool;
}

/** A database of its own beside the target, dropped afterwards; the stock adapter would use the target. */
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
    // The stock one cuts at every semicolon and runs the pieces one by one: no DO block survives that, and
    // a failure leaves half behind. Sent as one query without values, a script is one transaction.
    executeScript: async (script) => {
      await stock.executeRaw({ sql: script, args: [], argTypes: [] });
    },
    dispose: async () => {
      await stock.dispose();
      await dispose();
    },
  };
}

/** The stock adapter refuses columns of type "char", of which PostgreSQL's own catalogue has several. */
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
  // The same adapter, for this one query over a client that disguises them.
  // oxlint-disable-next-line typescript/no-unsafe-assignment -- Object.create knows no types
  const once: SqlDriverAdapter = Object.create(stock, { client: { value: { query: disguised } } });
  const result = await once.queryRaw(query);
  const columnTypes = result.columnTypes.map((type, index) =>
    characters.has(index) ? ColumnTypeEnum.Character : type,
  );
  return { ...result, columnTypes };
}
