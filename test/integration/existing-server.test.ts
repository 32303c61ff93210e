import { readFileSync } from 'node:fs';
import { startPostgres } from 'local-cloud/engines';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  asMaster,
  migrate,
  type PostgresFacts,
  SERVICE,
} from '../support/engines/database-server.ts';

const database = 'shop';
const owner = { username: 'weelo_owner', password: 'owner-on-this-machine' };

/** What the runbook lets the master of an existing server type, for this database. */
const prescribed = (
  /```sql\n([^`]+)```/.exec(readFileSync('docs/runbooks/first-deployment.md', 'utf8'))?.[1] ?? ''
)
  .replace('<of the secret>', owner.password)
  .replaceAll('<database>', database);

let engine: Awaited<ReturnType<typeof startPostgres>>;
let server: PostgresFacts;

beforeAll(async () => {
  engine = await startPostgres();
  server = engine;
  await asMaster(server, 'postgres', (client) => client.query(`CREATE DATABASE ${database}`));
  await asMaster(server, database, (client) =>
    client.query(`CREATE TABLE public."order" (id int); INSERT INTO public."order" VALUES (1)`),
  );
});

afterAll(() => engine.stop());

describe('a server of PostgreSQL that exists', () => {
  const asOwner = () => migrate(server, database, { credentials: owner });

  test('is migrated by an owner who may do only what the runbook says', async () => {
    await asMaster(server, database, (client) => client.query(prescribed));
    expect((await asOwner()).length).toBeGreaterThan(5);
    expect(await asOwner()).toEqual([]);
  });

  test('lets the service in, to our tables and no others', async () => {
    const service: PostgresFacts = { ...server, ...SERVICE };
    const count = (table: string) =>
      asMaster(service, database, (client) => client.query(`SELECT count(*) FROM ${table}`));
    expect((await count('weelo.orders')).rows).toEqual([{ count: '0' }]);
    await expect(count('public."order"')).rejects.toThrow('permission denied');
  });

  test('keeps what was in it before', async () => {
    const { rows } = await asMaster(server, database, (client) =>
      client.query(
        `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'weelo_owner'`,
      ),
    );
    expect(rows).toEqual([{ tablename: 'order' }]);
  });
});
