import { createHash } from 'node:crypto';
import { canonicalJson } from '../platform/once/canonical-json.ts';
import { columnNames, sql, type Database, type Sql } from '../platform/postgres/postgres.ts';
import { violatedIndex } from '../platform/postgres/postgres-errors.ts';
import type { OurRow, PlacedCandidate } from './decide.ts';
import { Overtaken } from './overtaken.ts';
import type { SourceName } from './source/predecessor.ts';

/** The columns that an import writes, and by which it sees that a row was changed. */
const accountColumns = [
  'phone',
  'name',
  'email',
  'profile_photo',
  'company',
  'gst_number',
  'pan_number',
  'address',
  'city',
  'state',
  'license_number',
  'preferred_language',
  'transporter_id',
];
const vehicleColumns = [
  'transporter_id',
  'number',
  'vehicle_key',
  'vehicle_type',
  'vehicle_subtype',
  'capacity',
  'model',
  'make',
  'year',
  'body_type',
  'fuel_type',
  'status',
  'maintenance_reason',
  'maintenance_end_date',
  'rc_number',
  'rc_expiry',
  'insurance_number',
  'insurance_expiry',
  'permit_number',
  'permit_expiry',
  'fitness_expiry',
  'is_verified',
];
const hashedOfAccount = [...accountColumns, 'role', 'is_suspended'];

type Row = Readonly<Record<string, unknown>>;

/** The same for a row of ours and for a candidate, as long as they say the same. */
export function hashOf(source: SourceName, row: Row): string {
  const columns = source === 'vehicles' ? vehicleColumns : hashedOfAccount;
  const values = Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
  return createHash('sha256').update(canonicalJson(values)).digest('base64url');
}

interface Wanted {
  readonly ids: readonly string[];
  readonly keys: readonly string[];
  /** Whether nobody may change the rows before the transaction ends. */
  readonly isToWrite: boolean;
}

interface FoundRow extends Row {
  readonly id: string;
  readonly key: string;
  readonly transporter_id: string | null;
  readonly role: string | null;
  readonly is_used: boolean;
}

/** Our accounts or vehicles with one of these ids or keys. */
export async function ourRows(
  db: Database,
  source: SourceName,
  wanted: Wanted,
): Promise<readonly OurRow[]> {
  const rows = await db.$queryRaw<FoundRow[]>(
    source === 'vehicles' ? vehiclesWanted(wanted) : accountsWanted(wanted),
  );
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    transporterId: row.transporter_id,
    role: row.role,
    isUsed: row.is_used,
    hash: hashOf(source, row),
  }));
}

/** What an import says of an account that it suspends. Another reason is an operator's. */
const reasonOfImport = 'Not active before the cutover';

/**
 * Logging in is a use: an import must not move or suspend somebody whose sessions it does not end. So is a suspension by
 * an operator, which an import must not lift.
 */
const accountIsUsed = sql`
  EXISTS (SELECT FROM weelo.sessions AS s WHERE s.user_id = u.id)
  OR EXISTS (SELECT FROM weelo.assignments AS a WHERE a.live_driver_id = u.id)
  OR (u.suspended_at IS NOT NULL AND u.suspension_reason IS DISTINCT FROM ${reasonOfImport})
`;
const vehicleIsUsed = sql`EXISTS (SELECT FROM weelo.assignments AS a WHERE a.live_vehicle_id = v.id)`;

function accountsWanted({ ids, keys, isToWrite }: Wanted): Sql {
  return sql`
    SELECT u.*, u.role::text AS role, u.phone || ':' || u.role AS key, u.suspended_at IS NOT NULL AS is_suspended,
           ${accountIsUsed} AS is_used
    FROM weelo.users AS u
    WHERE u.id IN (
      SELECT id FROM weelo.users WHERE id = ANY (${[...ids]}::uuid[])
      UNION
      SELECT f.id FROM unnest(${[...keys]}::text[]) AS k (key)
      JOIN weelo.users AS f
        ON f.phone = split_part(k.key, ':', 1) AND f.role = split_part(k.key, ':', 2)::weelo.role
    )
    ${isToWrite ? sql`FOR UPDATE OF u` : sql``}
  `;
}

