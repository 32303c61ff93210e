import * as z from 'zod';
import { prices, type Charge, type Price } from './prices.ts';

export const hoursPerMonth = 730;

/** A resource of a synthesized template. */
export const Resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
export type Resource = z.output<typeof Resource>;

/** Resources by their logical id, of one stack or of all stacks of a stage. */
export type Resources = Readonly<Record<string, Resource>>;

type PriceIt = (resource: Resource, all: readonly Resource[]) => readonly Charge[];

const one = (price: Price, why: string): readonly Charge[] => [{ price, amount: 1, why }];

/** What costs something by being there. */
export const priced: Readonly<Record<string, PriceIt>> = {
  'AWS::EC2::VPCEndpoint': priceOfEndpoint,
  'AWS::RDS::DBInstance': priceOfInstance,
  'AWS::RDS::DBProxy': priceOfProxy,
  'AWS::ElastiCache::ServerlessCache': priceOfCache,
  'AWS::SecretsManager::Secret': priceOfSecret,
  'AWS::Lambda::EventSourceMapping': priceOfPolling,
  'AWS::CloudWatch::Alarm': priceOfAlarm,
  'AWS::CloudWatch::Dashboard': () => one(prices.dashboard, 'each'),
  'AWS::KMS::Key': () => one(prices.key, 'each'),
  'AWS::KMS::ReplicaKey': () => one(prices.key, 'each'),
  'AWS::WAFv2::WebACL': priceOfWebAcl,
  'AWS::Route53::HostedZone': () => one(prices.hostedZone, 'each'),
};

const Endpoint = z.object({
  VpcEndpointType: z.enum(['Gateway', 'Interface']),
  SubnetIds: z.array(z.unknown()).default([]),
});

/** A gateway endpoint costs nothing; an interface endpoint costs by the hour, in each zone. */
function priceOfEndpoint({ Properties }: Resource): readonly Charge[] {
  const { VpcEndpointType, SubnetIds } = Endpoint.parse(Properties);
  if (VpcEndpointType === 'Gateway') return [];
  const amount = SubnetIds.length * hoursPerMonth;
  return [{ price: prices.endpointHour, amount, why: `zones × ${hoursPerMonth} h` }];
}

const Instance = z.object({ DBInstanceClass: z.string() });
const Cluster = z.object({
  ServerlessV2ScalingConfiguration: z.object({
    MinCapacity: z.number(),
    MaxCapacity: z.number(),
  }),
});

/** Aurora's smallest and largest size. Nothing where the stage uses a database that it has not made. */
export function databaseSizeOf(all: readonly Resource[]) {
  const cluster = all.find(({ Type }) => Type === 'AWS::RDS::DBCluster');
  if (!cluster) return undefined;
  const { MinCapacity: least, MaxCapacity: most } = Cluster.parse(
    cluster.Properties,
  ).ServerlessV2ScalingConfiguration;
  const instances = all.filter(({ Type }) => Type === 'AWS::RDS::DBInstance').length;
  return { least, most, instances };
}

/** With a minimum of 0 the database sleeps while nobody uses it, and costs its storage alone. */
function priceOfInstance({ Properties }: Resource, all: readonly Resource[]): readonly Charge[] {
  const { DBInstanceClass: size } = Instance.parse(Properties);
  if (size !== 'db.serverless') {
    throw new Error(`Nothing says what an instance of ${size} costs: tools/cost`);
  }
  const { least = 0 } = databaseSizeOf(all) ?? {};
  const amount = least * hoursPerMonth;
  return [
    {
      price: prices.databaseCapacity,
      amount,
      why: `instances × ${least} ACU × ${hoursPerMonth} h`,
    },
  ];
}

export const leastOfProxy = 8;

/** A proxy is billed by the size of what stands behind it, and for eight ACUs at least. */
function priceOfProxy(_: Resource, all: readonly Resource[]): readonly Charge[] {
  const { least = 0, instances = 1 } = databaseSizeOf(all) ?? {};
  const capacity = Math.max(leastOfProxy, least * instances);
  const amount = capacity * hoursPerMonth;
  return [{ price: prices.proxyCapacity, amount, why: `${capacity} ACU × ${hoursPerMonth} h` }];
}

const Cache = z.object({ Engine: z.literal('valkey') });
export const leastOfCacheGb = 0.1;

function priceOfCache({ Properties }: Resource): readonly Charge[] {
  Cache.parse(Properties);
  const amount = leastOfCacheGb * hoursPerMonth;
  const why = `at least ${leastOfCacheGb} GB × ${hoursPerMonth} h`;
  return [{ price: prices.cacheStorage, amount, why }];
}

const Secret = z.object({ ReplicaRegions: z.array(z.unknown()).default([]) });

function priceOfSecret({ Properties }: Resource): readonly Charge[] {
  const { ReplicaRegions } = Secret.parse(Properties);
  return [
    { price: prices.secret, amount: 1 + ReplicaRegions.length, why: 'each, and each replica' },
  ];
}

/** Lambda asks an empty queue with five pollers, each for 20 seconds. */
function priceOfPolling(): readonly Charge[] {
  const amount = 5 * 3 * 60 * hoursPerMonth;
  const why = `queues × 5 pollers × 3 a minute × ${hoursPerMonth} h`;
  return [{ price: prices.queueRequest, amount, why }];
}

const Alarm = z.object({
  Metrics: z.array(z.looseObject({ MetricStat: z.unknown().optional() })).optional(),
});

/** An alarm on an expression costs as much as one on each of its metrics. */
function priceOfAlarm({ Properties }: Resource): readonly Charge[] {
  const { Metrics } = Alarm.parse(Properties);
  const amount = Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1;
  return [{ price: prices.alarm, amount, why: 'metrics of all alarms' }];
}

const WebAcl = z.object({ Rules: z.array(z.unknown()).default([]) });

function priceOfWebAcl({ Properties }: Resource): readonly Charge[] {
  const { Rules } = WebAcl.parse(Properties);
  return [
    ...one(prices.webAcl, 'each'),
    { price: prices.webAclRule, amount: Rules.length, why: 'each' },
  ];
}
