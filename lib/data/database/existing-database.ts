import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseInstance,
  DatabaseInstanceEngine,
  ProxyTarget,
} from 'aws-cdk-lib/aws-rds';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { AlarmProps } from '../../parts/alarm.ts';
import { maxConnections } from '../../parts/connections.ts';
import type { Stage } from '../../parts/stage.ts';
import { connectionsAlarm, loadAlarm } from './database-alarms.ts';
import type { DatabaseServer } from './database-server.ts';

export interface ExistingDatabaseProps {
  readonly database: Extract<Stage['database'], { readonly kind: 'existing' }>;
  /** The security group that it is in. */
  readonly servers: ISecurityGroup;
}

/** The operator's own RDS. We never change it, except that its security group lets our functions in. */
export class ExistingDatabase implements DatabaseServer {
  readonly host: string;
  readonly port: string;
  readonly databaseName: string;
  readonly ownerSecret: ISecret;
  readonly proxyPort = '5432';
  readonly proxyTarget: ProxyTarget;
  private readonly database: ExistingDatabaseProps['database'];

  constructor(scope: Construct, { database, servers }: ExistingDatabaseProps) {
    this.database = database;
    this.host = database.host;
    this.port = String(database.port);
    this.databaseName = database.databaseName;
    this.ownerSecret = ownerSecretOf(scope, database);
    this.proxyTarget = proxyTargetOf(scope, database, servers);
  }

  /** It has no capacity units. How busy its processor is, and how many are connected, says the same. */
  alarms(): readonly AlarmProps[] {
    const load = this.metric('CPUUtilization', 'Average');
    const connections = this.metric('DatabaseConnections', 'Maximum');
    return [
      loadAlarm(load),
      connectionsAlarm(connections, { atMost: maxConnections(this.database) ?? 0 }),
    ];
  }

  load(): readonly IMetric[] {
    return [
      this.metric('CPUUtilization', 'Average'),
      this.metric('DatabaseConnections', 'Maximum'),
    ];
  }

  private metric(metricName: string, statistic: 'Average' | 'Maximum'): IMetric {
    const { engine, identifier } = this.database;
    const dimension = engine === 'cluster' ? 'DBClusterIdentifier' : 'DBInstanceIdentifier';
    return new Metric({
      namespace: 'AWS/RDS',
      metricName,
      statistic,
      period: Duration.minutes(5),
      dimensionsMap: { [dimension]: identifier },
    });
  }
}

function ownerSecretOf(scope: Construct, database: ExistingDatabaseProps['database']): ISecret {
  const { ownerSecretArn, ownerSecretKeyArn } = database;
  return Secret.fromSecretAttributes(scope, 'OwnerSecret', {
    secretCompleteArn: ownerSecretArn,
    ...(ownerSecretKeyArn !== undefined && {
      encryptionKey: Key.fromKeyArn(scope, 'OwnerSecretKey', ownerSecretKeyArn),
    }),
  });
}

function proxyTargetOf(
  scope: Construct,
  { engine, identifier, host, port }: ExistingDatabaseProps['database'],
  servers: ISecurityGroup,
): ProxyTarget {
  const securityGroups = [servers];
  if (engine === 'instance') {
    const instance = DatabaseInstance.fromDatabaseInstanceAttributes(scope, 'Instance', {
      instanceIdentifier: identifier,
      instanceEndpointAddress: host,
      port,
      securityGroups,
      engine: DatabaseInstanceEngine.POSTGRES,
    });
    return ProxyTarget.fromInstance(instance);
  }
  const cluster = DatabaseCluster.fromDatabaseClusterAttributes(scope, 'Cluster', {
    clusterIdentifier: identifier,
    clusterEndpointAddress: host,
    port,
    securityGroups,
    engine: DatabaseClusterEngine.AURORA_POSTGRESQL,
  });
  return ProxyTarget.fromCluster(cluster);
}
