import type { PlayedHost, PlayedService } from '../protocol/played-service.ts';
import { playEventBus } from './event-bus.ts';
import { makeFaultBoard, type FaultBoard } from './faults.ts';
import { playFcm } from './fcm.ts';
import { playGoogleToken } from './google-token.ts';
import { keepNewest, type Kept, type PublishedEvent, type SentMessage } from './messages.ts';
import { playSms } from './sms.ts';

/** The world beyond the functions, as far as nobody runs the real one here. */
export interface Outside {
  /** For the AWS endpoint. */
  readonly services: readonly PlayedService[];
  /** For the AWS endpoint, too: what is not AWS. */
  readonly hosts: readonly PlayedHost[];
  readonly faults: FaultBoard;
  readonly messages: Kept<SentMessage>;
  readonly events: Kept<PublishedEvent>;
}

export function makeOutside({ now = () => new Date() } = {}): Outside {
  const messages = keepNewest<SentMessage>();
  const events = keepNewest<PublishedEvent>();
  const google = playGoogleToken(now);
  return {
    services: [playSms(messages, now), playEventBus(events, now)],
    hosts: [google, playFcm(messages, google, now)],
    faults: makeFaultBoard(),
    messages,
    events,
  };
}
