import type { Framing } from '../../contract/socket/protocol.ts';
import { newBroadcast } from '../../contract/events/offers.ts';
import { writeAnswer, type Told } from './plain.ts';
import { toldToApp } from './shipped-apps.ts';
import { mainNamespace, writeSocketIoFrame } from './socket-io.ts';

/** The ways to write to a client. Who tells something needs to know no more of them than this. */
interface Writing {
  readonly write: (told: Told) => string;
  /** Whether clients say that they have seen this event. Otherwise it counts as seen when it is posted. */
  readonly isAcknowledged: (event: string) => boolean;
}

const writings: Readonly<Record<Framing, Writing>> = {
  plain: { write: writeAnswer, isAcknowledged: () => true },
  'socket-io': {
    write: (told) =>
      writeSocketIoFrame({ type: 'event', namespace: mainNamespace, data: toldToApp(told) }),
    isAcknowledged: (event) => event === newBroadcast.name,
  },
};

export function writingIn(framing: Framing): Writing {
  return writings[framing];
}

/** The framing of a client that nothing is known about: every packet begins with a digit, and no JSON object does. */
export function framingOf(text: string): Framing {
  return /^\d/.test(text) ? 'socket-io' : 'plain';
}
