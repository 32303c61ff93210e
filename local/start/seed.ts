import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Client } from 'pg';
import type { Cloud } from 'local-cloud';

const seed = resolve(import.meta.dirname, '../../prisma/seed.sql');

/** Puts in the accounts that one tries things with; what is there stays as it is. */
export async function plantSeed({ engines, processOf }: Cloud): Promise<void> {
  if (!engines.postgres) return;
  const { host, port, username: user, password } = engines.postgres;
  const database = processOf('weelo-local-auth').variables['DATABASE_NAME'];
  const client = new Client({ host, port, user, password, database });
  await client.connect();
  try {
    await client.query(await readFile(seed, 'utf8'));
  } finally {
    await client.end();
  }
}
