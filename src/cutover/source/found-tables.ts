import {
  predecessor,
  predecessorSchema,
  sourceNames,
  type ExpectedTable,
  type SourceName,
} from './predecessor.ts';

/** A column of the predecessor's, as PostgreSQL knows it. */
export interface ColumnFacts {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  /** Whether we may read it. */
  readonly isReadable: boolean;
  /** Whether no two rows have the same value in it, and none has nothing. */
  readonly isUnique: boolean;
}

/** A table of the predecessor's that is imported from. */
export interface FoundTable {
  readonly source: SourceName;
  readonly table: string;
  readonly id: { readonly column: string; readonly type: IdType };
  /** By field: the column that it is read from. */
  readonly columns: Readonly<Record<string, string>>;
  readonly ignored: readonly string[];
}

/** The types by which a table is read in order. */
const idTypes = ['uuid', 'text', 'character varying', 'integer', 'bigint'] as const;
type IdType = (typeof idTypes)[number];

export interface Inspection {
  readonly tables: readonly FoundTable[];
  readonly otherTables: readonly string[];
  /** Sentences that say what is missing. While there are any, nothing is imported. */
  readonly missing: readonly string[];
}

/** Compares what there is with what is expected. */
export function findTables(facts: readonly ColumnFacts[]): Inspection {
  const byTable = Map.groupBy(facts, ({ table }) => table);
  const looks = sourceNames.map((source) => lookFor(source, byTable));
  const tables = looks.flatMap(({ found }) => (found ? [found] : []));
  const missing = looks.flatMap((look) => look.missing);
  const taken = new Set(tables.map(({ table }) => table));
  return { tables, missing, otherTables: [...byTable.keys()].filter((name) => !taken.has(name)) };
}

interface Look {
  readonly found?: FoundTable;
  readonly missing: readonly string[];
}

type Tables = ReadonlyMap<string, readonly ColumnFacts[]>;

function lookFor(source: SourceName, tables: Tables): Look {
  const expected: ExpectedTable = predecessor[source];
  const names = expected.names.map(plain);
  const [table, ...more] = [...tables.keys()].filter((name) => names.includes(plain(name)));
  const lookedFor = `Looked for ${expected.names.join(', ')}.`;
  if (table === undefined) {
    const sentence = `The schema ${predecessorSchema} has no table of ${source}. ${lookedFor}`;
    return { missing: expected.isNeeded ? [sentence] : [] };
  }
  if (more.length > 0) {
    const all = [table, ...more].map(inSchema).join(', ');
    return { missing: [`Several tables could be those of ${source}: ${all}.`] };
  }
  return lookInto(source, table, tables.get(table) ?? []);
}

function lookInto(source: SourceName, table: string, facts: readonly ColumnFacts[]): Look {
  const expected: ExpectedTable = predecessor[source];
  const fields = Object.entries(expected.fields).map(([field, { columns, isNeeded }]) => ({
    field,
    isNeeded,
    lookedFor: columns,
    fact: columns.map((column) => facts.find((each) => isCalled(each, column))).find(Boolean),
  }));
  const read = fields.flatMap(({ field, fact }) => (fact ? [{ field, fact }] : []));
  const absent = fields
    .filter(({ fact, isNeeded }) => isNeeded && !fact)
    .map(({ field, lookedFor }) => {
      const names = lookedFor.join(', ');
      return `${inSchema(table)} has no column for ${field}. Looked for ${names}.`;
    });
  const secret = read.filter(({ fact }) => !fact.isReadable);
  const locked = secret.length === 0 ? [] : [grantFor(table, read)];
  const id = read.find(({ field }) => field === 'id')?.fact;
  const type = idTypes.find((known) => known === id?.type);
  const unusable = id && (!type || !id.isUnique) ? [unusableId(table, id)] : [];
  const missing = [...absent, ...locked, ...unusable];
  if (missing.length > 0 || !id || !type) return { missing };
  const columns = Object.fromEntries(read.map(({ field, fact }) => [field, fact.column]));
  const used = new Set(Object.values(columns));
  const ignored = facts.map(({ column }) => column).filter((column) => !used.has(column));
  return {
    found: { source, table, id: { column: id.column, type }, columns, ignored },
    missing: [],
  };
}

/** The columns that are read, and no others: the predecessor's tables may have passwords. */
function grantFor(table: string, read: readonly { readonly fact: ColumnFacts }[]): string {
  const columns = [...new Set(read.map(({ fact }) => `"${fact.column}"`))].join(', ');
  const grant = `GRANT SELECT (${columns}) ON ${inSchema(table)} TO weelo_service;`;
  return `We may not read all of ${inSchema(table)}. As its owner: ${grant}`;
}

function unusableId(table: string, { column, type, isUnique }: ColumnFacts): string {
  const fault = isUnique ? `is of the type ${type}` : 'has no unique index, or may be null';
  return `${inSchema(table)} cannot be read in order: "${column}" ${fault}.`;
}

function isCalled({ column }: ColumnFacts, name: string): boolean {
  return plain(column) === plain(name);
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

function inSchema(table: string): string {
  return `${predecessorSchema}."${table}"`;
}