function vehiclesWanted({ ids, keys, isToWrite }: Wanted): Sql {
  return sql`
    SELECT v.*, v.status::text AS status, v.number AS key, NULL AS role,
           ${vehicleIsUsed} AS is_used
    FROM weelo.vehicles AS v
    WHERE v.id IN (
      SELECT id FROM weelo.vehicles WHERE id = ANY (${[...ids]}::uuid[])
      UNION
      SELECT id FROM weelo.vehicles WHERE number = ANY (${[...keys]}::text[])
    )
    ${isToWrite ? sql`FOR UPDATE OF v` : sql``}
  `;
}

/** A candidate as a record of our table. A reason of suspension says that the account is suspended. */
function recordOf(id: string, candidate: PlacedCandidate): Row {
  const { values, transporterId, createdAt } = candidate;
  const suspension_reason = values['is_suspended'] === true ? reasonOfImport : null;
  return { ...values, id, transporter_id: transporterId, created_at: createdAt, suspension_reason };
}

export interface Written {
  readonly id: string;
  readonly candidate: PlacedCandidate;
}

/** Answers how many were new. Another number than was asked for says that somebody was faster. */
export async function insertOurs(
  db: Database,
  source: SourceName,
  written: readonly Written[],
): Promise<number> {
  const records = JSON.stringify(written.map(({ id, candidate }) => recordOf(id, candidate)));
  // A customer's and a transporter's account is only there because they logged in to it with a code.
  return source === 'vehicles'
    ? db.$executeRaw(sql`
        INSERT INTO weelo.vehicles (id, created_at, ${list(vehicleColumns)})
        SELECT id, LEAST(COALESCE(created_at, now()), now()), ${list(vehicleColumns)}
        FROM jsonb_populate_recordset(NULL::weelo.vehicles, ${records}::jsonb)
        ON CONFLICT DO NOTHING
      `)
    : db.$executeRaw(sql`
        INSERT INTO weelo.users (
          id, role, created_at, verified_at, suspended_at, suspension_reason, ${list(accountColumns)}
        )
        SELECT id, role, at, CASE WHEN role <> 'driver' THEN at END,
               CASE WHEN suspension_reason IS NOT NULL THEN now() END, suspension_reason, ${list(accountColumns)}
        FROM jsonb_populate_recordset(NULL::weelo.users, ${records}::jsonb)
        CROSS JOIN LATERAL (SELECT LEAST(COALESCE(created_at, now()), now()) AS at) AS made
        ON CONFLICT DO NOTHING
      `);
}

/** Answers how many are still as they were decided on: nobody logged in, and no trip began, since they were read. */
export async function updateOurs(
  db: Database,
  source: SourceName,
  written: readonly Written[],
): Promise<number> {
  try {
    return await updated(db, source, written);
  } catch (error) {
    if (violatedIndex(error) === undefined) throw error;
    throw new Overtaken({ cause: error });
  }
}

async function updated(
  db: Database,
  source: SourceName,
  written: readonly Written[],
): Promise<number> {
  const records = JSON.stringify(written.map(({ id, candidate }) => recordOf(id, candidate)));
  return source === 'vehicles'
    ? db.$executeRaw(sql`
        UPDATE weelo.vehicles AS v
        SET (updated_at, last_status_change, ${list(vehicleColumns)}) = ROW (
          now(), CASE WHEN n.status = v.status THEN v.last_status_change ELSE now() END, ${list(vehicleColumns, 'n.')}
        )
        FROM jsonb_populate_recordset(NULL::weelo.vehicles, ${records}::jsonb) AS n
        WHERE v.id = n.id AND NOT (${vehicleIsUsed})
      `)
    : db.$executeRaw(sql`
        UPDATE weelo.users AS u
        SET (updated_at, suspended_at, suspension_reason, ${list(accountColumns)}) = ROW (
          now(), CASE WHEN n.suspension_reason IS NOT NULL THEN COALESCE(u.suspended_at, now()) END,
          n.suspension_reason, ${list(accountColumns, 'n.')}
        )
        FROM jsonb_populate_recordset(NULL::weelo.users, ${records}::jsonb) AS n
        WHERE u.id = n.id AND NOT (${accountIsUsed})
      `);
}

function list(columns: readonly string[], prefix = ''): Sql {
  return columnNames(Object.fromEntries(columns.map((column) => [`${prefix}${column}`, true])));
}
