import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { type ISecurityGroup, type IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
  type IDatabaseCluster,
  ProxyTarget,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { AlarmProps } from '../../parts/alarm.ts';
import type { Stage } from '../../parts/stage.ts';
import { capacityAlarm } from './database-alarms.ts';
import type { DatabaseServer } from './database-server.ts';
import { databaseSecret } from './database-secret.ts';

export interface NewDatabaseProps {
  readonly stage: Stage;
  readonly database: Extract<Stage['database'], { readonly kind: 'new' }>;
  readonly vpc: IVpc;
  /** The security group that it is in. */
  readonly servers: ISecurityGroup;
}

/** Not every region offers every version as serverless: `npm run preflight` asks. */
export const auroraVersion = AuroraPostgresEngineVersion.VER_17_7;

/** Aurora PostgreSQL Serverless v2. */
export class NewDatabase implements DatabaseServer {
  readonly databaseName = 'weelo';
  readonly ownerSecret: ISecret;
  private readonly cluster: IDatabaseCluster;

  constructor(scope: Construct, props: NewDatabaseProps) {
    const { stage, database, vpc, servers } = props;
    this.ownerSecret = databaseSecret(scope, 'Owner', 'weelo_owner', stage);
    this.cluster = new DatabaseCluster(scope, 'Cluster', {
      engine: DatabaseClusterEngine.auroraPostgres({ version: auroraVersion }),
      parameters: { 'rds.force_ssl': stage.tls ? '1' : '0' },
      writer: ClusterInstance.serverlessV2('Writer'),
      // A reader scales with the writer, so it is large enough to replace the writer.
      readers: Array.from({ length: database.readers }, (_, n) =>
        ClusterInstance.serverlessV2(`Reader${n + 1}`, { scaleWithWriter: true }),
      ),
      ...capacityOf(database),
      credentials: Credentials.fromSecret(this.ownerSecret),
      defaultDatabaseName: this.databaseName,
      iamAuthentication: true,
      storageEncrypted: true,
      backup: { retention: Duration.days(database.backupDays) },
      deletionProtection: stage.protection,
      removalPolicy: clusterRemoval(stage.removal),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [servers],
    });
    if (stage.protection) return;
    Validations.of(this.cluster).acknowledge({
      id: 'AwsSolutions-RDS10',
      reason: 'The stage says so: it is deployed for the first time, or can always be destroyed',
    });
  }

  get host(): string {
    return this.cluster.clusterEndpoint.hostname;
  }

  get port(): string {
    return this.cluster.clusterEndpoint.port.toString();
  }

  /** The server listens on the default port, too. Its attribute is what the local cloud knows the port by. */
  get proxyPort(): string {
    return this.port;
  }

  get proxyTarget(): ProxyTarget {
    return ProxyTarget.fromCluster(this.cluster);
  }

  /** The database's size as a percentage of its largest allowed size. */
  metricCapacity(): IMetric {
    return this.cluster.metric('ACUUtilization', {
      period: Duration.minutes(5),
      statistic: 'Average',
    });
  }

  load(): readonly IMetric[] {
    const of = { period: Duration.minutes(5) };
    return [
      this.metricCapacity(),
      this.cluster.metricCPUUtilization({ ...of, statistic: 'Average' }),
      this.cluster.metricDatabaseConnections({ ...of, statistic: 'Maximum' }),
    ];
  }

  alarms(): readonly AlarmProps[] {
    return [capacityAlarm(this.metricCapacity())];
  }
}

function capacityOf({ minCapacity, maxCapacity, pauseAfterSeconds }: NewDatabaseProps['database']) {
  return {
    serverlessV2MinCapacity: minCapacity,
    serverlessV2MaxCapacity: maxCapacity,
    ...(pauseAfterSeconds !== undefined && {
      serverlessV2AutoPauseDuration: Duration.seconds(pauseAfterSeconds),
    }),
  };
}

/** If a stage allows deleting its data, a last snapshot of the database is kept all the same. */
function clusterRemoval(removal: RemovalPolicy): RemovalPolicy {
  return removal === RemovalPolicy.DESTROY ? RemovalPolicy.SNAPSHOT : removal;
}
