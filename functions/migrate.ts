import { join } from 'node:path';
import * as z from 'zod';
import { readEnvironment } from '../src/contract/functions.ts';
import { databaseCredentials } from '../src/platform/postgres/database-secret.ts';
import { migrateDatabase } from '../src/platform/migrations/migrate-database.ts';
import { logger } from '../src/platform/logs/observability.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { deploymentFunction } from './edge/deployment-function.ts';
import { databaseAddress } from './wiring/stores.ts';

const env = readEnvironment('migrate', process.env);
const secrets = openSecrets();
const Properties = z.object({ release: z.string().min(1) });

/** The asset is laid out as the repository is: prisma/ stands beside functions/. */
const root = join(import.meta.dirname, '..');

export const handler = deploymentFunction('migrations', async (properties) => {
  const applied = await migrateDatabase({
    address: databaseAddress(env),
    credentials: await databaseCredentials(secrets.read, env.DATABASE_SECRET_ARN),
    serviceCredentials: await databaseCredentials(secrets.read, env.DATABASE_SERVICE_SECRET_ARN),
    root,
    release: Properties.parse(properties).release,
  });
  logger.info('Database migrated', { applied });
});
