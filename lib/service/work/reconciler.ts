import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { WeeloFunction } from '../functions/weelo-function.ts';

export interface ReconcilerProps {
  readonly reconcile: WeeloFunction;
  /** Default: 2 minutes. */
  readonly every?: Duration;
}

/** The safety net under timers and messages: runs whether or not anything was lost. */
export class Reconciler extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { reconcile, every = Duration.minutes(2) }: ReconcilerProps,
  ) {
    super(scope, id);
    // A run that failed or came late is not repeated: the next one does all that it would have done.
    const once = { retryAttempts: 0, maxEventAge: every };
    reconcile.lambda.configureAsyncInvoke(once);
    new Rule(this, 'Schedule', {
      description: 'Repairs what a lost timer or message left behind',
      schedule: Schedule.rate(every),
      targets: [new LambdaFunction(reconcile.lambda, once)],
    });
  }
}
