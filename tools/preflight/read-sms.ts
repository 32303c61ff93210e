import {
  DescribeAccountAttributesCommand,
  DescribePhoneNumbersCommand,
  DescribePoolsCommand,
  DescribeSenderIdsCommand,
  DescribeSpendLimitsCommand,
  type PinpointSMSVoiceV2Client,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import type { Stage } from '../../lib/parts/stage.ts';
import { absent } from './clients.ts';
import type { SmsAccount } from './facts.ts';

/** What AWS End User Messaging lets the account send. */
export async function readSms(
  { sms: { sender } }: Stage,
  client: PinpointSMSVoiceV2Client,
): Promise<SmsAccount> {
  const [{ AccountAttributes = [] }, { SpendLimits = [] }, has] = await Promise.all([
    client.send(new DescribeAccountAttributesCommand({})),
    client.send(new DescribeSpendLimitsCommand({})),
    hasSender(sender, client),
  ]);
  const tier = AccountAttributes.find(({ Name }) => Name === 'ACCOUNT_TIER');
  const limit = SpendLimits.find(({ Name }) => Name === 'TEXT_MESSAGE_MONTHLY_SPEND_LIMIT');
  return {
    sandbox: tier?.Value !== 'PRODUCTION',
    monthlyLimit: limit?.EnforcedLimit,
    hasSender: has,
  };
}

async function hasSender(sender: string, client: PinpointSMSVoiceV2Client): Promise<boolean> {
  const ask = (): Promise<unknown> => {
    if (sender.startsWith('pool-')) {
      return client.send(new DescribePoolsCommand({ PoolIds: [sender] }));
    }
    if (sender.startsWith('phone-')) {
      return client.send(new DescribePhoneNumbersCommand({ PhoneNumberIds: [sender] }));
    }
    const SenderIds = [{ SenderId: sender, IsoCountryCode: 'IN' }];
    return client.send(new DescribeSenderIdsCommand({ SenderIds }));
  };
  return ask().then(
    () => true,
    (error: unknown) => absent(error, 'ResourceNotFound'),
  );
}
