import type { SmsRequest } from '../../contract/sms.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import type { Queue } from '../../platform/aws/queues.ts';
import { seal } from '../../platform/sealed-text.ts';
import type { ReadCodeKeys } from './code-keys.ts';

/** Queues an SMS. When this returns, the SMS is on its way, but not delivered yet. */
export type SendSms = (request: SmsRequest) => Promise<void>;

interface Deps {
  readonly queue: Pick<Queue, 'send'>;
  readonly readKeys: ReadCodeKeys;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Neither the phone nor the code can be read in the queue, or in its dead-letter queue. */
export function queueSms({ queue, readKeys, clock, ids }: Deps): SendSms {
  return async (request) => {
    const { messages } = await readKeys();
    // The id tells that two deliveries are the same message.
    const facts = { id: ids.next(), sentAt: clock.now().toISOString() };
    const sealed = seal(messages, JSON.stringify(request), smsContext(facts));
    await queue.send({ kind: 'sms', ...facts, sealed });
  };
}

/** The message that an encrypted text belongs to: nobody can give it another id or a later time. */
export function smsContext({ id, sentAt }: { readonly id: string; readonly sentAt: string }) {
  return `sms ${id} ${sentAt}`;
}
