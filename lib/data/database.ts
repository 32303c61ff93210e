import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Port, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseSecret,
  type IDatabaseCluster,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { AlarmProps } from '../parts/alarm.ts';
import { exactly } from '../parts/exactly.ts';
import type { Stage } from '../parts/stage.ts';
import { NetworkAccess } from './network-access.ts';
import type { Network } from './network.ts';

export interface DatabaseProps {
  readonly stage: Stage;
  readonly network: Network;
}

/** PostgreSQL, and the secrets of the two roles that log in to it: the owner and the service. */
export class Database extends Construct {
  readonly cluster: IDatabaseCluster;
  readonly databaseName = 'weelo';
  /** Direct access to the writer, for migrations. */
  readonly access: NetworkAccess;
  /** Access to the proxy, for all other functions. */
  readonly proxyAccess: NetworkAccess;
  readonly ownerSecret: ISecret;
  /** The secret exists before the role does. `migrate` creates the role with this password. */
  readonly serviceSecret: ISecret;

  constructor(scope: Construct, id: string, { stage, network }: DatabaseProps) {
    super(scope, id);
    const { vpc } = network;
    this.access = new NetworkAccess(this, 'Door', { vpc, what: 'PostgreSQL', port: Port.POSTGRES });
    this.proxyAccess = new NetworkAccess(this, 'ProxyDoor', {
      vpc,
      what: 'the proxy of PostgreSQL',
      port: Port.POSTGRES,
    });
    this.ownerSecret = this.secretOf('Owner', 'weelo_owner', stage);
    this.serviceSecret = this.secretOf('Service', 'weelo_service', stage);

    this.cluster = new DatabaseCluster(this, 'Cluster', {
      engine: DatabaseClusterEngine.auroraPostgres({
        version: AuroraPostgresEngineVersion.VER_17_7,
      }),
      parameters: { 'rds.force_ssl': stage.tls ? '1' : '0' },
      writer: ClusterInstance.serverlessV2('Writer'),
      // A reader scales with the writer, so it is large enough to replace the writer.
      readers: Array.from({ length: stage.database.readers }, (_, n) =>
        ClusterInstance.serverlessV2(`Reader${n + 1}`, { scaleWithWriter: true }),
      ),
      serverlessV2MinCapacity: stage.database.minCapacity,
      serverlessV2MaxCapacity: stage.database.maxCapacity,
      credentials: Credentials.fromSecret(this.ownerSecret),
      defaultDatabaseName: this.databaseName,
      iamAuthentication: true,
      storageEncrypted: true,
      backup: { retention: Duration.days(stage.database.backupDays) },
      deletionProtection: stage.protection,
      removalPolicy: clusterRemoval(stage.removal),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [this.access.servers],
    });
    this.acknowledge(stage);
  }

  /** The database's size as a percentage of its largest allowed size. */
  metricCapacity(): IMetric {
    return this.cluster.metric('ACUUtilization', {
      period: Duration.minutes(5),
      statistic: 'Average',
    });
  }

  alarms(): readonly AlarmProps[] {
    return [
      {
        name: 'DatabaseCapacity',
        metric: this.metricCapacity(),
        ringing: { from: 90, periods: 3 },
        meaning: 'PostgreSQL has been within a tenth of its largest size for a quarter of an hour.',
        remedy:
          "Look for a slow statement first, then raise the stage's maxCapacity and deploy data.",
        runbook: 'docs/runbooks/alarms.md#database-capacity',
      },
    ];
  }

  private secretOf(id: string, username: string, stage: Stage): ISecret {
    const secret = new DatabaseSecret(this, `${id}Secret`, { username });
    secret.applyRemovalPolicy(stage.removal);
    return exactly<ISecret>(secret);
  }

  private acknowledge(stage: Stage): void {
    if (!stage.protection) {
      Validations.of(this.cluster).acknowledge({
        id: 'AwsSolutions-RDS10',
        reason: 'The stage says so: it is deployed for the first time, or can always be destroyed',
      });
    }
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

/** If a stage allows deleting its data, a last snapshot of the database is kept all the same. */
function clusterRemoval(removal: RemovalPolicy): RemovalPolicy {
  return removal === RemovalPolicy.DESTROY ? RemovalPolicy.SNAPSHOT : removal;
}
