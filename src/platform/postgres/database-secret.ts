import * as z from 'zod';
import { jsonOfSecret, type ReadSecret } from '../aws/secrets.ts';
import type { PostgresCredentials } from './postgres.ts';

const Credentials = z.object({ username: z.string().min(1), password: z.string().min(1) });

/** The user and password in a database secret, as RDS writes it. */
export async function databaseCredentials(
  readSecret: ReadSecret,
  arn: string,
): Promise<PostgresCredentials> {
  const text = await readSecret(arn);
  if (text === undefined) throw new Error(`The database secret ${arn} has no value yet`);
  return Credentials.parse(jsonOfSecret(text, arn));
}
