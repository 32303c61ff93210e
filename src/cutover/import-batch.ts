import type { Database } from '../platform/postgres/postgres.ts';
import type { Census } from './census.ts';
import { decide, type Decision, type PlacedCandidate } from './decide.ts';
import { mapAccount, roleOf, keyOfAccount } from './mapping/map-account.ts';
import { mapVehicle } from './mapping/map-vehicle.ts';
import type { Candidate, Finding, RefusalReason, Refusal } from './mapping/candidate.ts';
import { importedRows, importedTransporters, noteImported } from './imported-store.ts';
import { Overtaken } from './overtaken.ts';
import { hashOf, insertOurs, ourRows, updateOurs, type Written } from './ours-store.ts';
import type { Outcome, SectionName } from './report.ts';
import type { SourceRow } from './source/predecessor-store.ts';
import type { SourceName } from './source/predecessor.ts';

/** One reading of a table. Transporters come before the drivers and vehicles that refer to them. */
export interface Pass {
  readonly source: SourceName;
  readonly section: SectionName;
}

export const passes = [
  { source: 'users', section: 'accounts' },
  { source: 'users', section: 'drivers' },
  { source: 'drivers', section: 'drivers' },
  { source: 'vehicles', section: 'vehicles' },
] as const satisfies readonly Pass[];

interface Deps {
  readonly db: Database;
  readonly census: Census;
  readonly isToWrite: boolean;
}

/** Imports some rows, in the caller's transaction, and says what became of each. A dry run decides, and writes nothing. */
export async function importRows(
  { source, section }: Pass,
  rows: readonly SourceRow[],
  deps: Deps,
): Promise<readonly Outcome[]> {
  const mapped = rows
    .filter((row) => isOf(section, source, row))
    .map((row) => checked(mapRow(source, row), deps.census));
  const refused = mapped.flatMap((each) =>
    'refused' in each ? [refusedOutcome(each.refused)] : [],
  );
  const candidates = mapped.flatMap((each) => ('refused' in each ? [] : [each]));
  const transporters = await transportersOf(candidates, deps);
  const placed = candidates.map((candidate) => place(candidate, transporters));
  const homeless = placed.flatMap((each) =>
    'refused' in each ? [refusedOutcome(each.refused)] : [],
  );
  const decided = await decideAll(
    source,
    placed.flatMap((each) => ('refused' in each ? [] : [each])),
    deps,
  );
  if (deps.isToWrite) await write(source, decided, deps.db);
  const told = decided.map(({ candidate, decision }) =>
    outcomeOf(candidate, decision, deps.census),
  );
  return [...refused, ...homeless, ...told];
}

/** Accounts and drivers may stand in one table: each row belongs to one of the two passes over it. */
function isOf(section: SectionName, source: SourceName, row: SourceRow): boolean {
  if (source === 'vehicles') return true;
  return (roleOf(source, row) === 'driver') === (section === 'drivers');
}

function mapRow(source: SourceName, row: SourceRow): Candidate | Refusal {
  return source === 'vehicles' ? mapVehicle(row) : mapAccount(source, row);
}

function checked(mapped: Candidate | Refusal, census: Census): Candidate | Refusal {
  if ('refused' in mapped) return mapped;
  const twice = census.twiceIn(mapped);
  if (twice === undefined) return mapped;
  const ofKey = mapped.source === 'vehicles' ? 'number-twice' : 'phone-twice';
  return { refused: { reason: twice === 'id' ? 'id-twice' : ofKey, example: mapped.example } };
}

type Transporters = ReadonlyMap<string, string>;

/**
 * Our ids of the transporters that candidates refer to. In a dry run they are not imported yet: then it is the id of
 * the account that the phone has here already, or else the one that will be made.
 */
async function transportersOf(
  candidates: readonly Candidate[],
  { db, census, isToWrite }: Deps,
): Promise<Transporters> {
  const wanted = new Set(
    candidates.flatMap(({ fleetOf }) => (fleetOf === undefined ? [] : [fleetOf])),
  );
  const imported = await importedTransporters(db, [...wanted]);
  if (isToWrite) return imported;
  const coming = [...wanted].flatMap((sourceId) => {
    const account = imported.has(sourceId) ? undefined : census.transporter(sourceId);
    return account
      ? [{ sourceId, ...account, key: keyOfAccount(account.phone, 'transporter') }]
      : [];
  });
  const keys = coming.map(({ key }) => key);
  const here = await ourRows(db, 'users', { ids: [], keys, isToWrite });
  const idByKey = new Map(here.map(({ key, id }) => [key, id]));
  const made = coming.map(({ sourceId, id, key }) => [sourceId, idByKey.get(key) ?? id] as const);
  return new Map([...imported, ...made]);
}

function place(candidate: Candidate, transporters: Transporters): PlacedCandidate | Refusal {
  const { fleetOf, source, values, example } = candidate;
  const transporterId = fleetOf === undefined ? null : transporters.get(fleetOf);
  if (transporterId === undefined)
    return { refused: { reason: 'transporter-not-imported', example } };
  const hash = hashOf(source, { ...values, transporter_id: transporterId });
  return { ...candidate, transporterId, hash };
}

interface Decided {
  readonly candidate: PlacedCandidate;
  readonly decision: Decision;
}

async function decideAll(
  source: SourceName,
  candidates: readonly PlacedCandidate[],
  { db, isToWrite }: Deps,
): Promise<readonly Decided[]> {
  const imported = await importedRows(
    db,
    source,
    candidates.map(({ sourceId }) => sourceId),
  );
  const ids = [...imported.values(), ...candidates].map(({ id }) => id);
  const keys = candidates.map(({ key }) => key);
  const ours = await ourRows(db, source, { ids, keys, isToWrite });
  const byId = new Map(ours.map((row) => [row.id, row]));
  const byKey = new Map(ours.map((row) => [row.key, row]));
  return candidates.map((candidate) => ({
    candidate,
    decision: decide(candidate, {
      imported: imported.get(candidate.sourceId),
      byId: (id) => byId.get(id),
      byKey: (key) => byKey.get(key),
    }),
  }));
}

async function write(source: SourceName, decided: readonly Decided[], db: Database): Promise<void> {
  const added: Written[] = [];
  const changed: Written[] = [];
  const linked: Written[] = [];
  for (const { candidate, decision } of decided) {
    if (decision.did === 'new') added.push({ id: candidate.id, candidate });
    if (decision.did === 'changed') changed.push({ id: decision.id, candidate });
    if (decision.did === 'kept' && decision.link !== undefined) {
      linked.push({ id: decision.link, candidate });
    }
  }
  if (added.length > 0 && (await insertOurs(db, source, added)) < added.length)
    throw new Overtaken();
  if (changed.length > 0 && (await updateOurs(db, source, changed)) < changed.length)
    throw new Overtaken();
  const all = [...added, ...changed, ...linked];
  if (all.length > 0) await noteImported(db, source, all);
}

function refusedOutcome({ reason, example }: Finding<RefusalReason>): Outcome {
  return { decision: { did: 'refused', reason }, example, leftOut: [], notes: [] };
}

function outcomeOf(candidate: PlacedCandidate, decision: Decision, census: Census): Outcome {
  const { example, leftOut } = candidate;
  const others = census.otherRolesOf(candidate);
  const several = others.length > 0 ? [{ reason: 'phone-in-several-roles', example }] : [];
  return { decision, example, leftOut, notes: [...candidate.notes, ...several] };
}
