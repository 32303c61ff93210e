import { Client } from '@weelo/data';
import { connectionOptions } from '../postgres/postgres.ts';
import type { PostgresAddress, PostgresCredentials } from '../postgres/postgres.ts';
import { applyMigrations } from './schema-engine.ts';
import { scramVerifier } from '../postgres/scram-verifier.ts';

export interface MigrateInput {
  readonly address: PostgresAddress;
  /** The database's owner, who may create schemas, tables and roles. */
  readonly credentials: PostgresCredentials;
  /** The role that the other functions log in as. */
  readonly serviceCredentials: PostgresCredentials;
  /** The folder that holds `prisma/migrations`. */
  readonly root: string;
  /** The release that is being deployed. */
  readonly release: string;
}

/** The first migration creates this role, with its time zone, time-outs and grants. */
const SERVICE_ROLE = 'weelo_service';
/** An arbitrary number. It must be the same for every deployment. */
const MIGRATION_LOCK = 7_303_014;
const TUPLE_CONCURRENTLY_UPDATED = 'XX000';
const ROLE_ATTEMPTS = 5;

/**
 * Brings a database up to this release, before the release's code is live. Returns the names of the migrations that it
 * applied. It may run twice, even in two deployments at once: one applies the migrations, the other waits and finds
 * nothing to do. A database with newer migrations is left as it is, because after a rollback an old release runs on
 * it.
 */
export async function migrateDatabase(input: MigrateInput): Promise<readonly string[]> {
  const { username } = input.serviceCredentials;
  if (username !== SERVICE_ROLE) {
    throw new Error(
      `The service's user must be ${SERVICE_ROLE}, not ${username}: correct its secret.`,
    );
  }
  const master = { user: input.credentials.username, password: input.credentials.password };
  const connection = { ...connectionOptions(input.address), ...master };
  const client = new Client(connection);
  // A lost connection makes the running query fail. It also emits an event, which ends the process without a listener.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await waitForTurn(client);
    const applied = await applyMigrations(connection, input.root);
    await openToService(client, input.serviceCredentials.password);
    await recordRelease(client, input.release);
    return applied;
  } finally {
    await client.end();
  }
}

/** Takes a lock until the connection ends. The role's lock_timeout, if it has one, must not end the wait. */
async function waitForTurn(client: Client): Promise<void> {
  await client.query('SET lock_timeout = 0');
  await client.query('SET statement_timeout = 0');
  await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
}

/** Sets the service's password. It is sent as a SCRAM verifier, so that no server log ever contains the password. */
async function openToService(client: Client, password: string): Promise<void> {
  const verifier = client.escapeLiteral(scramVerifier(password));
  const statement = `ALTER ROLE ${SERVICE_ROLE} LOGIN PASSWORD ${verifier}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(statement);
      return;
    } catch (error) {
      // Roles belong to the server, but our lock belongs to the database. So the deployment of another database on the
      // same server may have changed the role at the same time.
      if (attempt === ROLE_ATTEMPTS || !isConcurrentUpdate(error)) throw error;
    }
  }
}

function isConcurrentUpdate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === TUPLE_CONCURRENTLY_UPDATED;
}

async function recordRelease(client: Client, release: string): Promise<void> {
  await client.query(
    'INSERT INTO weelo.releases (version) VALUES ($1) ON CONFLICT (version) DO NOTHING',
    [release],
  );
}
