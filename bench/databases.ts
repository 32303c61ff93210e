import type { Client } from '@weelo/data';
import { readEnvironment } from '../src/contract/functions.ts';
import { databaseCredentials } from '../src/platform/postgres/database-secret.ts';
import { readSecretAs } from '../test/support/cloud-secret.ts';
import { asMaster, createDatabase, migrate } from '../test/support/engines/database-server.ts';
import type { WeeloCloud } from './weelo-cloud.ts';

/** Databases of a benchmark's own, in a cloud's PostgreSQL: its schedules leave them alone. */
export async function databasesOf(cloud: WeeloCloud) {
  const { variables } = cloud.processOf('migrate');
  const env = readEnvironment('migrate', variables);
  const read = (arn: string) => readSecretAs(variables, arn);
  const master = await databaseCredentials(read, env.DATABASE_SECRET_ARN);
  const serviceCredentials = await databaseCredentials(read, env.DATABASE_SERVICE_SECRET_ARN);
  const facts = { host: env.DATABASE_HOST, port: env.DATABASE_PORT, ...master };

  return {
    /** A new one, as a deployment leaves it. */
    make: async (name: string) => {
      await createDatabase(facts, name, 'template0');
      await migrate(facts, name, { serviceCredentials });
    },
    /** An equal one. Nobody may be connected to the one that is copied. */
    copy: (name: string, of: string) => createDatabase(facts, name, of),
    /** As the master, who may take his time. */
    within: <T>(name: string, work: (client: Client) => Promise<T>) => asMaster(facts, name, work),
  };
}
