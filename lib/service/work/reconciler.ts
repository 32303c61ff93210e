import { Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { type AlarmProps, silentFor } from '../../parts/alarm.ts';
import type { WeeloFunction } from '../functions/weelo-function.ts';

export interface ReconcilerProps {
  readonly reconcile: WeeloFunction;
  /** Default: 2 minutes. */
  readonly every?: Duration;
}

/** The safety net for lost timers and messages. It runs on a schedule, whether or not anything was lost. */
export class Reconciler extends Construct {
  private readonly reconcile: WeeloFunction;

  constructor(
    scope: Construct,
    id: string,
    { reconcile, every = Duration.minutes(2) }: ReconcilerProps,
  ) {
    super(scope, id);
    this.reconcile = reconcile;
    // A run that failed or is late is not repeated, because the next run does the same work.
    const once = { retryAttempts: 0, maxEventAge: every };
    reconcile.lambda.configureAsyncInvoke(once);
    new Rule(this, 'Schedule', {
      description: 'Repairs what a lost timer or message left behind',
      schedule: Schedule.rate(every),
      targets: [new LambdaFunction(reconcile.lambda, once)],
    });
    const reason =
      'The next run does the work of one that failed, and an alarm rings when none runs';
    Validations.of(this).acknowledge({ id: 'Serverless-EventBusDLQ', reason });
    Validations.of(reconcile).acknowledge({
      id: 'Serverless-LambdaAsyncFailureDestination',
      reason,
    });
  }

  alarms(): readonly AlarmProps[] {
    return [
      {
        name: 'ReconcilerStopped',
        // Each period has a run.
        metric: this.reconcile.lambda.metricInvocations({
          period: silentFor(Duration.minutes(12)),
        }),
        ringing: 'when silent',
        meaning:
          'reconcile has not run for twelve minutes: lost timers and messages are not repaired.',
        remedy: 'See that its EventBridge rule is enabled and that the function is not throttled.',
        runbook: 'docs/runbooks/alarms.md#reconciler-stopped',
      },
      {
        name: 'EventsParked',
        // Every run counts the parked events, so the alarm rings until none is parked.
        metric: this.reconcile.metricCounted('EventsParked', 'Maximum'),
        ringing: { from: 1 },
        meaning: 'A queue refuses an event for what it says: nobody is told of it.',
        remedy: 'Mend what made it, then release it or drop it; this rings until none is parked.',
        runbook: 'docs/runbooks/parked-events.md',
      },
      {
        name: 'OutboxStuck',
        // In milliseconds, as every run leaves it behind. The next run comes after two minutes.
        metric: this.reconcile.metricCounted('OutboxAge', 'Maximum'),
        ringing: { from: 180_000 },
        meaning:
          'Events have waited for their queue for three minutes: clients learn of them late.',
        remedy:
          'See whether the queues can be reached, and send the events by hand to read why not.',
        runbook: 'docs/runbooks/alarms.md#outbox-stuck',
      },
      {
        name: 'StuckOrders',
        metric: this.reconcile.metricCounted('OrdersStuck', 'Sum'),
        // Once may be chance: a database that fails over. The next runs show whether it stays.
        ringing: { from: 1, periods: 2 },
        meaning:
          'reconcile fails to end an order, a hold or a trip: its customer can place no other.',
        remedy: 'Its log has the error and the id; mend the cause and deploy.',
        runbook: 'docs/runbooks/alarms.md#stuck-orders',
      },
    ];
  }
}
