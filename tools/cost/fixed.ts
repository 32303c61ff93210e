import * as z from 'zod';
import type { Charge } from './prices.ts';
import { hoursPerMonth, priced, type Resource, type Resources } from './template-prices.ts';

/** A run of a schedule is counted here and priced by what one was measured to use. */
export interface FixedCost {
  readonly charges: readonly Charge[];
  readonly scheduledRuns: number;
}

/** What a stage costs while nobody uses it. A resource whose cost is not known ends it with a sentence. */
export function fixedCostOf(resources: Resources): FixedCost {
  const all = Object.values(resources);
  const unknown = [...new Set(all.map(({ Type }) => Type))].filter(
    (type) => !(type in priced) && !free.some((each) => each.test(type)),
  );
  if (unknown.length > 0) {
    throw new Error(
      `Nothing says what ${unknown.join(', ')} costs: price it, or name it free, in tools/cost`,
    );
  }
  const charges = all.flatMap((resource) => priced[resource.Type]?.(resource, all) ?? []);
  return { charges: grouped(charges), scheduledRuns: runsOf(all) };
}

/** What costs nothing, or only by what passes through it or lies in it. */
const free: readonly RegExp[] = [
  /^Custom::/,
  /^AWS::IAM::/,
  /^AWS::CDK::/,
  /^AWS::CloudFormation::/,
  /^AWS::EC2::(VPC|Subnet|RouteTable|Route|SubnetRouteTableAssociation|FlowLog)$/,
  /^AWS::EC2::SecurityGroup(Ingress|Egress)?$/,
  /^AWS::RDS::(DBCluster|DBSubnetGroup|DBClusterParameterGroup|DBProxyTargetGroup)$/,
  /^AWS::SecretsManager::(SecretTargetAttachment|RotationSchedule|ResourcePolicy)$/,
  /^AWS::DynamoDB::(Table|GlobalTable)$/,
  /^AWS::ApiGatewayV2::/,
  /^AWS::ApiGateway::Account$/,
  /^AWS::SQS::/,
  /^AWS::SNS::/,
  /^AWS::Events::(EventBus|EventBusPolicy|Rule|Archive)$/,
  /^AWS::Scheduler::/,
  /^AWS::Lambda::(Function|Version|Alias|Permission|LayerVersion|EventInvokeConfig)$/,
  /^AWS::CodeDeploy::/,
  /^AWS::Logs::(LogGroup|QueryDefinition|MetricFilter|ResourcePolicy|Delivery(Source|Destination)?)$/,
  /^AWS::CloudWatch::CompositeAlarm$/,
  /^AWS::CloudFront::(Distribution|Function|CachePolicy|OriginRequestPolicy|ResponseHeadersPolicy)$/,
  /^AWS::S3::(Bucket|BucketPolicy)$/,
  /^AWS::KMS::Alias$/,
  /^AWS::SSM::Parameter$/,
  /^AWS::CertificateManager::Certificate$/,
  /^AWS::Route53::RecordSet$/,
];

const Rule = z.object({
  State: z.string().optional(),
  ScheduleExpression: z.string().optional(),
});
const minutesPer = { minute: 1, hour: 60, day: 1440 } as const;

/** How often all schedules of a template run in a month. */
function runsOf(all: readonly Resource[]): number {
  const schedules = all
    .filter(({ Type }) => Type === 'AWS::Events::Rule' || Type === 'AWS::Scheduler::Schedule')
    .map(({ Properties }) => Rule.parse(Properties));
  const runs = schedules.map(({ State, ScheduleExpression: expression }) => {
    if (expression === undefined || State === 'DISABLED') return 0;
    const [, count = '', unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
    const minutes = Object.entries(minutesPer).find(([name]) => name === unit)?.[1];
    if (minutes === undefined) {
      throw new Error(`How often ${expression} runs in a month is not known: tools/cost`);
    }
    return (hoursPerMonth * 60) / (Number(count) * minutes);
  });
  return runs.reduce((sum, each) => sum + each, 0);
}

/** One charge of each price, with all amounts together. */
export function grouped(charges: readonly Charge[]): readonly Charge[] {
  const groups = Map.groupBy(charges, ({ price }) => price);
  return [...groups].flatMap(([price, [first, ...rest]]) => {
    if (!first) return [];
    const amount = rest.reduce((sum, each) => sum + each.amount, first.amount);
    const whys = new Set([first, ...rest].filter((each) => each.amount > 0).map(({ why }) => why));
    return amount > 0 ? [{ price, amount, why: [...whys].join('; ') }] : [];
  });
}
