import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  archived,
  archivedPostgres,
  baseBackup,
  restoredTo,
} from '../support/engines/archived-postgres.ts';
import {
  asMaster,
  migrate,
  SERVICE,
  type PostgresFacts,
} from '../support/engines/database-server.ts';

const database = 'weelo';
const changed = { ...SERVICE, password: 'changed-after-the-moment' };

/** The steps of docs/runbooks/restore.md that need no AWS: a restore to a moment, and what it takes to be served again. */
test('a server that was restored to a moment is as it was, and serves after migrate', async () => {
  const server = await archivedPostgres();
  const { engine } = server;
  await asMaster(engine, 'postgres', (client) => client.query(`CREATE DATABASE ${database}`));
  await migrate(engine, database);
  const folder = await baseBackup(server);

  const [kept, lost, event] = [randomUUID(), randomUUID(), randomUUID()];
  const moment = await asMaster(engine, database, async (client) => {
    const add = (id: string, phone: string) =>
      client.query(`INSERT INTO weelo.users (id, role, phone) VALUES ($1, 'customer', $2)`, [
        id,
        phone,
      ]);
    await add(kept, '9000000001');
    await client.query(
      `INSERT INTO weelo.outbox (id, queue, message) VALUES ($1, 'notify', '{}')`,
      [event],
    );
    const { rows } = await client.query<{ moment: string }>(
      'SELECT clock_timestamp()::text AS moment',
    );
    // What nobody wanted, and what is lost with it.
    await client.query('UPDATE weelo.outbox SET relayed_at = now()');
    await add(lost, '9000000002');
    await client.query('DELETE FROM weelo.users WHERE id = $1', [kept]);
    return rows[0]?.moment ?? '';
  });
  await migrate(engine, database, { serviceCredentials: changed });
  await asMaster(engine, database, archived);
  await engine.stop();

  const restored = await restoredTo(moment, folder, server);
  const users = await asMaster(restored, database, (client) =>
    client.query('SELECT id FROM weelo.users'),
  );
  expect(users.rows).toEqual([{ id: kept }]);

  // The secret has the newer password, and the role the older one.
  const service: PostgresFacts = { ...restored, ...changed };
  const waiting = () =>
    asMaster(service, database, (client) =>
      client.query('SELECT id FROM weelo.outbox WHERE relayed_at IS NULL'),
    );
  await expect(waiting()).rejects.toThrow('password authentication failed');
  expect(await migrate(restored, database, { serviceCredentials: changed })).toEqual([]);
  // It is told again under the id by which it was told before.
  expect((await waiting()).rows).toEqual([{ id: event }]);
});
