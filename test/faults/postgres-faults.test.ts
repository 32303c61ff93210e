import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgres, type Database } from '../../src/platform/postgres/postgres.ts';
import { asMaster } from '../support/engines/database-server.ts';
import { freshDatabase } from '../support/engines/database.ts';
import { openDoor, type Door } from '../support/faults/door.ts';

const database = await freshDatabase();
const { host, port } = database.address;
const facts = { host, port, ...database.master };
const answerMs = 1500;

let door: Door;
beforeAll(async () => {
  door = await openDoor(database.address.port);
});
afterAll(() => door.shut());

/** Connected through the door that `door.strand()` makes a lost host of. */
function open() {
  const postgres = openPostgres({
    ...database.address,
    host: '127.0.0.1',
    port: door.port,
    credentials: async () => database.service,
    onError: () => undefined,
    patience: { answerMs },
  });
  afterAll(() => postgres.close());
  return postgres;
}

/** The server's process behind a connection. */
async function backend(db: Database): Promise<number | undefined> {
  const [row] = await db.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  return row?.pid;
}

/** One time-out is waited for, and not a second one behind it. */
async function expectGivenUpOnce(asking: Promise<unknown>) {
  const start = performance.now();
  await expect(asking).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(performance.now() - start).toBeLessThan(2 * answerMs);
}

/** As many transactions at once as the pool has connections: none of them is a dead one, and none is missing. */
async function expectWholePool(postgres: ReturnType<typeof open>) {
  const start = performance.now();
  const bothAreIn = Promise.withResolvers<undefined>();
  let inside = 0;
  const enter = () =>
    postgres.transaction(async (db) => {
      const pid = await backend(db);
      inside += 1;
      if (inside === 2) bothAreIn.resolve(undefined);
      await bothAreIn.promise;
      return pid;
    });
  const pids = await Promise.all([enter(), enter()]);
  expect(new Set(pids).size).toBe(2);
  expect(performance.now() - start).toBeLessThan(answerMs);
}

describe('A host that is lost without a word', () => {
  test('costs a single statement one time-out, and is forgotten', async () => {
    const postgres = open();
    await postgres.run(backend);
    door.strand();
    await expectGivenUpOnce(postgres.run(backend));
    await expectWholePool(postgres);
  });

  test('costs a ping its own time-out, and is forgotten', async () => {
    const postgres = open();
    await postgres.ping();
    door.strand();
    await expect(postgres.ping()).rejects.toThrow('Query read timeout');
    await expectWholePool(postgres);
  });

  test('costs a transaction that is about to begin one time-out, and is forgotten', async () => {
    const postgres = open();
    await postgres.run(backend);
    door.strand();
    await expectGivenUpOnce(postgres.transaction(backend));
    await expectWholePool(postgres);
  });

  test('costs a transaction one time-out, and is forgotten', async () => {
    const postgres = open();
    const lost = postgres.transaction(async (db) => {
      await backend(db);
      door.strand();
      await backend(db);
    });
    await expectGivenUpOnce(lost);
    await expectWholePool(postgres);
  });

  test('costs a transaction one time-out, also when it asks on', async () => {
    const postgres = open();
    const lost = postgres.transaction(async (db) => {
      await backend(db);
      door.strand();
      await backend(db).catch(() => undefined);
      await backend(db);
    });
    await expectGivenUpOnce(lost);
    await expectWholePool(postgres);
  });

  test('costs a transaction that is about to commit one time-out, and is forgotten', async () => {
    const postgres = open();
    const lost = postgres.transaction(async (db) => {
      await backend(db);
      door.strand();
    });
    await expectGivenUpOnce(lost);
    await expectWholePool(postgres);
  });
});

test('A connection that breaks between two statements of a transaction is a database that is away', async () => {
  const postgres = open();
  const broken = postgres.transaction(async (db) => {
    const pid = await backend(db);
    await asMaster(facts, database.address.database, (master) =>
      master.query('SELECT pg_terminate_backend($1, 5000)', [pid]),
    );
    await backend(db);
  });
  await expect(broken).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await expectWholePool(postgres);
});

test('A statement that the server itself has ended leaves its connection as good as before', async () => {
  const postgres = open();
  const before = await postgres.run(backend);
  const slow = postgres.transaction(async (db) => {
    await db.$executeRaw`SET LOCAL statement_timeout = 50`;
    await db.$executeRaw`SELECT pg_sleep(60)`;
  });
  await expect(slow).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(await postgres.run(backend)).toBe(before);
});
