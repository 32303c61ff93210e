import type { Database } from './postgres.ts';

/** Who has connections to the database, and what they do. */
interface Connections {
  readonly user: string;
  readonly application: string;
  readonly state: string;
  readonly connections: number;
}

/** A connection in a transaction or a statement. A statement's values are parameters, so its text has none. */
interface Busy {
  readonly pid: number;
  readonly user: string;
  readonly state: string;
  /** Since its transaction began. */
  readonly seconds: number;
  /** What it waits for, such as `Lock`. */
  readonly waitsFor: string | null;
  /** Those that it waits for a lock of. */
  readonly blockedBy: readonly number[];
  readonly statement: string;
}

/** What the database does at this moment. A role sees the statements of its own connections alone. */
export async function showActivity(
  db: Database,
): Promise<{ readonly connections: readonly Connections[]; readonly longest: readonly Busy[] }> {
  const connections = await db.$queryRaw<Connections[]>`
    SELECT usename AS "user", application_name AS application, COALESCE(state, '') AS state, count(*)::int AS connections
    FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = current_database()
    GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT 50
  `;
  const longest = await db.$queryRaw<Busy[]>`
    SELECT pid, usename AS "user", COALESCE(state, '') AS state,
           extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds,
           wait_event_type AS "waitsFor", pg_blocking_pids(pid) AS "blockedBy", left(query, 300) AS statement
    FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND datname = current_database()
      AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
    ORDER BY xact_start LIMIT 20
  `;
  return { connections, longest };
}

/** Ends a connection of our own role, and what it does is rolled back. False: there is none with this pid. */
export async function endConnection(db: Database, pid: number): Promise<boolean> {
  const [ended] = await db.$queryRaw<{ ended: boolean }[]>`
    SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
    WHERE pid = ${pid}::int AND usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()
  `;
  return ended?.ended ?? false;
}
