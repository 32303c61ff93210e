import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type AlarmProps, makeAlarm } from '../parts/alarm.ts';

export interface ObservabilityProps {
  /** Each construct declares those that are about it. */
  readonly alarms: readonly AlarmProps[];
}

/** All alarms, told to one topic. */
export class Observability extends Construct {
  /** Operators subscribe to it. */
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, { alarms }: ObservabilityProps) {
    super(scope, id);
    this.topic = this.topicForAlarms();
    for (const each of alarms) makeAlarm(this, this.topic, each);
  }

  /**
   * A topic's policy replaces the one that it is born with, by which its whole account may publish. To
   * ask for TLS makes one: it must let the alarms in, too.
   */
  private topicForAlarms(): ITopic {
    const topic = new Topic(this, 'Alarms', { displayName: 'Weelo alarms', enforceSSL: true });
    const ours = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com', { conditions: ours }));
    return topic;
  }
}
