import { randomBytes } from 'node:crypto';
import { Pool } from '@weelo/data';
import { inject } from 'vitest';
import type {
  PostgresAddress,
  PostgresCredentials,
} from '../../../src/platform/postgres/postgres.ts';
import { createDatabase, dropDatabase, SERVICE, TEMPLATE } from './database-server.ts';
import { whenDone } from './when-done.ts';

export interface TestDatabase {
  readonly address: PostgresAddress;
  readonly master: PostgresCredentials;
  /** Whom the functions log in as. */
  readonly service: PostgresCredentials;
}

/** A migrated database for the test file that asks, dropped when the file is done. */
export function freshDatabase(): Promise<TestDatabase> {
  return makeDatabase(TEMPLATE);
}

/** A database with nothing in it, for tests of the migration itself. */
export function emptyDatabase(): Promise<TestDatabase> {
  return makeDatabase('template0');
}

async function makeDatabase(template: string): Promise<TestDatabase> {
  const facts = inject('postgres');
  const name = `weelo_${randomBytes(6).toString('hex')}`;
  await createDatabase(facts, name, template);
  whenDone(() => dropDatabase(facts, name));
  const { host, port, username, password } = facts;
  return {
    address: { host, port, database: name, tls: 'off' },
    master: { username, password },
    service: SERVICE,
  };
}

/** Statements of the master user's in a database of a test file; their connections are kept, for one takes long. */
export function sqlIn(database: string) {
  const { username: user, ...server } = inject('postgres');
  const pool = new Pool({ ...server, user, database, max: 4 });
  // Whoever throws everybody out knows.
  pool.on('error', () => undefined);
  whenDone(() => pool.end());
  return async <Row = Record<string, unknown>>(text: string, values: unknown[] = []) =>
    (await pool.query<Row & object>(text, values)).rows;
}
