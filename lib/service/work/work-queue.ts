import { Duration } from 'aws-cdk-lib';
import { type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  redeliveredAfterSeconds,
  type QueueFunctionName,
} from '../../../src/contract/functions.ts';
import type { WeeloFunction } from '../functions/weelo-function.ts';

export interface WorkQueueProps {
  /** The function that works it off. */
  readonly worker: QueueFunctionName;
  /** Environments of the worker at a time: what is behind it must bear as many. */
  readonly maxConcurrency: number;
}

/** A queue, the function that works it off, and a place for what that function cannot. */
export class WorkQueue extends Construct {
  readonly queue: IQueue;
  readonly deadLetters: IQueue;
  private readonly maxConcurrency: number;

  constructor(scope: Construct, id: string, { worker, maxConcurrency }: WorkQueueProps) {
    super(scope, id);
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
  }

  workedOffBy(worker: WeeloFunction): void {
    worker.lambda.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        maxConcurrency: this.maxConcurrency,
      }),
    );
  }

  grantSend(to: IGrantable): void {
    this.queue.grantSendMessages(to);
  }

  /** Messages that were given up; there should be none. */
  metricDeadLetters(): IMetric {
    return this.deadLetters.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(1),
      statistic: 'Maximum',
    });
  }

  /** Seconds that the message at the front has been waiting. */
  metricOldest(): IMetric {
    return this.queue.metricApproximateAgeOfOldestMessage({
      period: Duration.minutes(1),
      statistic: 'Maximum',
    });
  }
}
