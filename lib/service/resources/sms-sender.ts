import { Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import type { AlarmProps } from '../../parts/alarm.ts';
import type { Stage } from '../../parts/stage.ts';

/** Allows sending text messages from this sender and no other. */
export function grantSendSms(to: IGrantable & IConstruct, sender: string): void {
  Grant.addToPrincipal({
    grantee: to,
    actions: ['sms-voice:SendTextMessage'],
    resourceArns: [Stack.of(to).formatArn({ service: 'sms-voice', ...originOf(sender) })],
  });
}

/** What a stage may spend on SMS is known only if it says so: AWS does not report the account's limit as a metric. */
export function smsAlarms({ sms: { monthlyUsd } }: Stage): readonly AlarmProps[] {
  if (monthlyUsd === undefined) return [];
  return [
    {
      name: 'SmsBudget',
      metric: new Metric({
        namespace: 'AWS/SMSVoice',
        metricName: 'TextMessageMonthlySpend',
        // It grows through the month, and AWS reports it when something is sent.
        statistic: 'Maximum',
        period: Duration.hours(1),
      }),
      ringing: { from: 0.7 * monthlyUsd },
      meaning:
        'Seven tenths of what a month may cost in SMS are spent. At the limit nobody gets a code until the month ends.',
      remedy: 'See whether the codes are used, and have the limit raised.',
      runbook: 'docs/runbooks/alarms.md#sms-budget',
    },
  ];
}

/** Ids of pools and phone numbers have these prefixes. Anything else is a sender id, registered per country. */
function originOf(sender: string) {
  if (sender.startsWith('pool-')) return { resource: 'pool', resourceName: sender };
  if (sender.startsWith('phone-')) return { resource: 'phone-number', resourceName: sender };
  return { resource: 'sender-id', resourceName: `${sender}/IN` };
}
