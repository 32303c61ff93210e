import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { pathOf, type Resource, synthesized } from './synth.ts';

const staging = synthesized('staging');

describe('alarms', () => {
  const every = staging.ofType('AWS::CloudWatch::Alarm');
  /** Those that are sent to people. Deployments listen to the others. */
  const alarms = every.filter((each) => !pathOf(each).startsWith('GradualReleases/'));

  /** What an alarm watches, and from when on it rings, in a line. */
  const inWords = (alarm: Resource) => {
    if ('Metrics' in alarm.Properties) return reckonedInWords(alarm);
    const { Namespace, MetricName, Period, ...rest } = Watching.parse(alarm.Properties);
    const statistic = rest.Statistic ?? rest.ExtendedStatistic;
    const of = rest.Dimensions.map((each) => staging.say(each.Value)).join(' ');
    const limit = `${limits[rest.ComparisonOperator]} ${rest.Threshold}`;
    return `${statistic} ${Namespace} ${MetricName} of ${of} ${limit} for ${rest.EvaluationPeriods} × ${Period} s, silence ${rest.TreatMissingData}`;
  };

  const reckonedInWords = (alarm: Resource) => {
    const { Metrics, ...rest } = Reckoned.parse(alarm.Properties);
    const terms = Metrics.map(({ Id, Expression, MetricStat, ReturnData }) => {
      if (!MetricStat) return ReturnData === false ? `${Id}: ${Expression}` : Expression;
      const { Metric, Period, Stat } = MetricStat;
      const of = Metric.Dimensions.map((each) => `${each.Name}=${staging.say(each.Value)}`).join(
        ' ',
      );
      return `${Id}: ${Stat} ${Metric.Namespace} ${Metric.MetricName} of ${of} in ${Period} s`;
    });
    const limit = `${limits[rest.ComparisonOperator]} ${rest.Threshold}`;
    const periods =
      rest.DatapointsToAlarm === undefined
        ? rest.EvaluationPeriods
        : `${rest.DatapointsToAlarm} of ${rest.EvaluationPeriods}`;
    return `${terms.join('; ')}; ${limit} for ${periods}, silence ${rest.TreatMissingData}`;
  };

  test('ring for these reasons', () => {
    const said = alarms.map((each) => [pathOf(each).replace('Observability/', ''), inWords(each)]);
    expect(Object.fromEntries(said)).toEqual({
      ...Object.fromEntries(
        [
          'orders',
          'dispatch',
          'notify',
          'socket-connect',
          'socket-message',
          'socket-disconnect',
        ].map((name) => [
          `${name}Errors`,
          `Sum AWS/Lambda Errors of <Functions/${name}/Function> <Functions/${name}/Function>:live ≥ 3 for 1 × 300 s, silence notBreaching`,
        ]),
      ),
      reconcileErrors:
        'Sum AWS/Lambda Errors of <Functions/reconcile/Function> <Functions/reconcile/Function>:live ≥ 2 for 2 × 300 s, silence notBreaching',
      migrateErrors:
        'Sum AWS/Lambda Errors of <Functions/migrate/Function> ≥ 1 for 1 × 300 s, silence notBreaching',
      dispatchDeadLetters:
        'Maximum AWS/SQS ApproximateNumberOfMessagesVisible of <Dispatch/DeadLetters.QueueName> ≥ 1 for 1 × 60 s, silence notBreaching',
      notifyDeadLetters:
        'Maximum AWS/SQS ApproximateNumberOfMessagesVisible of <Notify/DeadLetters.QueueName> ≥ 1 for 1 × 60 s, silence notBreaching',
      dispatchLag:
        'Maximum AWS/SQS ApproximateAgeOfOldestMessage of <Dispatch/Queue.QueueName> ≥ 180 for 3 × 60 s, silence notBreaching',
      notifyLag:
        'Maximum AWS/SQS ApproximateAgeOfOldestMessage of <Notify/Queue.QueueName> ≥ 180 for 3 × 60 s, silence notBreaching',
      ReconcilerStopped:
        'Sum AWS/Lambda Invocations of <Functions/reconcile/Function> <Functions/reconcile/Function>:live < 1 for 2 × 180 s, silence missing',
      EventsParked:
        'Maximum Weelo/staging EventsParked of reconcile ≥ 1 for 1 × 300 s, silence notBreaching',
      OutboxStuck:
        'Maximum Weelo/staging OutboxAge of reconcile ≥ 180000 for 1 × 300 s, silence notBreaching',
      StuckOrders:
        'Sum Weelo/staging OrdersStuck of reconcile ≥ 1 for 2 × 300 s, silence notBreaching',
      LateDeadlines:
        'MAX([FILL(ordersLag, 0), FILL(dispatchLag, 0), FILL(reconcileLag, 0)]); ordersLag: Maximum Weelo/staging ExpiryLag of service=orders in 300 s; dispatchLag: Maximum Weelo/staging ExpiryLag of service=dispatch in 300 s; reconcileLag: Maximum Weelo/staging ExpiryLag of service=reconcile in 300 s; ≥ 30000 for 2 of 6, silence notBreaching',
      CanaryFailed:
        '1 - walked; walked: Maximum Weelo/staging CanaryWalked of service=canary in 300 s; ≥ 1 for 2 of 3, silence notBreaching',
      CanarySilent:
        'SampleCount Weelo/staging CanaryWalked of canary < 1 for 2 × 300 s, silence missing',
      ThrottledFunctions: 'Sum AWS/Lambda Throttles of  ≥ 20 for 1 × 300 s, silence notBreaching',
      SlowAnswers:
        'p99 AWS/Lambda Duration of <Functions/orders/Function> <Functions/orders/Function>:live ≥ 3000 for 3 × 300 s, silence notBreaching',
      SocketErrors:
        'Sum AWS/ApiGateway ExecutionError of <RealtimeApi/Api> ws ≥ 5 for 3 × 60 s, silence notBreaching',
      CacheFull:
        'Maximum AWS/ElastiCache BytesUsedForCache of weelo-staging-1a7d0862 ≥ 858993459 for 1 × 300 s, silence notBreaching',
      CacheThrottled:
        'Sum AWS/ElastiCache ThrottledCmds of weelo-staging-1a7d0862 ≥ 50 for 3 × 300 s, silence notBreaching',
      ThrottledTables:
        'SUM([FILL(idempotencyReadThrottleEvents, 0), FILL(idempotencyWriteThrottleEvents, 0), FILL(connectionsReadThrottleEvents, 0), FILL(connectionsWriteThrottleEvents, 0), FILL(stateReadThrottleEvents, 0), FILL(stateWriteThrottleEvents, 0)]); idempotencyReadThrottleEvents: Sum AWS/DynamoDB ReadThrottleEvents of TableName=<Tables/Idempotency> in 300 s; idempotencyWriteThrottleEvents: Sum AWS/DynamoDB WriteThrottleEvents of TableName=<Tables/Idempotency> in 300 s; connectionsReadThrottleEvents: Sum AWS/DynamoDB ReadThrottleEvents of TableName=<Tables/Connections> in 300 s; connectionsWriteThrottleEvents: Sum AWS/DynamoDB WriteThrottleEvents of TableName=<Tables/Connections> in 300 s; stateReadThrottleEvents: Sum AWS/DynamoDB ReadThrottleEvents of TableName=<Tables/State> in 300 s; stateWriteThrottleEvents: Sum AWS/DynamoDB WriteThrottleEvents of TableName=<Tables/State> in 300 s; ≥ 20 for 2, silence notBreaching',
      SmsBudget:
        'Maximum AWS/SMSVoice TextMessageMonthlySpend of  ≥ 35 for 1 × 3600 s, silence notBreaching',
      FailedPushes:
        'Sum Weelo/staging CircuitOpenedFcm of notify ≥ 3 for 2 × 300 s, silence notBreaching',
      PostsGivenUp:
        'Sum Weelo/staging PostsGivenUp of notify ≥ 50 for 1 × 300 s, silence notBreaching',
      UnusedCodes:
        'IF(sent >= 20, 100 - 100 * verified / sent, 0); sent: SUM([FILL(authOtpSent, 0), FILL(fleetOtpSent, 0)]); authOtpSent: Sum Weelo/staging OtpSent of service=auth in 900 s; fleetOtpSent: Sum Weelo/staging OtpSent of service=fleet in 900 s; verified: SUM([FILL(authOtpVerified, 0), FILL(fleetOtpVerified, 0)]); authOtpVerified: Sum Weelo/staging OtpVerified of service=auth in 900 s; fleetOtpVerified: Sum Weelo/staging OtpVerified of service=fleet in 900 s; ≥ 70 for 1, silence notBreaching',
      CodesRunOut:
        'MAX([FILL(authOtpOpenShareUsed, 0), FILL(fleetOtpOpenShareUsed, 0)]); authOtpOpenShareUsed: Maximum Weelo/staging OtpOpenShareUsed of service=auth in 3600 s; fleetOtpOpenShareUsed: Maximum Weelo/staging OtpOpenShareUsed of service=fleet in 3600 s; ≥ 60 for 1, silence notBreaching',
      KeptCodesRunOut:
        'MAX([FILL(authOtpKeptShareUsed, 0), FILL(fleetOtpKeptShareUsed, 0)]); authOtpKeptShareUsed: Maximum Weelo/staging OtpKeptShareUsed of service=auth in 3600 s; fleetOtpKeptShareUsed: Maximum Weelo/staging OtpKeptShareUsed of service=fleet in 3600 s; ≥ 60 for 1, silence notBreaching',
      ServerErrors:
        'Sum AWS/ApiGateway 5xx of <HttpApi/Api> $default ≥ 5 for 3 × 60 s, silence notBreaching',
      DatabaseCapacity:
        'Average AWS/RDS ACUUtilization of <Database/Cluster> ≥ 90 for 3 × 300 s, silence notBreaching',
    });
  });

  test('all reach the one topic, and say what they mean', () => {
    for (const { Properties } of alarms) {
      expect(Properties['AlarmDescription']).toMatch(/^.+\. .+\. Runbook: docs\/runbooks\/\S+$/);
      expect(Properties['AlarmActions']).toEqual([{ Ref: topicId }]);
    }
  });

  /** Pages and their sections, as alarms name them. */
  const pages = globSync('docs/runbooks/*.md').flatMap((page) => [
    page,
    ...sectionsOf(page).map((section) => `${page}#${section}`),
  ]);
  const runbookOf = ({ Properties }: Resource) =>
    String(Properties['AlarmDescription']).split(' Runbook: ')[1];

  test('of a release are about crashes of what it changes gradually, and about answers with 5xx', () => {
    const releases = every.filter((each) => !alarms.includes(each));
    for (const each of releases) {
      const name = pathOf(each).replace('GradualReleases/', '').replace('CrashesInRelease', '');
      // In the five minutes of a tenth of the calls, the schedule calls once to three times.
      const often = ['reconcile', 'canary'].includes(name) ? '≥ 1 for 1 × 300' : '≥ 3 for 1 × 60';
      const worker = name.replace('FailuresInRelease', '');
      if (worker !== name) {
        expect(inWords(each)).toBe(
          `Sum Weelo/staging MessagesFailed of ${worker} ≥ 5 for 1 × 60 s, silence notBreaching`,
        );
        continue;
      }
      expect(inWords(each)).toBe(
        name === 'ServerErrorsInRelease'
          ? 'Sum AWS/ApiGateway 5xx of <HttpApi/Api> $default ≥ 5 for 1 × 60 s, silence notBreaching'
          : `Sum AWS/Lambda Errors of <Functions/${name}/Function> <Functions/${name}/Function>:live ${often} s, silence notBreaching`,
      );
      expect(each.Properties['AlarmDescription']).toMatch(
        /^.+\. .+\. Runbook: docs\/runbooks\/\S+$/,
      );
    }
    expect(releases.length).toBeGreaterThan(10);
  });

  test.each(every.map((each) => [pathOf(each), runbookOf(each)]))(
    '%s names a runbook that exists: %s',
    (_, runbook) => {
      expect(pages).toContain(runbook);
    },
  );

  test('name each section of the page that they share', () => {
    const sections = pages.filter((each) => each.startsWith('docs/runbooks/alarms.md#'));
    const named = alarms
      .map(runbookOf)
      .filter((each) => each?.startsWith('docs/runbooks/alarms.md'));
    expect(new Set(named)).toEqual(new Set(sections));
  });

  test('that ring when nothing is reported only do so after something was reported', () => {
    const silent = alarms.filter(({ Properties }) => 'InsufficientDataActions' in Properties);
    expect(silent.map(pathOf)).toEqual([
      'Observability/ReconcilerStopped',
      'Observability/CanarySilent',
    ]);
    for (const { Properties } of silent) {
      // The first period may be that of the deployment.
      expect(Properties['EvaluationPeriods']).toBe(2);
      // CloudWatch looks back two periods further, and the text tells of all four.
      const [, minutes = ''] =
        /for (\w+) minutes/.exec(String(Properties['AlarmDescription'])) ?? [];
      expect(4 * Number(Properties['Period'])).toBe(60 * (inFigures[minutes] ?? 0));
      expect(Properties['InsufficientDataActions']).toEqual([{ Ref: topicId }]);
    }
    // An alarm is made without data. To take that for bad would ring at every first deployment.
    const breaching = alarms.filter((each) => each.Properties['TreatMissingData'] === 'breaching');
    expect(breaching).toEqual([]);
  });

  test('may be published to the topic, by CloudWatch in this account and over TLS', () => {
    const [policy, ...more] = staging.ofType('AWS::SNS::TopicPolicy');
    expect(more).toEqual([]);
    expect(policy?.Properties).toMatchObject({
      Topics: [{ Ref: topicId }],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 'sns:Publish',
            Resource: { Ref: topicId },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: { Ref: topicId },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
    });
  });

  test('are sent to an address, and can be subscribed to: the deployment says where', () => {
    const [mail, ...more] = staging.ofType('AWS::SNS::Subscription');
    expect(more).toEqual([]);
    expect(mail?.Properties).toEqual({
      Protocol: 'email',
      Endpoint: 'operators@example.com',
      TopicArn: { Ref: topicId },
    });
    expect(staging.say(staging.outputs.get('AlarmsTopicArn'))).toBe('<Observability/Alarms>');
  });

  test.each(['dev', 'local'])('do not exist in %s', (name) => {
    const stage = synthesized(name);
    expect(stage.ofType('AWS::CloudWatch::Alarm')).toEqual([]);
    expect(stage.outputs.has('AlarmsTopicArn')).toBe(false);
  });
});

