import { logger } from '../platform/logs/observability.ts';
import type { Database, Postgres } from '../platform/postgres/postgres.ts';
import { takeCensus, type Census } from './census.ts';
import { importRows, passes } from './import-batch.ts';
import { Overtaken } from './overtaken.ts';
import { shownId } from './mapping/shown.ts';
import { counted, reportView, rowsIn } from './report.ts';
import { beginRun, findRun, saveRun, takeTurn, type Mode, type Run } from './run-store.ts';
import { findTables, type FoundTable, type Inspection } from './source/found-tables.ts';
import { columnsOfPredecessor, countRows, goneFrom, readPage } from './source/predecessor-store.ts';
import { mostExamples } from './report.ts';

interface Input {
  /** Without it, the import only says what it would do. */
  readonly write: boolean;
  /** Begins again, although the last run of this kind is not finished. */
  readonly restart: boolean;
  /** How many examples of each reason are shown. */
  readonly examples: number;
}

interface Deps {
  readonly postgres: Postgres;
  /** After this time no further batch is begun. */
  readonly timeLeftMs: () => number;
  /** How many rows are imported in one transaction. */
  readonly batchSize?: number;
}

/**
 * Imports accounts and vehicles from the predecessor's tables in the same database. Each batch is one transaction with
 * the note of how far the import came, so an import that was killed goes on where it stopped, and counts no row twice.
 */
export async function importPredecessor({ write, restart, examples }: Input, deps: Deps) {
  const { postgres, timeLeftMs } = deps;
  const mode = write ? 'write' : 'dry';
  const inspection = findTables(await postgres.run(columnsOfPredecessor));
  if (inspection.missing.length > 0) {
    throw new Error(`Nothing was imported. ${inspection.missing.join(' ')}`);
  }
  await postgres.transaction((db) => openRun(db, mode, restart, inspection.tables));
  const census = await takeCensus(inspection.tables, postgres);
  let run: Run;
  do {
    run = await nextBatch(mode, census, inspection, deps);
  } while (!run.isFinished && timeLeftMs() > 0);
  const done = rowsIn(run.report);
  logger.info('Imported from the predecessor', { mode, done, of: run.total });
  return {
    run: write ? 'written' : 'dry run: nothing was written',
    startedAt: run.startedAt.toISOString(),
    done,
    of: run.total,
    isFinished: run.isFinished,
    next: nextStep(run, write),
    ...reportView(run.report, inspection, { examples }),
  };
}

async function openRun(
  db: Database,
  mode: Mode,
  isRestart: boolean,
  tables: readonly FoundTable[],
): Promise<void> {
  await takeTurn(db);
  const last = await findRun(db, mode);
  if (last && !last.isFinished && !isRestart) return refuseStale(last);
  let total = 0;
  for (const table of tables) total += await countRows(db, table);
  await beginRun(db, mode, total);
}

/** A run that goes on does not read again what it has read: what changed there meanwhile would be left out unsaid. */
function refuseStale({ isStale, startedAt }: Run): void {
  if (!isStale) return;
  throw new Error(
    `Nothing was done. The last run began at ${startedAt.toISOString()} and has not finished: what changed there ` +
      'since would be left out. Begin again, with "restart": true.',
  );
}

/** Long enough for a network, short enough for a transaction of eight seconds. */
const usualBatchSize = 500;
const mostTries = 3;

async function nextBatch(
  mode: Mode,
  census: Census,
  { tables }: Inspection,
  { postgres, batchSize = usualBatchSize }: Deps,
): Promise<Run> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await postgres.transaction(async (db) => {
        await takeTurn(db);
        const run = await findRun(db, mode);
        if (!run) throw new Error('The note of how far this import came is gone: run it again.');
        // Another import, which took turns with this one, did the rest.
        if (run.isFinished) return run;
        const next = await advance(run, {
          db,
          census,
          isToWrite: mode === 'write',
          tables,
          batchSize,
        });
        await saveRun(db, mode, next);
        return next;
      });
    } catch (error) {
      if (!(error instanceof Overtaken) || tries === mostTries) throw error;
    }
  }
}

interface Batch {
  readonly db: Database;
  readonly census: Census;
  readonly isToWrite: boolean;
  readonly tables: readonly FoundTable[];
  readonly batchSize: number;
}

/** The run after its next batch. */
async function advance(run: Run, { tables, batchSize, ...deps }: Batch): Promise<Run> {
  const { db } = deps;
  const pass = passes[run.pass];
  if (!pass)
    return { ...run, isFinished: true, report: { ...run.report, gone: await gone(db, tables) } };
  const table = tables.find(({ source }) => source === pass.source);
  const rows = table ? await readPage(db, { table, after: run.after, most: batchSize }) : [];
  const outcomes = await importRows(pass, rows, deps);
  const { section } = pass;
  const report = { ...run.report, [section]: counted(run.report[section], outcomes) };
  const last = rows.at(-1);
  return last && rows.length === batchSize
    ? { ...run, report, after: last.sourceId }
    : { ...run, report, pass: run.pass + 1, after: null };
}

async function gone(db: Database, tables: readonly FoundTable[]) {
  const tallies: Run['report']['gone'] = {};
  for (const table of tables) {
    const { count, examples } = await goneFrom(db, table, mostExamples);
    if (count > 0) tallies[table.source] = { count, examples: examples.map(shownId) };
  }
  return tallies;
}

function nextStep({ report, total, isFinished }: Run, write: boolean): string {
  const figures = `${rowsIn(report).toLocaleString('en-IN')} of ${total.toLocaleString('en-IN')}`;
  if (!isFinished) return `Run it again: ${figures} rows are done.`;
  return write
    ? 'It is finished. A further run imports what changes there from now on.'
    : 'It is finished. Have what is refused corrected, then run it with "write": true.';
}
