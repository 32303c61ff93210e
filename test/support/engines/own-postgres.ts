import { startPostgres } from 'local-cloud/engines';
import { asMaster, createDatabase, migrate } from './database-server.ts';

/** A PostgreSQL that nobody else uses, with a migrated database: it may be frozen, and may crash. */
export async function startOwnPostgres() {
  const { stop, host, port, username, password } = await startPostgres();
  const facts = { host, port, username, password };
  const database = 'weelo_faults';
  await createDatabase(facts, database, 'template0');
  await migrate(facts, database);
  const sql = <Row = Record<string, unknown>>(text: string, values: unknown[] = []) =>
    asMaster(facts, database, async (client) => {
      const { rows } = await client.query<Row & object>(text, values);
      return rows;
    });
  // What it has committed it must have after a crash, too. Tests do without elsewhere.
  await sql(`ALTER DATABASE ${database} SET synchronous_commit = on`);

  /** The processes that serve the functions. */
  const backends = async () => {
    const rows = await sql<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = $1 AND usename = 'weelo_service'`,
      [database],
    );
    return rows.map(({ pid }) => pid);
  };
  const signal = (pids: readonly number[], name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') => {
    for (const pid of pids) {
      try {
        process.kill(pid, name);
      } catch (error) {
        // It has ended since it was listed: its client has closed the connection.
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    }
  };
  return {
    port,
    database,
    sql,
    stop,
    /** Nobody who is connected hears of it again, until it is thawed. */
    freeze: async () => {
      const frozen = await backends();
      signal(frozen, 'SIGSTOP');
      return { thaw: () => signal(frozen, 'SIGCONT') };
    },
    /** As it does when it is shut down: a word to everyone, and they are out. */
    throwOut: () =>
      sql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = $1 AND usename = 'weelo_service'`,
        [database],
      ),
    /** One process that is killed is enough: the server throws everyone out, recovers, and is back. */
    crash: async () => signal(await backends(), 'SIGKILL'),
    isBack: async () => {
      try {
        await sql('SELECT 1');
        return true;
      } catch {
        return false;
      }
    },
  };
}
