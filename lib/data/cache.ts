import { CfnServerlessCache } from 'aws-cdk-lib/aws-elasticache';
import { Port, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { nameInZones } from '../parts/name-in-zones.ts';
import type { Stage } from '../parts/stage.ts';
import { NetworkAccess } from './network-access.ts';
import type { Network } from './network.ts';

export interface CacheProps {
  readonly stage: Stage;
  readonly network: Network;
}

/** Valkey, which speaks Redis: a mirror of what PostgreSQL knows, and the rate limits. */
export class Cache extends Construct {
  readonly access: NetworkAccess;
  /** Its scheme depends on the stage. Clients use the URL as it is written. */
  readonly url: string;

  constructor(scope: Construct, id: string, { stage, network }: CacheProps) {
    super(scope, id);
    const { vpc } = network;
    // 6379 is the writers' port, 6380 the one for reads from the nearest replica.
    const port = Port.tcpRange(6379, 6380);
    this.access = new NetworkAccess(this, 'Door', { vpc, what: 'Valkey', port });
    const cache = new CfnServerlessCache(this, 'Cache', {
      serverlessCacheName: nameInZones(stage),
      description: 'Mirror of PostgreSQL, rate limits, presence',
      engine: 'valkey',
      majorEngineVersion: '8',
      cacheUsageLimits: {
        dataStorage: { maximum: stage.cache.maxGigabytes, unit: 'GB' },
        ecpuPerSecond: { maximum: stage.cache.maxUnitsPerSecond },
      },
      snapshotRetentionLimit: stage.cache.snapshotDays,
      subnetIds: vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED }).subnetIds,
      securityGroupIds: [this.access.servers.securityGroupId],
    });
    const scheme = stage.tls ? 'rediss' : 'redis';
    this.url = `${scheme}://${cache.attrEndpointAddress}:${cache.attrEndpointPort}`;
  }
}
