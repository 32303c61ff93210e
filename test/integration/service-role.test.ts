import { Client } from '@weelo/data';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectionOptions } from '../../src/platform/postgres/postgres.ts';
import type { PostgresCredentials } from '../../src/platform/postgres/postgres.ts';
import { freshDatabase } from '../support/engines/database.ts';

const database = await freshDatabase();

async function connectAs({ username, password }: PostgresCredentials): Promise<Client> {
  const client = new Client({ ...connectionOptions(database.address), user: username, password });
  await client.connect();
  return client;
}

let service: Client;
let master: Client;
beforeAll(async () => {
  [service, master] = [await connectAs(database.service), await connectAs(database.master)];
  await master.query('CREATE TABLE weelo.made_later (id serial PRIMARY KEY)');
});
afterAll(() => Promise.all([service.end(), master.end()]));

const setting = async (client: Client, name: string): Promise<unknown> =>
  (await client.query<{ value: string }>('SELECT current_setting($1) AS value', [name])).rows[0]
    ?.value;

test.each([
  ['timezone', 'UTC', 'Asia/Kolkata'],
  ['lock_timeout', '2s', '0'],
  ['statement_timeout', '5s', '0'],
  ['idle_in_transaction_session_timeout', '10s', '0'],
])('%s is %s for the service, whatever the server says', async (name, value, ofServer) => {
  expect(await setting(service, name)).toBe(value);
  expect(await setting(master, name)).toBe(ofServer);
});

test('a statement past its time-out is cancelled, one within it is not', async () => {
  // The role's own 5 s are asserted above; here is what happens at the end of them, in less time.
  await service.query('BEGIN');
  await service.query(`SET LOCAL statement_timeout = '100ms'`);
  await service.query('SELECT pg_sleep(0.01)');
  await expect(service.query('SELECT pg_sleep(5)')).rejects.toMatchObject({ code: '57014' });
  await service.query('ROLLBACK');
});

test('a lock that is not to be had is given up after two seconds', async () => {
  await master.query('BEGIN');
  await master.query('LOCK TABLE weelo.releases');
  const start = performance.now();
  await expect(service.query('SELECT * FROM weelo.releases')).rejects.toMatchObject({
    code: '55P03',
  });
  expect(performance.now() - start).toBeGreaterThan(1900);
  await master.query('COMMIT');
  await service.query('SELECT * FROM weelo.releases');
});

test('the service reads and writes what later migrations make', async () => {
  await service.query('INSERT INTO weelo.made_later DEFAULT VALUES');
  await service.query('UPDATE weelo.made_later SET id = id + 1');
  expect((await service.query('SELECT id FROM weelo.made_later')).rowCount).toBe(1);
  await service.query('DELETE FROM weelo.made_later');
});

test.each([
  'CREATE TABLE weelo.mine (id int)',
  'CREATE TABLE public.mine (id int)',
  'ALTER TABLE weelo.releases ADD COLUMN mine int',
  'DROP TABLE weelo.releases',
  'TRUNCATE weelo.releases',
  'SELECT * FROM weelo._prisma_migrations',
])('the service may not: %s', async (statement) => {
  await expect(service.query(statement)).rejects.toMatchObject({ code: '42501' });
});
