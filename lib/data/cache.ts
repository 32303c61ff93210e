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

/** Valkey, which speaks the Redis protocol. It holds a mirror of data in PostgreSQL, and the rate limits. */
export class Cache extends Construct {
  readonly access: NetworkAccess;
  /** The scheme (`redis` or `rediss`) depends on the stage. Clients must not change it. */
  readonly url: string;

  constructor(scope: Construct, id: string, { stage, network }: CacheProps) {
    super(scope, id);
    const { vpc } = network;
    // Port 6379 is for writes. Port 6380 is for reads from the nearest replica.
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
