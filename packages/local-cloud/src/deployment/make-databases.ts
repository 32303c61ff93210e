import { Client } from 'pg';
import * as z from 'zod';
import type { PostgresEngine } from '../engines/postgres.ts';
import type { Resource } from '../template/assembly.ts';
import type { CloudValues } from '../template/cloud-values.ts';

const Cluster = z.object({
  Engine: z.string(),
  MasterUsername: z.string().optional(),
  MasterUserPassword: z.string().optional(),
  DatabaseName: z.string().optional(),
  DBName: z.string().optional(),
});

/** What an RDS master is a member of, next to owning its database. */
const GRANTED = ['pg_monitor', 'pg_signal_backend', 'pg_checkpoint'];

/** The database of a cluster, in the engine that all clusters of the template share. */
export async function makeDatabase(
  resource: Resource,
  values: CloudValues,
  engine: PostgresEngine,
): Promise<void> {
  const properties = Cluster.parse(values.properties(resource));
  const { Engine, MasterUsername, MasterUserPassword, DatabaseName, DBName } = properties;
  if (!Engine.includes('postgres')) {
    throw new Error(
      `${resource.id} is a ${Engine} database: only PostgreSQL runs on this machine.`,
    );
  }
  if (MasterUsername === undefined || MasterUserPassword === undefined) {
    throw new Error(
      `${resource.id} needs MasterUsername and MasterUserPassword, such as a secret's.`,
    );
  }
  const { host, port, username: user, password, database } = engine;
  const client = new Client({ host, port, user, password, database });
  await client.connect();
  try {
    await makeMaster(client, MasterUsername, MasterUserPassword);
    await makeIfMissing(client, DatabaseName ?? DBName, MasterUsername);
  } finally {
    await client.end();
  }
}

/** Like RDS' own: may make roles and databases, and is no superuser. */
async function makeMaster(client: Client, name: string, password: string): Promise<void> {
  const role = client.escapeIdentifier(name);
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
  if (!rowCount) await client.query(`CREATE ROLE ${role}`);
  const secret = client.escapeLiteral(password);
  await client.query(`ALTER ROLE ${role} LOGIN CREATEDB CREATEROLE PASSWORD ${secret}`);
  await client.query(`GRANT ${GRANTED.join(', ')} TO ${role}`);
}

async function makeIfMissing(
  client: Client,
  name: string | undefined,
  owner: string,
): Promise<void> {
  if (name === undefined) return;
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (rowCount) return;
  const [database, role] = [name, owner].map((each) => client.escapeIdentifier(each));
  await client.query(`CREATE DATABASE ${database} OWNER ${role}`);
}
