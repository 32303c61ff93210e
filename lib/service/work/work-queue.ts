import { Duration, Validations } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  redeliveredAfterSeconds,
  type QueueFunctionName,
} from '../../../src/contract/functions.ts';
import type { AlarmProps } from '../../parts/alarm.ts';
import type { WeeloFunction } from '../functions/weelo-function.ts';

export interface WorkQueueProps {
  /** The function that processes the messages. */
  readonly worker: QueueFunctionName;
  /** How many environments of the worker run at a time. The stores that it uses must cope with that many. */
  readonly maxConcurrency: number;
}

/** A queue, the function that processes its messages, and a dead-letter queue for messages that keep failing. */
export class WorkQueue extends Construct {
  readonly queue: IQueue;
  readonly deadLetters: IQueue;
  readonly worker: QueueFunctionName;
  private readonly maxConcurrency: number;

  constructor(scope: Construct, id: string, { worker, maxConcurrency }: WorkQueueProps) {
    super(scope, id);
    this.worker = worker;
    this.maxConcurrency = maxConcurrency;
    const sealed = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    const deadLetters = new Queue(this, 'DeadLetters', {
      ...sealed,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      ...sealed,
      visibilityTimeout: Duration.seconds(redeliveredAfterSeconds(worker)),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
    });
    this.deadLetters = deadLetters;
    Validations.of(deadLetters).acknowledge({
      id: 'Serverless-SQSRedrivePolicy',
      reason: 'It is the dead-letter queue itself',
    });
  }

  workedOffBy(worker: WeeloFunction): void {
    worker.lambda.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        maxConcurrency: this.maxConcurrency,
      }),
    );
    Validations.of(worker.lambda).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'A queue is no stream: what fails five times goes to its dead-letter queue',
    });
  }

  grantSend(to: IGrantable): void {
    this.queue.grantSendMessages(to);
  }

  grantTakeDeadLetters(to: IGrantable): void {
    this.deadLetters.grantConsumeMessages(to);
  }

  /** Messages that were given up after five tries. There should be none. */
  metricDeadLetters(): IMetric {
    return this.deadLetters.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(1),
      statistic: 'Maximum',
    });
  }

  /** How many seconds the oldest message has been waiting. */
  metricOldest(): IMetric {
    return this.queue.metricApproximateAgeOfOldestMessage({
      period: Duration.minutes(1),
      statistic: 'Maximum',
    });
  }

  /** What SQS counts and bills: a call takes up to ten messages. */
  metricCalls(): readonly IMetric[] {
    const of = { period: Duration.minutes(5), statistic: 'Sum' };
    return [
      this.queue.metricNumberOfMessagesSent(of),
      this.queue.metricNumberOfMessagesReceived(of),
      this.queue.metricNumberOfEmptyReceives(of),
    ];
  }

  alarms(): readonly AlarmProps[] {
    return [
      {
        name: `${this.worker}DeadLetters`,
        metric: this.metricDeadLetters(),
        ringing: { from: 1 },
        meaning: `The ${this.worker} queue gave a message up after five tries.`,
        remedy:
          'Find its error in the log by message id; mend the cause, then redrive the messages.',
        runbook: 'docs/runbooks/alarms.md#dead-letters',
      },
      {
        name: `${this.worker}Lag`,
        metric: this.metricOldest(),
        ringing: { from: 180, periods: 3 },
        meaning: `The ${this.worker} queue is not worked off: its oldest message has waited for minutes.`,
        remedy: 'See whether the function fails, is throttled, or waits for PostgreSQL.',
        runbook: 'docs/runbooks/alarms.md#lag',
      },
    ];
  }
}
