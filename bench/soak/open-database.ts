import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import * as z from 'zod';
import type { Sql } from './sql.ts';

const Secrets = z.array(
  z.object({
    name: z.string(),
    versions: z.array(z.object({ stages: z.array(z.string()), text: z.string() })),
  }),
);
const Owner = z.object({
  username: z.string(),
  password: z.string(),
  host: z.string(),
  port: z.int(),
  dbname: z.string(),
});

interface OpenDatabase {
  readonly sql: Sql;
  readonly close: () => Promise<void>;
}

/** The database of a stage that runs on this machine, with the owner's password from the stage's own folder. */
export async function openDatabase(dataFolder: string): Promise<OpenDatabase> {
  const secrets = Secrets.parse(
    JSON.parse(await readFile(join(dataFolder, 'secrets.json'), 'utf8')),
  );
  const owner = secrets.find(({ name }) => name.includes('DatabaseOwnerSecret'));
  const current = owner?.versions.find(({ stages }) => stages.includes('AWSCURRENT'));
  const {
    username: user,
    dbname: database,
    ...rest
  } = Owner.parse(JSON.parse(current?.text ?? ''));
  const client = new Client({ user, database, ...rest });
  await client.connect();
  return {
    sql: async <Row>(text: string, values?: unknown[]) =>
      (await client.query<Row & QueryResultRow>(text, values)).rows,
    close: () => client.end(),
  };
}
