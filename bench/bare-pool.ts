import { Pool } from '@weelo/data';
import type { Environment } from '../src/contract/environment.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { databaseCredentials } from '../src/platform/postgres/database-secret.ts';

type DatabaseEnvironment = Environment<
  'DATABASE_HOST' | 'DATABASE_PORT' | 'DATABASE_NAME' | 'DATABASE_SECRET_ARN'
>;

/** PostgreSQL without anything of ours in between, as the function of these variables logs in to it. */
export async function barePool(env: DatabaseEnvironment, max: number): Promise<Pool> {
  const { username, password } = await databaseCredentials(
    openSecrets().read,
    env.DATABASE_SECRET_ARN,
  );
  return new Pool({
    host: env.DATABASE_HOST,
    port: env.DATABASE_PORT,
    database: env.DATABASE_NAME,
    user: username,
    password,
    max,
  });
}
