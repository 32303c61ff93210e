import { Stack, Validations } from 'aws-cdk-lib';
import { Alarm, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { type AlarmProps, makeAlarm } from '../parts/alarm.ts';

export interface ObservabilityProps {
  /** Each construct declares the alarms that are about it. */
  readonly alarms: readonly AlarmProps[];
  /** Who gets them. AWS sends a message first, whose link must be clicked. */
  readonly email: string;
}

/** All alarms, and the topic that they are sent to. */
export class Observability extends Construct {
  /** More can be subscribed to it than the one address. */
  readonly topic: ITopic;
  readonly alarms: readonly IAlarm[];

  constructor(scope: Construct, id: string, { alarms, email }: ObservabilityProps) {
    super(scope, id);
    this.topic = this.topicForAlarms();
    this.topic.addSubscription(new EmailSubscription(email));
    Validations.of(this).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason:
        'SNS tries to deliver an email for hours. Nobody would read a queue of those that were not delivered, and the alarm is in the console all the same',
    });
    for (const each of alarms) makeAlarm(this, this.topic, each);
    this.alarms = this.node.findAll().filter((each) => each instanceof Alarm);
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
