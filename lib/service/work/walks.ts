import { Duration, Validations } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { type AlarmProps, silentFor } from '../../parts/alarm.ts';
import type { WeeloFunction } from '../functions/weelo-function.ts';

export interface WalksProps {
  readonly canary: WeeloFunction;
}

const every = Duration.minutes(5);

/** The canary walks on a schedule: from login to a cancelled order, as a customer does. */
export class Walks extends Construct {
  private readonly canary: WeeloFunction;

  constructor(scope: Construct, id: string, { canary }: WalksProps) {
    super(scope, id);
    this.canary = canary;
    // A walk that failed is not repeated, because the next one comes soon.
    const once = { retryAttempts: 0, maxEventAge: every };
    canary.lambda.configureAsyncInvoke(once);
    new Rule(this, 'Schedule', {
      description: 'Walks from login to a cancelled order',
      schedule: Schedule.rate(every),
      targets: [new LambdaFunction(canary.lambda, once)],
    });
    const reason = 'The next walk does the same, and an alarm rings when none is reported';
    Validations.of(this).acknowledge({ id: 'Serverless-EventBusDLQ', reason });
    Validations.of(canary).acknowledge({ id: 'Serverless-LambdaAsyncFailureDestination', reason });
  }

  alarms(): readonly AlarmProps[] {
    return [
      {
        name: 'CanaryFailed',
        metric: new MathExpression({
          expression: '1 - walked',
          usingMetrics: { walked: this.canary.metricCounted('CanaryWalked', 'Maximum') },
          label: 'Walks that broke off',
          period: every,
        }),
        ringing: { from: 1, periods: 2, outOf: 3 },
        meaning:
          'Two of the last three walks broke off: customers cannot log in, or cannot order a truck.',
        remedy: 'The log of canary names the step, and what was answered there.',
        runbook: 'docs/runbooks/canary.md#a-walk-breaks-off',
      },
      {
        name: 'CanarySilent',
        metric: this.canary.metricCounted(
          'CanaryWalked',
          'SampleCount',
          silentFor(Duration.minutes(20)),
        ),
        ringing: 'when silent',
        meaning: 'No walk has been reported for twenty minutes: nobody would notice an outage.',
        remedy: 'See that its EventBridge rule is enabled, and what its log group has last.',
        runbook: 'docs/runbooks/canary.md#the-canary-is-silent',
      },
    ];
  }
}
