import type { Provisions } from '../../parts/provision.ts';
import type { Stage } from '../../parts/stage.ts';
import { grantLocation } from './location.ts';
import { grantSendSms } from './sms-sender.ts';

/** Services that cost money by the call, and how much of them a stage allows. */
export function outsideProvisions(stage: Stage): Provisions<'code-budget' | 'sms' | 'location'> {
  return {
    'code-budget': {
      variables: {
        OTP_SENDS_PER_PREFIX: String(stage.codes.perPrefix),
        OTP_SENDS_PER_ADDRESS: String(stage.codes.perAddress),
        OTP_SENDS_PER_DAY: String(stage.codes.perDay),
        OTP_KEPT_SHARE: String(stage.codes.keptShare),
      },
      // Figures: there is nothing to be let in to.
      grant: () => {},
    },
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
