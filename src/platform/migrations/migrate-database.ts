import { Client } from '@weelo/data';
import { connectionOptions } from '../postgres/postgres.ts';
import type { PostgresAddress, PostgresCredentials } from '../postgres/postgres.ts';
import { applyMigrations } from './schema-engine.ts';
import { scramVerifier } from '../postgres/scram-verifier.ts';

export interface MigrateInput {
  readonly address: PostgresAddress;
  /** Who may make schemas, tables and roles: the database's master. */
  readonly credentials: PostgresCredentials;
  /** Whom the other functions log in as. */
  readonly serviceCredentials: PostgresCredentials;
  /** The folder that holds `prisma/migrations`. */
  readonly root: string;
  /** What is being deployed. */
  readonly release: string;
}

/** Made by the first migration, with its time zone, time-outs and grants. */
const SERVICE_ROLE = 'weelo_service';
/** Any number, the same for every deployment. */
const MIGRATION_LOCK = 7_303_014;
const TUPLE_CONCURRENTLY_UPDATED = 'XX000';
const ROLE_ATTEMPTS = 5;

/**
 * Brings a database up to this release, before its code is live, and names the migrations it applied.
 * May be run twice, and by two deployments at once: one applies, the other waits and finds nothing to do.
 * A database that is ahead is left as it is: a rolled-back deployment runs the old release on it.
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
  // The query under way reports the loss of the connection; without a listener it would end the process.
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

/** Held until the connection ends. The role's lock_timeout, if it has one, must not end the wait. */
async function waitForTurn(client: Client): Promise<void> {
  await client.query('SET lock_timeout = 0');
  await client.query('SET statement_timeout = 0');
  await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
}

/** Sent as a verifier, so that no server log ever holds the password. */
async function openToService(client: Client, password: string): Promise<void> {
  const verifier = client.escapeLiteral(scramVerifier(password));
  const statement = `ALTER ROLE ${SERVICE_ROLE} LOGIN PASSWORD ${verifier}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(statement);
      return;
    } catch (error) {
      // Roles belong to the server, our lock to the database: another database here did it just now.
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
