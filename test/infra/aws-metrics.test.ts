import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { takeover } from './existing-stores.ts';
import { pathOf, type Synthesized, synthesized, synthesizedAs } from './synth.ts';

/**
 * What AWS reports by itself, and under which dimensions: an alarm under any other set of them watches nothing, and never
 * rings. Each from the page that it names.
 */
const reported: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  // "Types of metrics for Lambda functions": by function, by alias or version, and of all functions of the account.
  'AWS/Lambda': {
    Invocations: ['FunctionName', 'FunctionName Resource', ''],
    Errors: ['FunctionName', 'FunctionName Resource', ''],
    Throttles: ['FunctionName', 'FunctionName Resource', ''],
    Duration: ['FunctionName', 'FunctionName Resource', ''],
  },
  // "Available CloudWatch metrics for Amazon SQS"
  'AWS/SQS': {
    ApproximateAgeOfOldestMessage: ['QueueName'],
    ApproximateNumberOfMessagesVisible: ['QueueName'],
  },
  // "Monitor CloudWatch metrics for HTTP APIs in API Gateway" (5xx), and "Monitor WebSocket API execution with CloudWatch
  // metrics" (ExecutionError)
  'AWS/ApiGateway': {
    '5xx': ['ApiId', 'ApiId Stage'],
    ExecutionError: ['ApiId', 'ApiId Stage'],
  },
  // "Amazon CloudWatch metrics for Amazon Aurora", "Amazon CloudWatch instance-level metrics for Amazon RDS", and
  // "Amazon CloudWatch dimensions for Amazon RDS"
  'AWS/RDS': {
    ACUUtilization: ['DBClusterIdentifier', 'DBInstanceIdentifier'],
    CPUUtilization: ['DBClusterIdentifier', 'DBInstanceIdentifier'],
    DatabaseConnections: ['DBClusterIdentifier', 'DBInstanceIdentifier'],
  },
  // "Metrics and events for Valkey and Redis OSS", serverless caches
  'AWS/ElastiCache': {
    BytesUsedForCache: ['clusterId'],
    ThrottledCmds: ['clusterId'],
  },
  // "DynamoDB metrics and dimensions"
  'AWS/DynamoDB': {
    ReadThrottleEvents: ['TableName'],
    WriteThrottleEvents: ['TableName'],
  },
  // "Monitoring AWS End User Messaging SMS with CloudWatch": of the account
  'AWS/SMSVoice': { TextMessageMonthlySpend: [''] },
};

const Dimensions = z
  .array(z.object({ Name: z.string() }))
  .default([])
  .transform((all) =>
    all
      .map(({ Name }) => Name)
      .toSorted()
      .join(' '),
  );
const Metric = z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions });
const Alarm = z.union([
  Metric.transform((metric) => [metric]),
  z
    .object({ Metrics: z.array(z.object({ MetricStat: z.object({ Metric }).optional() })) })
    .transform(({ Metrics }) => Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])),
]);

const stages: readonly (readonly [string, Synthesized, without: readonly string[]])[] = [
  ['staging', synthesized('staging'), []],
  ['prod', synthesized('prod'), []],
  // Its RDS reports what Aurora does not. Its Redis exists, too, and reports to its own AWS account, if it is in one.
  [takeover.name, synthesizedAs(takeover), ['AWS/ElastiCache']],
];

describe.each(stages)("alarms of %s on AWS's own metrics", (_stage, template, without) => {
  const watched = template
    .ofType('AWS::CloudWatch::Alarm')
    .flatMap((alarm) =>
      Alarm.parse(alarm.Properties).map((metric) => ({ path: pathOf(alarm), ...metric })),
    )
    .filter(({ Namespace }) => Namespace.startsWith('AWS/'));

  test.each(watched.map((each) => [each.path, each.MetricName, each.Dimensions, each] as const))(
    '%s: %s under "%s" is what AWS reports',
    (_, __, ___, { Namespace, MetricName, Dimensions: dimensions }) => {
      expect(reported[Namespace]?.[MetricName]).toContain(dimensions);
    },
  );

  test('are watched at all', () => {
    expect(new Set(watched.map(({ Namespace }) => Namespace))).toEqual(
      new Set(Object.keys(reported).filter((each) => !without.includes(each))),
    );
  });
});
