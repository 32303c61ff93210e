import { afterAll, describe, expect, test, vi } from 'vitest';
import { openPostgres } from '../../src/platform/postgres/postgres.ts';
import type { PostgresSettings } from '../../src/platform/postgres/postgres.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { keptFor } from '../../src/platform/aws/secrets.ts';
import { freshDatabase } from '../support/engines/database.ts';
import { asMaster } from '../support/engines/database-server.ts';

const database = await freshDatabase();
const { host, port } = database.address;
const facts = { host, port, ...database.master };

function open(change: Partial<PostgresSettings> = {}) {
  const onError = vi.fn<(error: Error) => void>();
  const credentials = vi.fn<PostgresSettings['credentials']>(async () => database.service);
  const postgres = openPostgres({ ...database.address, credentials, onError, ...change });
  afterAll(() => postgres.close());
  return { postgres, onError, credentials };
}

const asMasterHere = (sql: string) =>
  asMaster(facts, database.address.database, (client) => client.query(sql));

describe('openPostgres', () => {
  test('connects with the first use, not before', async () => {
    const { postgres, credentials } = open();
    expect(credentials).not.toHaveBeenCalled();
    await postgres.ping();
    expect(credentials).toHaveBeenCalled();
  });

  test('asks again for credentials that could not be had', async () => {
    const credentials = vi.fn<PostgresSettings['credentials']>(async () => database.service);
    credentials.mockRejectedValueOnce(new Error('secrets are down'));
    const { postgres } = open({ credentials });
    await expect(postgres.ping()).rejects.toThrow('secrets are down');
    await postgres.ping();
  });

  test('finds a rotated password by the login after a refused one', async () => {
    const username = `rotating_${process.pid}`;
    const drop = `DROP ROLE IF EXISTS ${username}`;
    await asMasterHere(`CREATE ROLE ${username} LOGIN PASSWORD 'old'`);
    const secret = { username, password: 'old' };
    const kept = keptFor(300, systemClock, async () => ({ ...secret }));
    const { postgres } = open({ credentials: kept, onLoginFailed: () => kept.forget() });
    await postgres.ping();

    secret.password = 'new';
    await asMasterHere(`ALTER ROLE ${username} PASSWORD 'new'`);
    await asMasterHere(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${username}'`,
    );
    await vi.waitFor(
      () => expect(postgres.ping()).rejects.toThrow('password authentication'),
      10_000,
    );
    await postgres.ping();
    await postgres.close();
    await asMasterHere(drop);
  });

  test.each([
    ['57P01', 'is away', 1],
    ['40001', 'is contended, and is tried four times', 4],
  ])('knows %s at the commit: it %s', async (state, _, tries) => {
    const table = `weelo.refused_${state}`.toLowerCase();
    await asMasterHere(`
      CREATE TABLE ${table} (id int);
      GRANT ALL ON ${table} TO weelo_service;
      CREATE FUNCTION ${table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '${state}'; END $$;
      CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON ${table}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ${table}();
    `);
    let tried = 0;
    const inserting = open().postgres.transaction(async (db) => {
      tried += 1;
      await db.$executeRawUnsafe(`INSERT INTO ${table} VALUES (1)`);
    });
    const error: unknown = await inserting.catch((thrown: unknown) => thrown);
    expect(tried).toBe(tries);
    if (tries === 1) expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  test('survives the loss of its idle connections, and says so', async () => {
    const { postgres, onError } = open();
    await postgres.ping();
    await asMasterHere(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE usename = 'weelo_service' AND datname = current_database()`,
    );
    await vi.waitFor(() => expect(onError).toHaveBeenCalled(), 10_000);
    await postgres.ping();
  });

  test('opens two connections at most', async () => {
    const { postgres } = open();
    const whoami = () =>
      postgres.run(
        (database) =>
          database.$queryRaw<
            [{ pid: number }]
          >`SELECT pg_backend_pid() AS pid, pg_sleep(0.02)::text`,
      );
    const answers = await Promise.all(Array.from({ length: 8 }, whoami));
    expect(new Set(answers.map(([{ pid }]) => pid)).size).toBe(2);
  });

  test('gives up a ping that is not answered', async () => {
    const { postgres } = open({ host: '127.0.0.1', port: 9 });
    await expect(postgres.ping()).rejects.toThrow('ECONNREFUSED');
  });

  test('refuses a server without TLS when told to verify', async () => {
    const { postgres } = open({ tls: 'verify-full' });
    await expect(postgres.ping()).rejects.toThrow('does not support SSL');
  });
});

/** In milliseconds since 1970, as the server has it. */
async function storedInstant(version: string): Promise<number | undefined> {
  const { rows } = await asMaster(facts, database.address.database, (client) =>
    client.query<{ ms: string }>(
      'SELECT extract(epoch FROM migrated_at) * 1000 AS ms FROM weelo.releases WHERE version = $1',
      [version],
    ),
  );
  return rows[0] && Number(rows[0].ms);
}

describe('an instant', () => {
  const instant = new Date('2026-01-02T03:04:05.678Z');
  const store = (version: string, { postgres }: ReturnType<typeof open>) =>
    postgres.run(
      (db) =>
        db.$executeRaw`INSERT INTO weelo.releases (version, migrated_at) VALUES (${version}, ${instant})`,
    );

  test('comes back as it was stored', async () => {
    const opened = open();
    await store('round-trip', opened);
    const stored = await opened.postgres.run(
      (db) => db.$queryRaw`SELECT migrated_at FROM weelo.releases WHERE version = 'round-trip'`,
    );
    expect(stored).toEqual([{ migrated_at: instant }]);
    expect(await storedInstant('round-trip')).toBe(instant.getTime());
  });

  test('would be hours off for a role that has no time zone of its own', async () => {
    await store('elsewhere', open({ credentials: async () => database.master }));
    expect(await storedInstant('elsewhere')).not.toBe(instant.getTime());
  });
});
