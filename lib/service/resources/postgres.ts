import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Database } from '../../data/database.ts';
import type { Provisions } from '../../parts/provision.ts';
import type { Stage } from '../../parts/stage.ts';
import type { DatabaseProxy } from './database-proxy.ts';

export interface PostgresProps {
  readonly stage: Stage;
  readonly database: Database;
  readonly proxy: DatabaseProxy;
  readonly dataLayer: ILayerVersion;
}

/** `postgres` logs in as the service, through the proxy. `postgres-admin` logs in as the owner, directly. */
export function postgresProvisions(
  props: PostgresProps,
): Provisions<'postgres' | 'postgres-admin'> {
  const { stage, database, proxy, dataLayer } = props;
  const writer = database.cluster.clusterEndpoint;
  const connection = {
    DATABASE_PORT: writer.port.toString(),
    DATABASE_NAME: database.databaseName,
    DATABASE_TLS: stage.tls ? 'verify-full' : 'off',
  };
  return {
    postgres: {
      variables: {
        ...connection,
        DATABASE_HOST: proxy.proxy.endpoint,
        DATABASE_SECRET_ARN: database.serviceSecret.secretArn,
      },
      grant: reading(database.serviceSecret),
      clients: database.proxyAccess.clients,
      layer: dataLayer,
    },
    'postgres-admin': {
      variables: {
        ...connection,
        DATABASE_HOST: writer.hostname,
        DATABASE_SECRET_ARN: database.ownerSecret.secretArn,
        DATABASE_SERVICE_SECRET_ARN: database.serviceSecret.secretArn,
      },
      grant: reading(database.ownerSecret, database.serviceSecret),
      clients: database.access.clients,
      layer: dataLayer,
    },
  };
}

const reading =
  (...secrets: readonly ISecret[]) =>
  (to: IGrantable): void => {
    for (const secret of secrets) secret.grantRead(to);
  };
