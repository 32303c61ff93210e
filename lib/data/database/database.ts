import { Validations } from 'aws-cdk-lib';
import { Port } from 'aws-cdk-lib/aws-ec2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Stage } from '../../parts/stage.ts';
import { databaseSecret } from './database-secret.ts';
import type { DatabaseServer } from './database-server.ts';
import { ExistingDatabase } from './existing-database.ts';
import { NetworkAccess } from '../network-access.ts';
import type { Network } from '../network.ts';
import { NewDatabase } from './new-database.ts';

export interface DatabaseProps {
  readonly stage: Stage;
  readonly network: Network;
}

/** PostgreSQL, and the secrets of the two roles that log in to it: the owner and the service. */
export class Database extends Construct {
  readonly server: DatabaseServer;
  /** Direct access to the writer: for migrations, and for all functions of a stage without a proxy. */
  readonly access: NetworkAccess;
  /** Access to the proxy, for all other functions. A stage without a proxy has none. */
  readonly proxyAccess: NetworkAccess | undefined;
  /** The secret exists before the role does. `migrate` creates the role with this password. */
  readonly serviceSecret: ISecret;

  constructor(scope: Construct, id: string, { stage, network }: DatabaseProps) {
    super(scope, id);
    const { vpc } = network;
    const { database } = stage;
    this.access = new NetworkAccess(this, 'Door', {
      vpc,
      what: 'PostgreSQL',
      port: database.kind === 'new' ? Port.POSTGRES : Port.tcp(database.port),
      ...(database.kind === 'existing' && { existing: database.securityGroupId }),
    });
    this.proxyAccess = stage.proxy
      ? new NetworkAccess(this, 'ProxyDoor', {
          vpc,
          what: 'the proxy of PostgreSQL',
          port: Port.POSTGRES,
        })
      : undefined;
    const { servers } = this.access;
    this.server =
      database.kind === 'new'
        ? new NewDatabase(this, { stage, database, vpc, servers })
        : new ExistingDatabase(this, { database, servers });
    this.serviceSecret = databaseSecret(this, 'Service', 'weelo_service', stage);
    this.acknowledge();
  }

  private acknowledge(): void {
    Validations.of(this).acknowledge(
      {
        id: 'AwsSolutions-RDS11',
        reason: 'RDS Proxy always listens on 5432; no other security group reaches the port',
      },
      {
        id: 'AwsSolutions-SMG4',
        reason:
          'A new password must reach the role, the secret and the proxy together: an operator changes the secret and deploys a release, whose migrate gives it to the role',
      },
    );
  }
}
