import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnServerlessCache } from 'aws-cdk-lib/aws-elasticache';
import { Port, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { AlarmProps } from '../parts/alarm.ts';
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
  private readonly cache: Stage['cache'];
  private readonly cacheName: string;

  constructor(scope: Construct, id: string, { stage, network }: CacheProps) {
    super(scope, id);
    const { vpc } = network;
    const { cache } = stage;
    this.cache = cache;
    this.cacheName = nameInZones(stage);
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

  /** An operator's own Redis has the operator's own alarms. */
  alarms(): readonly AlarmProps[] {
    if (this.cache.kind === 'existing') return [];
    const { maxGigabytes } = this.cache;
    const runbook = 'docs/runbooks/alarms.md#cache-capacity';
    return [
      {
        name: 'CacheFull',
        metric: this.metric('BytesUsedForCache', 'Maximum'),
        ringing: { from: Math.floor(0.8 * maxGigabytes * 1024 ** 3) },
        meaning:
          'Four fifths of the cache are used. When it is full, it forgets what it still needs.',
        remedy: "Raise the stage's maxGigabytes and deploy data.",
        runbook,
      },
      {
        name: 'CacheThrottled',
        metric: this.metric('ThrottledCmds', 'Sum'),
        // It grows by itself within minutes, up to the stage's limit.
        ringing: { from: 50, periods: 3 },
        meaning:
          'The cache has refused commands for a quarter of an hour: requests are slow, and some get no code.',
        remedy: "See what asks it so much, or raise the stage's maxUnitsPerSecond and deploy data.",
        runbook,
      },
    ];
  }

  /** How full and how busy it is, for the dashboard. */
  load(): readonly IMetric[] {
    if (this.cache.kind === 'existing') return [];
    return [
      this.metric('BytesUsedForCache', 'Maximum'),
      this.metric('ElastiCacheProcessingUnits', 'Sum'),
      this.metric('ThrottledCmds', 'Sum'),
      this.metric('Evictions', 'Sum'),
    ];
  }

  /** What ElastiCache reports of a serverless cache. */
  private metric(
    metricName: 'BytesUsedForCache' | 'ThrottledCmds' | 'ElastiCacheProcessingUnits' | 'Evictions',
    statistic: 'Maximum' | 'Sum',
  ): IMetric {
    const where = { namespace: 'AWS/ElastiCache', dimensionsMap: { clusterId: this.cacheName } };
    return new Metric({ ...where, metricName, statistic, period: Duration.minutes(5) });
  }

  private makeValkey(cache: NewCache, stage: Stage, { vpc }: Network): string {
    const made = new CfnServerlessCache(this, 'Cache', {
      serverlessCacheName: this.cacheName,
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
