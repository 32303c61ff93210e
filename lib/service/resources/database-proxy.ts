import { Duration } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  ClientPasswordAuthType,
  DatabaseProxy as RdsProxy,
  type IDatabaseProxy,
  ProxyTarget,
} from 'aws-cdk-lib/aws-rds';
import { Construct, type IDependable } from 'constructs';
import type { Database } from '../../data/database.ts';
import type { Network } from '../../data/network.ts';
import { nameInZones } from '../../parts/name-in-zones.ts';
import type { Stage } from '../../parts/stage.ts';

export interface DatabaseProxyProps {
  readonly stage: Stage;
  readonly network: Network;
  readonly database: Database;
}

/**
 * Holds few connections to PostgreSQL for many short-lived functions, and holds theirs while the
 * database fails over. It knows the service's role alone.
 */
export class DatabaseProxy extends Construct {
  readonly proxy: IDatabaseProxy;

  constructor(scope: Construct, id: string, { stage, network, database }: DatabaseProxyProps) {
    super(scope, id);
    const { vpc } = network;
    this.proxy = new RdsProxy(this, 'Proxy', {
      dbProxyName: nameInZones(stage),
      proxyTarget: ProxyTarget.fromCluster(database.cluster),
      secrets: [database.serviceSecret],
      clientPasswordAuthType: ClientPasswordAuthType.POSTGRES_SCRAM_SHA_256,
      requireTLS: stage.tls,
      // Within the connect time-out of a function: it hears "busy" rather than nothing.
      borrowTimeout: Duration.seconds(2),
      maxConnectionsPercent: 90,
      maxIdleConnectionsPercent: 20,
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [database.proxyAccess.servers],
    });
  }

  /**
   * The proxy logs in as soon as it exists, and its creation fails when it cannot: the role that it
   * logs in as must be there before.
   */
  createAfter(migration: IDependable): void {
    this.node.addDependency(migration);
  }
}
