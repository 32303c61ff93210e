import type { Postgres } from '../platform/postgres/postgres.ts';
import type { Role } from '../contract/wire.ts';
import { roles } from '../contract/wire.ts';
import {
  accountKey,
  keyFieldsOfAccount,
  keyOfAccount,
  type AccountKey,
} from './mapping/map-account.ts';
import { idHere } from './mapping/fields.ts';
import { keyFieldsOfVehicle, vehicleNumber } from './mapping/map-vehicle.ts';
import type { Candidate } from './mapping/candidate.ts';
import type { FoundTable } from './source/found-tables.ts';
import { readPage, type SourceRow } from './source/predecessor-store.ts';

/**
 * Who claims what in all of the predecessor's rows. Which of two rows with the same number is right, nobody can tell
 * from here, so neither is imported. It is taken before the first batch: what becomes of a row does not depend on the
 * order in which rows are read, nor on whether anything is written.
 */
export interface Census {
  /** Whether another row has the same key, or would have the same id. */
  twiceIn(candidate: Candidate): 'key' | 'id' | undefined;
  /** The other roles that a phone has. */
  otherRolesOf(candidate: Candidate): readonly Role[];
  /** The account that will be made of a row of `users`, if it is a transporter's. */
  transporter(sourceId: string): Pick<AccountKey, 'id' | 'phone'> | undefined;
}

const pageSize = 5000;

export async function takeCensus(
  tables: readonly FoundTable[],
  postgres: Postgres,
): Promise<Census> {
  const claims = new Map<string, number>();
  const claim = (what: string) => claims.set(what, (claims.get(what) ?? 0) + 1);
  const transporters = new Map<string, AccountKey>();
  for (const table of tables) {
    const { source } = table;
    const fields = source === 'vehicles' ? keyFieldsOfVehicle : keyFieldsOfAccount;
    for await (const row of rowsOf(table, fields, postgres)) {
      if (source === 'vehicles') {
        const numbered = vehicleNumber(row);
        if ('number' in numbered) claim(keyClaim('vehicles', numbered.number));
        claim(idClaim('vehicles', idHere(source, row.sourceId)));
        continue;
      }
      const account = accountKey(source, row);
      if ('refused' in account) continue;
      claim(keyClaim(source, account.key));
      claim(idClaim(source, account.id));
      if (account.role === 'transporter') transporters.set(row.sourceId, account);
    }
  }
  const isTwice = (what: string) => (claims.get(what) ?? 0) > 1;
  return {
    twiceIn: ({ source, key, id }) => {
      if (isTwice(keyClaim(source, key))) return 'key';
      return isTwice(idClaim(source, id)) ? 'id' : undefined;
    },
    otherRolesOf: ({ source, key, values }) =>
      roles.filter((role) => {
        const other = keyOfAccount(String(values['phone']), role);
        return source !== 'vehicles' && other !== key && claims.has(keyClaim(source, other));
      }),
    transporter: (sourceId) => {
      const account = transporters.get(sourceId);
      if (!account || isTwice(keyClaim('users', account.key))) return undefined;
      return isTwice(idClaim('users', account.id)) ? undefined : account;
    },
  };
}

async function* rowsOf(
  table: FoundTable,
  fields: readonly string[],
  postgres: Postgres,
): AsyncGenerator<SourceRow> {
  let after: string | null = null;
  for (;;) {
    const page: Parameters<typeof readPage>[1] = { table, after, most: pageSize, fields };
    const rows = await postgres.run((db) => readPage(db, page));
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return;
    after = last.sourceId;
  }
}

/** Users and drivers share a table here. */
function keyClaim(source: Candidate['source'], key: string): string {
  return source === 'vehicles' ? `vehicle ${key}` : `account ${key}`;
}

function idClaim(source: Candidate['source'], id: string): string {
  return source === 'vehicles' ? `vehicle's id ${id}` : `account's id ${id}`;
}
