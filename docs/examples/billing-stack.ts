import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface BillingStackProps extends StackProps {
  /** The output `EventBusName` of Weelo's service stack. */
  readonly eventBusName: string;
}

/** Another team's stack. It collects in a queue what billing needs to know of orders. */
export class BillingStack extends Stack {
  constructor(scope: Construct, id: string, { eventBusName, ...props }: BillingStackProps) {
    super(scope, id, props);
    const sealed = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    const orders = new Queue(this, 'Orders', sealed);
    // Events that EventBridge could not put into the queue for a day.
    const undelivered = new Queue(this, 'Undelivered', sealed);

    new Rule(this, 'OrdersToBill', {
      eventBus: EventBus.fromEventBusName(this, 'Weelo', eventBusName),
      eventPattern: {
        source: ['weelo'],
        detailType: ['OrderPlaced', 'OrderCancelled'],
        // A version that this code does not know is left out, and not misread.
        detail: { version: [1] },
      },
      targets: [
        new SqsQueue(orders, { deadLetterQueue: undelivered, maxEventAge: Duration.days(1) }),
      ],
    });
  }
}
