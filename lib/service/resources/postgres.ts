import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Database } from '../../data/database/database.ts';
import type { Provisions } from '../../parts/provision.ts';
import type { Stage } from '../../parts/stage.ts';
import type { DatabaseProxy } from './database-proxy.ts';

export interface PostgresProps {
  readonly stage: Stage;
  readonly database: Database;
  /** `undefined`: the stage has none, and all functions connect to the writer. */
  readonly proxy: DatabaseProxy | undefined;
  readonly dataLayer: ILayerVersion;
}

/** `postgres` logs in as the service, through the proxy if there is one. `postgres-admin` logs in as the owner, directly. */
export function postgresProvisions(
  props: PostgresProps,
): Provisions<'postgres' | 'postgres-admin'> {
  const { stage, database, proxy, dataLayer } = props;
  const { host, port, proxyPort, databaseName, ownerSecret } = database.server;
  const common = {
    DATABASE_NAME: databaseName,
    DATABASE_TLS: stage.tls ? 'verify-full' : 'off',
  };
  const direct = { DATABASE_HOST: host, DATABASE_PORT: port };
  return {
    postgres: {
      variables: {
        ...common,
        ...(proxy ? { DATABASE_HOST: proxy.proxy.endpoint, DATABASE_PORT: proxyPort } : direct),
        DATABASE_SECRET_ARN: database.serviceSecret.secretArn,
        DATABASE_SLEEPS: sleeps(stage) ? 'yes' : 'no',
      },
      grant: reading(database.serviceSecret),
      clients: (proxy?.access ?? database.access).clients,
      layer: dataLayer,
    },
    'postgres-admin': {
      variables: {
        ...common,
        ...direct,
        DATABASE_SECRET_ARN: ownerSecret.secretArn,
        DATABASE_SERVICE_SECRET_ARN: database.serviceSecret.secretArn,
      },
      grant: reading(ownerSecret, database.serviceSecret),
      clients: database.access.clients,
      layer: dataLayer,
    },
  };
}

const sleeps = ({ database }: Stage) => database.kind === 'new' && database.minCapacity === 0;

const reading =
  (...secrets: readonly ISecret[]) =>
  (to: IGrantable): void => {
    for (const secret of secrets) secret.grantRead(to);
  };
