import type { Provisions } from '../../parts/provision.ts';
import type { Stage } from '../../parts/stage.ts';
import { grantLocation } from './location.ts';
import { grantSendSms } from './sms-sender.ts';

/** Services that cost money per call. */
export function outsideProvisions(stage: Stage): Provisions<'sms' | 'location'> {
  return {
    sms: {
      variables: {
        SMS_SENDER: stage.sms.sender,
        SMS_DLT: JSON.stringify(stage.sms.dlt ?? null),
      },
      grant: (to) => grantSendSms(to, stage.sms.sender),
    },
    location: {
      variables: { PLACES_SOURCE: stage.placesSource },
      grant: grantLocation,
    },
  };
}
