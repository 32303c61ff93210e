import * as z from 'zod';
import type { Database } from '../platform/postgres/postgres.ts';
import { emptyReport, Report } from './report.ts';

export type Mode = 'dry' | 'write';

const Run = z.object({
  startedAt: z.date(),
  /** Whether it began so long ago that rows which it has read may have changed since. */
  isStale: z.boolean(),
  pass: z.int(),
  after: z.string().nullable(),
  total: z.int(),
  report: Report,
  isFinished: z.boolean(),
});

/** How far an import came. */
export type Run = z.output<typeof Run>;

/** A million rows are imported in ten minutes. Whoever comes back after an hour means another import. */
const staleAfterMinutes = 60;

/** An arbitrary number. It must be the same in every release. */
const importLock = 7_303_015;

/**
 * Takes the turn until the transaction ends, or says that another import has it. A lock of a session would not do: a
 * proxy keeps such a session apart from all others.
 */
export async function takeTurn(db: Database): Promise<void> {
  const [turn] = await db.$queryRaw<{ isOurs: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${importLock}::bigint) AS "isOurs"
  `;
  if (turn?.isOurs !== true) {
    throw new Error('Another import is running. Wait until it has ended, then run this again.');
  }
}

export async function findRun(db: Database, mode: Mode): Promise<Run | undefined> {
  const [run] = await db.$queryRaw<unknown[]>`
    SELECT started_at AS "startedAt", started_at < now() - ${staleAfterMinutes}::int * interval '1 minute' AS "isStale",
           pass, after, total, report, finished_at IS NOT NULL AS "isFinished"
    FROM weelo.import_runs WHERE mode = ${mode}
  `;
  return run === undefined ? undefined : Run.parse(run);
}

/** Notes that nothing is done yet of so many rows. */
export async function beginRun(db: Database, mode: Mode, total: number): Promise<void> {
  await db.$executeRaw`
    INSERT INTO weelo.import_runs (mode, total, report)
    VALUES (${mode}, ${total}::int, ${JSON.stringify(emptyReport)}::jsonb)
    ON CONFLICT (mode) DO UPDATE
    SET pass = 0, after = NULL, total = EXCLUDED.total, report = EXCLUDED.report, started_at = now(), finished_at = NULL
  `;
}

export async function saveRun(db: Database, mode: Mode, run: Run): Promise<void> {
  await db.$executeRaw`
    UPDATE weelo.import_runs
    SET pass = ${run.pass}::int, after = ${run.after}, report = ${JSON.stringify(run.report)}::jsonb,
        finished_at = CASE WHEN ${run.isFinished} THEN now() END
    WHERE mode = ${mode}
  `;
}
