import { quotedName, sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';
import type { ColumnFacts, FoundTable } from './found-tables.ts';
import { predecessorSchema } from './predecessor.ts';

/** A row of the predecessor's. A field whose column was not found is missing. */
export interface SourceRow {
  readonly sourceId: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * The columns of all tables of the predecessor's. It asks the catalogue, and not information_schema, which does not
 * show what we may not read: that a right is missing would look as if the table were.
 */
export async function columnsOfPredecessor(db: Database): Promise<readonly ColumnFacts[]> {
  return db.$queryRaw<ColumnFacts[]>`
    SELECT c.relname::text AS "table", a.attname::text AS "column", format_type(a.atttypid, NULL) AS type,
           has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT') AS "isReadable",
           a.attnotnull AND EXISTS (
             SELECT FROM pg_index AS i
             WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1
               AND i.indkey[0] = a.attnum AND i.indpred IS NULL
           ) AS "isUnique"
    FROM pg_namespace AS n
    JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname = ${predecessorSchema}
    ORDER BY c.relname, a.attnum
  `;
}

export async function countRows(db: Database, table: FoundTable): Promise<number> {
  const [counted] = await db.$queryRaw<{ rows: number }[]>(
    sql`SELECT count(*)::int AS rows FROM ${nameOf(table)}`,
  );
  return counted?.rows ?? 0;
}

interface Page {
  readonly table: FoundTable;
  /** The last id of the page before, or null for the first page. */
  readonly after: string | null;
  readonly most: number;
  /** Default: all that were found. */
  readonly fields?: readonly string[];
}

/** The next rows, in the order of their ids. */
export async function readPage(
  db: Database,
  { table, after, most, fields = Object.keys(table.columns) }: Page,
): Promise<readonly SourceRow[]> {
  const id = sql`t.${quotedName(table.id.column)}`;
  const behind = after === null ? sql`true` : sql`${id} > ${after}::${types[table.id.type]}`;
  return db.$queryRaw<SourceRow[]>(sql`
    SELECT ${id}::text AS "sourceId", ${objectOf(table, fields)} AS fields
    FROM ${nameOf(table)} AS t WHERE ${behind} ORDER BY ${id} LIMIT ${most}::int
  `);
}

/** The rows that were imported from a table and are in it no more. */
export async function goneFrom(
  db: Database,
  table: FoundTable,
  most: number,
): Promise<{ readonly count: number; readonly examples: readonly string[] }> {
  const [gone] = await db.$queryRaw<{ count: number; examples: string[] | null }[]>(sql`
    SELECT count(*)::int AS count, (array_agg(i.source_id ORDER BY i.source_id))[1:${most}::int] AS examples
    FROM weelo.imported AS i
    WHERE i.source = ${table.source}
      AND NOT EXISTS (SELECT FROM ${nameOf(table)} AS t WHERE t.${quotedName(table.id.column)}::text = i.source_id)
  `);
  return { count: gone?.count ?? 0, examples: gone?.examples ?? [] };
}

const types = {
  uuid: sql`uuid`,
  text: sql`text`,
  'character varying': sql`text`,
  integer: sql`integer`,
  bigint: sql`bigint`,
} as const satisfies Record<FoundTable['id']['type'], Sql>;

function nameOf({ table }: FoundTable): Sql {
  return sql`${quotedName(predecessorSchema)}.${quotedName(table)}`;
}

function objectOf({ columns }: FoundTable, fields: readonly string[]): Sql {
  const pairs = fields.flatMap((field) => {
    const column = columns[field];
    return column === undefined ? [] : [sql`${field}::text, t.${quotedName(column)}`];
  });
  const [first, ...rest] = pairs;
  if (!first) return sql`'{}'::jsonb`;
  return sql`jsonb_build_object(${rest.reduce((all, pair) => sql`${all}, ${pair}`, first)})`;
}
