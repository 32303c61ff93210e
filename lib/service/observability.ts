import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type AlarmProps, makeAlarm } from '../parts/alarm.ts';

export interface ObservabilityProps {
  /** Each construct declares the alarms that are about it. */
  readonly alarms: readonly AlarmProps[];
}

/** All alarms, and the topic that they are sent to. */
export class Observability extends Construct {
  /** Operators subscribe to it. */
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, { alarms }: ObservabilityProps) {
    super(scope, id);
    this.topic = this.topicForAlarms();
    for (const each of alarms) makeAlarm(this, this.topic, each);
  }

  /**
   * A new topic has a default policy, which lets its whole account publish. `enforceSSL` replaces that policy, so the
   * new policy must also let the alarms publish.
   */
  private topicForAlarms(): ITopic {
    const topic = new Topic(this, 'Alarms', { displayName: 'Weelo alarms', enforceSSL: true });
    const ours = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com', { conditions: ours }));
    return topic;
  }
}
