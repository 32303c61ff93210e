import { Duration } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  ClientPasswordAuthType,
  DatabaseProxy as RdsProxy,
  type IDatabaseProxy,
} from 'aws-cdk-lib/aws-rds';
import { Construct, type IDependable } from 'constructs';
import type { Database } from '../../data/database/database.ts';
import type { NetworkAccess } from '../../data/network-access.ts';
import type { Network } from '../../data/network.ts';
import { nameInZones } from '../../parts/name-in-zones.ts';
import type { Stage } from '../../parts/stage.ts';

export interface DatabaseProxyProps {
  readonly stage: Stage;
  readonly network: Network;
  readonly database: Database;
  /** Who may connect to the proxy. */
  readonly access: NetworkAccess;
}

/**
 * Shares a few connections to PostgreSQL between many short-lived functions. It keeps the functions' connections open
 * while the database fails over. It logs in as the service's role only. A stage can do without it.
 */
export class DatabaseProxy extends Construct {
  readonly proxy: IDatabaseProxy;
  readonly access: NetworkAccess;

  constructor(scope: Construct, id: string, props: DatabaseProxyProps) {
    super(scope, id);
    const { stage, network, database, access } = props;
    const { vpc } = network;
    this.access = access;
    this.proxy = new RdsProxy(this, 'Proxy', {
      dbProxyName: nameInZones(stage),
      proxyTarget: database.server.proxyTarget,
      secrets: [database.serviceSecret],
      clientPasswordAuthType: ClientPasswordAuthType.POSTGRES_SCRAM_SHA_256,
      requireTLS: stage.tls,
      // Shorter than a function's connect time-out, so the function gets the error "busy" instead of no answer.
      borrowTimeout: Duration.seconds(2),
      maxConnectionsPercent: 90,
      maxIdleConnectionsPercent: 20,
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [access.servers],
    });
  }

  /** The proxy logs in when it is created, and its creation fails if it cannot. So its role must exist before. */
  createAfter(migration: IDependable): void {
    this.node.addDependency(migration);
  }
}
