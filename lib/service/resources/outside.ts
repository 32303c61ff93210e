import type { PushAccount } from '../../data/push-account.ts';
import type { Provisions } from '../../parts/provision.ts';
import type { Stage } from '../../parts/stage.ts';
import { grantLocation } from './location.ts';
import { grantSendSms } from './sms-sender.ts';

export interface OutsideProps {
  readonly stage: Stage;
  readonly pushAccount: PushAccount;
}

/** Services outside our own stacks. */
export function outsideProvisions({
  stage,
  pushAccount,
}: OutsideProps): Provisions<'sms' | 'push' | 'location'> {
  return {
    sms: {
      variables: {
        SMS_SENDER: stage.sms.sender,
        SMS_DLT: JSON.stringify(stage.sms.dlt ?? null),
      },
      grant: (to) => grantSendSms(to, stage.sms.sender),
    },
    push: {
      variables: { PUSH_SECRET_ARN: pushAccount.secret.secretArn },
      grant: (to) => pushAccount.grantRead(to),
    },
    location: {
      variables: { PLACES_SOURCE: stage.placesSource },
      grant: grantLocation,
    },
  };
}
