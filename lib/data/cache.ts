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

type NewCache = Extract<Stage['cache'], { readonly kind: 'new' }>;

/**
 * Valkey, which speaks the Redis protocol, or the operator's own Redis. It holds a mirror of data in PostgreSQL, and the
 * rate limits.
 */
export class Cache extends Construct {
  readonly access: NetworkAccess;
  /** The scheme (`redis` or `rediss`) depends on the stage. Clients must not change it. */
  readonly url: string;
  /** Which client to use. */
  readonly mode: 'cluster' | 'single';

  constructor(scope: Construct, id: string, { stage, network }: CacheProps) {
    super(scope, id);
    const { vpc } = network;
    const { cache } = stage;
    if (cache.kind === 'existing') {
      const port = Port.tcp(Number(new URL(cache.url).port));
      const existing = cache.securityGroupId;
      this.access = new NetworkAccess(this, 'Door', { vpc, what: 'Redis', port, existing });
      this.url = cache.url;
      this.mode = cache.mode;
      return;
    }
    // Port 6379 is for writes. Port 6380 is for reads from the nearest replica.
    const port = Port.tcpRange(6379, 6380);
    this.access = new NetworkAccess(this, 'Door', { vpc, what: 'Valkey', port });
    this.url = this.makeValkey(cache, stage, network);
    this.mode = 'cluster';
  }

  private makeValkey(cache: NewCache, stage: Stage, { vpc }: Network): string {
    const made = new CfnServerlessCache(this, 'Cache', {
      serverlessCacheName: nameInZones(stage),
      description: 'Mirror of PostgreSQL, rate limits, presence',
      engine: 'valkey',
      majorEngineVersion: '8',
      cacheUsageLimits: {
        dataStorage: { maximum: cache.maxGigabytes, unit: 'GB' },
        ecpuPerSecond: { maximum: cache.maxUnitsPerSecond },
      },
      snapshotRetentionLimit: cache.snapshotDays,
      subnetIds: vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED }).subnetIds,
      securityGroupIds: [this.access.servers.securityGroupId],
    });
    const scheme = stage.tls ? 'rediss' : 'redis';
    return `${scheme}://${made.attrEndpointAddress}:${made.attrEndpointPort}`;
  }
}