const [topicId] = [...staging.resources].flatMap(([id, { Type }]) =>
  Type === 'AWS::SNS::Topic' ? [id] : [],
);

/** The second-level headings of a page, as links name them. */
function sectionsOf(page: string): readonly string[] {
  const headings = readFileSync(page, 'utf8').match(/(?<=^## ).+$/gm) ?? [];
  return headings.map((each) => each.toLowerCase().replaceAll(' ', '-'));
}

const inFigures: Readonly<Record<string, number>> = { twelve: 12, twenty: 20 };

const limits: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: '≥',
  LessThanThreshold: '<',
};

const Reckoned = z.object({
  Metrics: z.array(
    z.object({
      Id: z.string(),
      Expression: z.string().optional(),
      ReturnData: z.boolean().optional(),
      MetricStat: z
        .object({
          Metric: z.object({
            Namespace: z.string(),
            MetricName: z.string(),
            Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })),
          }),
          Period: z.number(),
          Stat: z.string(),
        })
        .optional(),
    }),
  ),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number().optional(),
  Threshold: z.number(),
  ComparisonOperator: z.string(),
  TreatMissingData: z.string(),
});

const Watching = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  // Without any, it is the sum of the account.
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Period: z.number(),
  EvaluationPeriods: z.number(),
  Threshold: z.number(),
  ComparisonOperator: z.string(),
  TreatMissingData: z.string(),
});
