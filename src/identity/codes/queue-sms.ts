import type { SmsRequest } from '../../contract/sms.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import type { Queue } from '../../platform/aws/queues.ts';
import { seal } from '../../platform/sealed-text.ts';
import type { ReadCodeKeys } from './code-keys.ts';

/** Has a text sent; it is on its way when this is done, and not yet there. */
export type SendSms = (request: SmsRequest) => Promise<void>;

interface Deps {
  readonly queue: Pick<Queue, 'send'>;
  readonly readKeys: ReadCodeKeys;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Neither the phone nor the code can be read on the queue, or where its dead letters lie. */
export function queueSms({ queue, readKeys, clock, ids }: Deps): SendSms {
  return async (request) => {
    const { messages } = await readKeys();
    // By its id a message is known that is delivered twice.
    const facts = { id: ids.next(), sentAt: clock.now().toISOString() };
    const sealed = seal(messages, JSON.stringify(request), smsContext(facts));
    await queue.send({ kind: 'sms', ...facts, sealed });
  };
}

/** What a sealed request belongs to: nobody can make an old one young, or one message two. */
export function smsContext({ id, sentAt }: { readonly id: string; readonly sentAt: string }) {
  return `sms ${id} ${sentAt}`;
}
