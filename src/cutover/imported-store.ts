import type { Database } from '../platform/postgres/postgres.ts';
import type { Written } from './ours-store.ts';
import type { SourceName } from './source/predecessor.ts';

/** Our ids of these transporters, by the predecessor's. */
export async function importedTransporters(
  db: Database,
  sourceIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await db.$queryRaw<{ sourceId: string; id: string }[]>`
    SELECT i.source_id AS "sourceId", u.id
    FROM weelo.imported AS i JOIN weelo.users AS u ON u.id = i.id AND u.role = 'transporter'
    WHERE i.source = 'users' AND i.source_id = ANY (${[...sourceIds]}::text[])
  `;
  return new Map(found.map(({ sourceId, id }) => [sourceId, id]));
}

export interface ImportedRow {
  readonly sourceId: string;
  readonly id: string;
  readonly hash: string;
}

export async function importedRows(
  db: Database,
  source: SourceName,
  sourceIds: readonly string[],
): Promise<ReadonlyMap<string, ImportedRow>> {
  const found = await db.$queryRaw<ImportedRow[]>`
    SELECT source_id AS "sourceId", id, hash FROM weelo.imported
    WHERE source = ${source} AND source_id = ANY (${[...sourceIds]}::text[])
  `;
  return new Map(found.map((row) => [row.sourceId, row]));
}

export async function noteImported(
  db: Database,
  source: SourceName,
  written: readonly Written[],
): Promise<void> {
  const records = written.map(({ id, candidate: { sourceId, hash } }) => ({
    source_id: sourceId,
    id,
    hash,
  }));
  await db.$executeRaw`
    INSERT INTO weelo.imported (source, source_id, id, hash)
    SELECT ${source}, source_id, id, hash
    FROM jsonb_populate_recordset(NULL::weelo.imported, ${JSON.stringify(records)}::jsonb)
    ON CONFLICT (source, source_id) DO UPDATE
    SET id = EXCLUDED.id, hash = EXCLUDED.hash, imported_at = now()
  `;
}
