import { Client } from '@weelo/data';
import { migrateDatabase } from '../../../src/platform/migrations/migrate-database.ts';
import type { MigrateInput } from '../../../src/platform/migrations/migrate-database.ts';

/** Where the tests' PostgreSQL is, and its master user. */
export interface PostgresFacts {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

export const ROOT = new URL('../../..', import.meta.url).pathname;
export const TEMPLATE = 'weelo_template';
export const SERVICE = { username: 'weelo_service', password: 'service-on-this-machine' };

export async function createDatabase(
  facts: PostgresFacts,
  name: string,
  template: string,
): Promise<void> {
  await asMaster(facts, 'postgres', (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`),
  );
}

export async function dropDatabase(facts: PostgresFacts, name: string): Promise<void> {
  await asMaster(facts, 'postgres', (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
}

/** Migrates as a deployment does. */
export function migrate(
  facts: PostgresFacts,
  database: string,
  change: Partial<MigrateInput> = {},
): Promise<readonly string[]> {
  const { host, port, username, password } = facts;
  return migrateDatabase({
    address: { host, port, database, tls: 'off' },
    credentials: { username, password },
    serviceCredentials: SERVICE,
    root: ROOT,
    release: 'tests',
    ...change,
  });
}

export async function asMaster<T>(
  { host, port, username, password }: PostgresFacts,
  database: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ host, port, user: username, password, database });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
