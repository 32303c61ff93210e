import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Lets somebody send text messages, from one sender and no other. */
export function grantSendSms(to: IGrantable & IConstruct, sender: string): void {
  Grant.addToPrincipal({
    grantee: to,
    actions: ['sms-voice:SendTextMessage'],
    resourceArns: [Stack.of(to).formatArn({ service: 'sms-voice', ...originOf(sender) })],
  });
}

/** Ids of pools and phone numbers say what they are; else it is a name, registered per country. */
function originOf(sender: string) {
  if (sender.startsWith('pool-')) return { resource: 'pool', resourceName: sender };
  if (sender.startsWith('phone-')) return { resource: 'phone-number', resourceName: sender };
  return { resource: 'sender-id', resourceName: `${sender}/IN` };
}
