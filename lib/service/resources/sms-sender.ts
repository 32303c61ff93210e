import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Allows sending text messages from this sender and no other. */
export function grantSendSms(to: IGrantable & IConstruct, sender: string): void {
  Grant.addToPrincipal({
    grantee: to,
    actions: ['sms-voice:SendTextMessage'],
    resourceArns: [Stack.of(to).formatArn({ service: 'sms-voice', ...originOf(sender) })],
  });
}

/** Ids of pools and phone numbers have these prefixes. Anything else is a sender id, registered per country. */
function originOf(sender: string) {
  if (sender.startsWith('pool-')) return { resource: 'pool', resourceName: sender };
  if (sender.startsWith('phone-')) return { resource: 'phone-number', resourceName: sender };
  return { resource: 'sender-id', resourceName: `${sender}/IN` };
}
